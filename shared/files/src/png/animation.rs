//! What moves in an APNG: frames, each opened by a control and filled by the pixels behind it, all numbered in a row.

use crate::unfit::Unfit;

const BAD_FRAME: Unfit = Unfit::Damaged("a frame of it is none of this picture");

/// Frames so far.
#[derive(Debug)]
pub(super) struct Animation {
    /// How many frames it says there are.
    promised: u32,
    /// The number of the next control or pixels.
    next: u32,
    frame: Frame,
}

/// The frame at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Frame {
    /// There is none, or only the one which is the picture itself and is complete.
    None,
    /// The picture itself, whose pixels must follow.
    First,
    /// One whose pixels must follow.
    Empty,
    /// One which has pixels.
    Filled,
}

impl Animation {
    /// Begins with how many frames there will be, and how often they are shown.
    pub(super) fn begin(body: &[u8]) -> Result<Self, Unfit> {
        match body.as_chunks::<4>() {
            (&[frames, _plays], []) if frames != [0; 4] => {
                Ok(Self { promised: u32::from_be_bytes(frames), next: 0, frame: Frame::None })
            }
            _ => Err(Unfit::Damaged("its animation has no frames")),
        }
    }

    /// Opens a frame on a canvas of this size; answers the size of the frame.
    pub(super) fn open(&mut self, body: &[u8], canvas: (u32, u32), is_first: bool) -> Result<(u32, u32), Unfit> {
        let (&[number, width, height, left, top, _delay], &[dispose, blend]) = body.as_chunks::<4>() else {
            return Err(BAD_FRAME);
        };
        self.count(number)?;
        let (width, height) = (u32::from_be_bytes(width), u32::from_be_bytes(height));
        let fits = |from: [u8; 4], length: u32, most: u32| {
            u32::from_be_bytes(from).checked_add(length).is_some_and(|to| to <= most)
        };
        let is_inside = fits(left, width, canvas.0) && fits(top, height, canvas.1);
        let is_whole = (width, height) == canvas;
        if !is_inside || (is_first && !is_whole) || dispose > 2 || blend > 1 {
            return Err(BAD_FRAME);
        }
        self.frame = match (self.frame, is_first) {
            (Frame::None, true) => Frame::First,
            (Frame::None | Frame::Filled, false) => Frame::Empty,
            _ => return Err(BAD_FRAME),
        };
        Ok((width, height))
    }

    /// The pixels of the picture itself are there.
    pub(super) fn fill_first(&mut self) {
        if self.frame == Frame::First {
            self.frame = Frame::None;
        }
    }

    /// Pixels of the frame at hand.
    pub(super) fn fill(&mut self, body: &[u8], is_first: bool) -> Result<(), Unfit> {
        let number = body.first_chunk::<4>().ok_or(BAD_FRAME)?;
        self.count(*number)?;
        if is_first || !matches!(self.frame, Frame::Empty | Frame::Filled) {
            return Err(BAD_FRAME);
        }
        self.frame = Frame::Filled;
        Ok(())
    }

    fn count(&mut self, number: [u8; 4]) -> Result<(), Unfit> {
        if u32::from_be_bytes(number) != self.next {
            return Err(Unfit::Damaged("its frames are out of order"));
        }
        self.next = self.next.saturating_add(1);
        Ok(())
    }

    /// Ends after so many frames.
    pub(super) fn end(&self, frames: u32) -> Result<(), Unfit> {
        if frames == self.promised && matches!(self.frame, Frame::None | Frame::Filled) {
            Ok(())
        } else {
            Err(Unfit::Damaged("it has not as many frames as it says"))
        }
    }
}
