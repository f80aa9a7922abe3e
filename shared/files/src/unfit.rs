//! Why a file is not taken.

/// Why a file is not taken: what its uploader is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It is of no type known here, whatever its name says.
    #[error("it is none of the types known here, whatever its name says")]
    Unknown,
    /// It ends before it should.
    #[error("it is cut off: it ends before it should")]
    Truncated,
    /// A part of it is not as its type demands.
    #[error("it is damaged: {0}")]
    Damaged(&'static str),
    /// It is another file at the same time.
    #[error("it holds something that does not belong into it: {0}")]
    Foreign(&'static str),
    /// It would fill a screen the size of a street.
    #[error("its picture has more pixels than anybody can look at")]
    TooManyPixels,
    /// It would take minutes to show.
    #[error("it has too many frames or passes")]
    TooManyFrames,
    /// It would unpack to far more than it is.
    #[error("it unpacks to far more than it is: {0}")]
    Bomb(&'static str),
    /// It carries a program.
    #[error("it carries a program: {0}")]
    Active(&'static str),
    /// It is the test file by which virus scanners are tried.
    #[error("it is infected")]
    Infected,
}

impl Unfit {
    /// Stable, for programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Unknown => "unknown_type",
            Self::Truncated => "truncated",
            Self::Damaged(_) => "damaged",
            Self::Foreign(_) => "foreign_content",
            Self::TooManyPixels => "too_many_pixels",
            Self::TooManyFrames => "too_many_frames",
            Self::Bomb(_) => "unpacks_too_large",
            Self::Active(_) => "active_content",
            Self::Infected => "infected",
        }
    }
}

/// Why looking at a file came to no end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stopped<E> {
    /// The file is not taken.
    Unfit(Unfit),
    /// The file could not be read: perhaps later.
    Source(E),
}

impl<E> From<Unfit> for Stopped<E> {
    fn from(unfit: Unfit) -> Self {
        Self::Unfit(unfit)
    }
}
