//! How large anything may be: what a picture takes to show, what an archive unpacks to.

use crate::unfit::Unfit;

/// The most pixels of a picture: the best telephones make 200 million.
pub(crate) const MOST_PIXELS: u64 = 250_000_000;

/// The most pixels of all frames of a moving picture together: a minute of a screen at ten frames a second.
pub(crate) const MOST_FRAME_PIXELS: u64 = 1_500_000_000;

/// The most frames of a moving picture.
pub(crate) const MOST_FRAMES: u32 = 3_000;

/// The most passes in which a picture is refined.
pub(crate) const MOST_PASSES: u32 = 100;

/// The most parts that the file of a picture is made of: a large one has some thousands.
pub(crate) const MOST_PARTS: u32 = 100_000;

/// How many parts of a file were read.
#[derive(Debug, Default)]
pub(crate) struct Parts(u32);

impl Parts {
    /// One more part.
    ///
    /// # Errors
    /// [`Unfit::Damaged`] when there are far too many.
    pub(crate) fn add(&mut self) -> Result<(), Unfit> {
        self.0 = self.0.saturating_add(1);
        if self.0 > MOST_PARTS { Err(Unfit::Damaged("it is made of far too many parts")) } else { Ok(()) }
    }
}

/// A canvas and the frames shown on it.
#[derive(Debug)]
pub(crate) struct Canvas {
    frames: u32,
    pixels: u64,
}

impl Canvas {
    /// A canvas of this size.
    ///
    /// # Errors
    /// [`Unfit::Damaged`] without any pixel, [`Unfit::TooManyPixels`] with too many.
    pub(crate) fn new(width: u32, height: u32) -> Result<Self, Unfit> {
        area(width, height)?;
        Ok(Self { frames: 0, pixels: 0 })
    }

    /// One more frame of this size.
    ///
    /// # Errors
    /// As [`Canvas::new`], and [`Unfit::TooManyFrames`].
    pub(crate) fn add_frame(&mut self, width: u32, height: u32) -> Result<(), Unfit> {
        self.frames = self.frames.saturating_add(1);
        self.pixels = self.pixels.saturating_add(area(width, height)?);
        if self.frames > MOST_FRAMES || self.pixels > MOST_FRAME_PIXELS {
            return Err(Unfit::TooManyFrames);
        }
        Ok(())
    }

    /// How many frames were added.
    pub(crate) fn frames(&self) -> u32 {
        self.frames
    }
}

fn area(width: u32, height: u32) -> Result<u64, Unfit> {
    match u64::from(width) * u64::from(height) {
        0 => Err(Unfit::Damaged("its picture has no pixels")),
        pixels if pixels > MOST_PIXELS => Err(Unfit::TooManyPixels),
        pixels => Ok(pixels),
    }
}
