use domain::file::FileType;
use proptest::prelude::*;

use crate::samples::pictures::{riff, webp, webp_chunk as chunk, webp_of_frames, webp_with_everything};
use crate::trial::{cuts, delivered, flips, is_the_same_in_pieces, is_whole, look, settles, tells, with_bytes};
use crate::unfit::Unfit;

/// One pixel with loss.
const LOSSY: &[u8] = b"\x30\x01\x00\x9D\x01\x2A\x01\x00\x01\x00\x0E\xC0\xFE\x25\xA4\x00\x03\x70\x00\x00\x00\x00";

/// One pixel without loss.
const LOSSLESS: &[u8] = b"\x2F\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xFE\x07";

/// How transparent one pixel is.
const TRANSPARENCY: &[u8] = b"\x11\x07\x10\x11\xFD\x0F\x44\x44\xFF\x03\x00\x00";

fn lossy() -> Vec<u8> {
    chunk(*b"VP8 ", LOSSY)
}

fn lossless() -> Vec<u8> {
    chunk(*b"VP8L", LOSSLESS)
}

fn transparency() -> Vec<u8> {
    chunk(*b"ALPH", TRANSPARENCY)
}

/// The head of a picture of one pixel.
fn head(flags: u8) -> Vec<u8> {
    chunk(*b"VP8X", &[flags, 0, 0, 0, 0, 0, 0, 0, 0, 0])
}

fn animation() -> Vec<u8> {
    chunk(*b"ANIM", &[0; 6])
}

/// A frame at a place, one pixel larger than this.
fn frame([left, top, width, height]: [u8; 4], parts: &[Vec<u8>]) -> Vec<u8> {
    let shown = [left, 0, 0, top, 0, 0, width, 0, 0, height, 0, 0, 100, 0, 0, 0];
    chunk(*b"ANMF", &[shown.as_slice(), &parts.concat()].concat())
}

fn of(parts: &[Vec<u8>]) -> Vec<u8> {
    riff(&parts.concat())
}

fn is_damaged(bytes: &[u8]) -> bool {
    matches!(look(bytes), Err(Unfit::Damaged(_)))
}

#[test]
fn a_plain_picture_is_delivered_as_it_is() {
    assert_eq!(look(&webp()).unwrap().file_type, FileType::Webp);
    let extended = of(&[head(0x10), transparency(), lossy()]);
    for bytes in [webp(), of(&[lossy()]), extended, of(&[head(0), lossless()]), webp_of_frames(2)] {
        assert!(is_whole(&bytes), "{}", bytes.len());
    }
}

#[test]
fn h104_what_cameras_and_programs_add_is_left_out() {
    let secrets = webp_with_everything();
    assert!(tells(&secrets));
    assert_eq!(delivered(&secrets), of(&[head(0x10), lossless()]));
    let more = of(&[lossless(), chunk(*b"EXIF", b"SECRET"), chunk(*b"prvt", b"SECRET")]);
    assert_eq!(delivered(&more), webp());
    assert_eq!(delivered(&of(&[head(!0x02), lossless()])), of(&[head(0x10), lossless()]));
}

#[test]
fn h103_a_picture_that_is_cut_off_is_refused() {
    for sample in [webp(), webp_of_frames(2), of(&[head(0x10), transparency(), lossy()])] {
        for cut in cuts(&sample) {
            assert_eq!(look(cut), Err(Unfit::Truncated), "{}", cut.len());
        }
    }
}

#[test]
fn h103_one_flipped_bit_does_no_harm() {
    let moving = of(&[head(0x12), animation(), frame([0; 4], &[transparency(), lossy()])]);
    for sample in [webp(), moving, webp_with_everything()] {
        for flipped in flips(&sample, 0) {
            assert!(settles(&flipped));
        }
    }
}

#[test]
fn the_size_of_the_pieces_changes_nothing() {
    for bytes in [webp(), webp_of_frames(3), webp_with_everything(), of(&[head(0x10), transparency(), lossy()])] {
        assert!(is_the_same_in_pieces(&bytes));
    }
}

#[test]
fn a_picture_of_a_street_is_refused() {
    let wide = chunk(*b"VP8X", &[0, 0, 0, 0, 0x4F, 0xC3, 0, 0x4F, 0xC3, 0]);
    assert_eq!(look(&of(&[wide, lossless()])), Err(Unfit::TooManyPixels));
    let most = with_bytes(LOSSLESS, 1, &[0xFF, 0xFF, 0xFF, 0x0F]);
    assert_eq!(look(&of(&[chunk(*b"VP8L", &most)])), Err(Unfit::TooManyPixels));
}

#[test]
fn an_animation_without_end_is_refused() {
    assert!(is_whole(&webp_of_frames(3_000)));
    assert_eq!(look(&webp_of_frames(3_001)), Err(Unfit::TooManyFrames));
}

#[test]
fn pixels_begin_as_they_must() {
    // Not complete in itself, of an unknown version, not shown, too long a part, no start code, no width, no height.
    let wrong = [(0, 0x31), (0, 0x38), (0, 0x20), (1, 0x02), (3, 0x9C), (5, 0x2B), (6, 0x00), (8, 0x00)];
    for (at, byte) in wrong {
        assert!(is_damaged(&of(&[chunk(*b"VP8 ", &with_bytes(LOSSY, at, &[byte]))])), "{at} {byte}");
    }
    for (at, byte) in [(0, 0x2E), (4, 0x30), (4, 0xF0)] {
        assert!(is_damaged(&of(&[chunk(*b"VP8L", &with_bytes(LOSSLESS, at, &[byte]))])), "{at} {byte}");
    }
    assert!(is_damaged(&of(&[chunk(*b"VP8 ", &LOSSY[..8])])));
    assert!(is_damaged(&of(&[chunk(*b"VP8L", &LOSSLESS[..4])])));
}

#[test]
fn there_is_one_picture() {
    for parts in [
        vec![transparency(), lossy()],
        vec![lossless(), lossless()],
        vec![lossless(), head(0)],
        vec![chunk(*b"EXIF", b""), lossless()],
        vec![head(0)],
        vec![head(0), head(0), lossless()],
        vec![head(0), lossless(), lossy()],
        vec![head(0), lossy(), transparency()],
        vec![head(0), transparency(), transparency(), lossy()],
        vec![head(0), transparency(), lossless()],
        vec![head(0), transparency()],
        vec![chunk(*b"VP8X", &[0; 12]), lossless()],
        vec![chunk(*b"VP8X", &[0, 0, 0, 0, 1, 0, 0, 0, 0, 0]), lossless()],
    ] {
        assert!(is_damaged(&of(&parts)), "{parts:x?}");
    }
}

#[test]
fn a_picture_moves_by_its_frames() {
    let shown = || frame([0; 4], &[lossless()]);
    assert!(is_whole(&of(&[head(0x02), animation(), shown(), frame([0; 4], &[transparency(), lossy()])])));
    assert_eq!(delivered(&of(&[head(0), animation(), lossless()])), of(&[head(0), lossless()]));
    for parts in [
        vec![head(0x02), animation()],
        vec![head(0x02), shown()],
        vec![head(0x02), shown(), animation()],
        vec![head(0x02), animation(), animation(), shown()],
        vec![head(0x02), chunk(*b"ANIM", &[0; 8]), shown()],
        vec![head(0x02), animation(), shown(), lossless()],
        vec![head(0x02), lossless()],
        vec![head(0x00), animation(), shown(), lossless()],
        vec![head(0x02), animation(), chunk(*b"ANMF", &[0; 15])],
        vec![head(0x02), animation(), frame([0; 4], &[])],
        vec![head(0x02), animation(), frame([0; 4], &[lossless(), lossless()])],
        vec![head(0x02), animation(), frame([0; 4], &[lossless(), chunk(*b"EXIF", b"hidden")])],
        vec![head(0x02), animation(), frame([1, 0, 0, 0], &[lossless()])],
        vec![head(0x02), animation(), frame([0, 1, 0, 0], &[lossless()])],
        vec![head(0x02), animation(), frame([0, 0, 1, 0], &[lossless()])],
    ] {
        assert!(is_damaged(&of(&parts)), "{parts:x?}");
    }
}

#[test]
fn parts_lie_within_the_whole() {
    assert!(is_damaged(&with_bytes(&webp(), 16, &[15])), "a part longer than the whole");
    assert!(is_damaged(&with_bytes(&webp(), 4, &[0x19])), "without its filling");
    assert_eq!(look(&with_bytes(&webp(), 4, &[0x1B])), Err(Unfit::Truncated));
    assert_eq!(look(&with_bytes(&webp(), 4, &[0xFF; 4])), Err(Unfit::Truncated));
    let frame = chunk(*b"ANMF", &[[0_u8; 16].as_slice(), b"VP8L\xFF\0\0\0\x2F"].concat());
    assert!(is_damaged(&of(&[head(0x02), animation(), frame, lossless()])), "longer than its frame");
}

#[test]
fn a_picture_of_far_too_many_parts_is_refused() {
    let parts = chunk(*b"prvt", b"").repeat(100_001);
    for whole in [[lossless(), parts.clone()].concat(), [head(0), lossless(), parts].concat()] {
        assert_eq!(look(&riff(&whole)), Err(Unfit::Damaged("it is made of far too many parts")));
    }
}

proptest! {
    #[test]
    fn h103_whatever_follows_the_beginning_settles(rest in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(settles(&riff(&rest)));
        prop_assert!(settles(&riff(&[head(0x12), rest].concat())));
    }

    #[test]
    fn h103_whatever_is_changed_settles(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        for mut bytes in [webp_with_everything(), webp_of_frames(2)] {
            for (place, byte) in &changes {
                let at = place.index(bytes.len());
                bytes[at] = *byte;
            }
            prop_assert!(settles(&bytes));
        }
    }
}
