//! Which side of a picture is up: the one thing worth keeping of all that a camera notes in Exif.
//!
//! Exif is a small TIFF inside a segment: a directory of numbered entries, in the byte order of the camera. Only its
//! first directory is read, and what cannot be read is as good as not there, for the picture shows without it.

const TAG: u16 = 0x0112;
const SHORT: u16 = 3;

/// The way bytes make a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Little,
    Big,
}

impl Order {
    fn short(self, bytes: &[u8], at: usize) -> Option<u16> {
        let two = *bytes.get(at..)?.first_chunk()?;
        Some(match self {
            Self::Little => u16::from_le_bytes(two),
            Self::Big => u16::from_be_bytes(two),
        })
    }

    fn long(self, bytes: &[u8], at: usize) -> Option<u32> {
        let four = *bytes.get(at..)?.first_chunk()?;
        Some(match self {
            Self::Little => u32::from_le_bytes(four),
            Self::Big => u32::from_be_bytes(four),
        })
    }
}

/// How a picture is turned or mirrored, from 2 to 8; `None` if it is not, or if nothing sensible says so.
pub(super) fn read(tiff: &[u8]) -> Option<u16> {
    let order = match tiff.get(..4)? {
        b"II*\0" => Order::Little,
        b"MM\0*" => Order::Big,
        _ => return None,
    };
    let directory = tiff.get(usize::try_from(order.long(tiff, 4)?).ok()?..)?;
    let count = usize::from(order.short(directory, 0)?);
    let (entries, _) = directory.get(2..)?.as_chunks::<12>();
    let entry = entries.iter().take(count).find(|entry| order.short(entry.as_slice(), 0) == Some(TAG))?;
    let is_one_short = order.short(entry, 2)? == SHORT && order.long(entry, 4)? == 1;
    order.short(entry, 8).filter(|turned| is_one_short && (2..=8).contains(turned))
}

/// A segment that says this and nothing else.
pub(super) fn write(turned: u16) -> Vec<u8> {
    let mut segment = vec![0xFF, 0xE1, 0x00, 0x22];
    segment.extend(b"Exif\0\0MM\0*\x00\x00\x00\x08");
    segment.extend(b"\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01");
    segment.extend(turned.to_be_bytes());
    segment.extend([0; 6]);
    segment
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tiff(segment: &[u8]) -> &[u8] {
        &segment[10..]
    }

    #[test]
    fn what_is_written_is_read_again() {
        for turned in 2..=8 {
            let segment = write(turned);
            assert_eq!(segment.len(), 0x22 + 2);
            assert_eq!(read(tiff(&segment)), Some(turned));
        }
    }

    #[test]
    fn upright_and_nonsense_are_not_told() {
        for turned in [0, 1, 9, 0xFFFF] {
            assert_eq!(read(tiff(&write(turned))), None);
        }
    }

    #[test]
    fn a_directory_may_lie_anywhere_in_either_order() {
        let mut little = b"II*\0\x0c\0\0\0----\x02\0".to_vec();
        little.extend(b"\x0f\x01\x02\0\x04\0\0\0abc\0");
        little.extend(b"\x12\x01\x03\0\x01\0\0\0\x06\0\0\0");
        assert_eq!(read(&little), Some(6));
        little[12] = 1;
        assert_eq!(read(&little), None, "an entry behind the last is none");
    }

    #[test]
    fn what_is_cut_off_or_points_outside_is_not_told() {
        let segment = write(6);
        let whole = tiff(&segment);
        for end in 0..20 {
            assert_eq!(read(&whole[..end]), None);
        }
        let mut outside = whole.to_vec();
        outside[4..8].fill(0xFF);
        assert_eq!(read(&outside), None);
    }
}
