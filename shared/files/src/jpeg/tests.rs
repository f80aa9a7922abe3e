use domain::file::FileType;
use proptest::prelude::*;

use super::orientation;
use crate::samples::pictures::{jpeg, jpeg_of, jpeg_with_everything, jpeg_with_php};
use crate::trial::{cuts, delivered, flips, is_the_same_in_pieces, is_whole, look, settles, tells, with_bytes};
use crate::unfit::Unfit;

// Where the parts of the small sample begin.
const JFIF: usize = 2;
const QUANTIZATION: usize = 20;
const FRAME: usize = 89;
const CODES: usize = 102;
const PASS: usize = 146;
const DATA: usize = 156;
const END: usize = 157;

/// The small sample with something more in front of a part.
fn with(part: usize, more: &[u8]) -> Vec<u8> {
    let small = jpeg();
    [&small[..part], more, &small[part..]].concat()
}

fn is_damaged(bytes: &[u8]) -> bool {
    matches!(look(bytes), Err(Unfit::Damaged(_)))
}

#[test]
fn a_plain_picture_is_delivered_as_it_is() {
    assert_eq!(look(&jpeg()).unwrap().file_type, FileType::Jpeg);
    for bytes in [jpeg(), jpeg_of(400), jpeg_of(5_000), jpeg_of(1_000_000)] {
        assert!(is_whole(&bytes), "{}", bytes.len());
    }
}

#[test]
fn a_sample_is_as_long_as_was_asked() {
    for length in [400, 401, 5_000, 50_000, 3_000_000] {
        assert_eq!(jpeg_of(length).len(), length);
    }
}

#[test]
fn h104_of_what_a_camera_notes_only_which_side_is_up_is_delivered() {
    let secrets = jpeg_with_everything();
    assert!(tells(&secrets));
    assert!(!tells(&delivered(&secrets)));
    assert_eq!(delivered(&secrets), with(QUANTIZATION, &orientation::write(6)));
}

#[test]
fn h104_every_secret_of_the_sample_is_one() {
    let secrets = jpeg_with_everything();
    for secret in ["GPS", "XMP", "IPTC", "THUMB", "ICC", "COM", "TAIL"] {
        let secret = format!("{secret}-SECRET");
        assert!(memchr::memmem::find(&secrets, secret.as_bytes()).is_some(), "{secret}");
    }
    assert!(memchr::memmem::find(&secrets, b"SecretCam").is_some());
}

#[test]
fn h092_a_picture_that_is_a_program_is_a_picture() {
    assert_eq!(delivered(&jpeg_with_php()), jpeg());
}

#[test]
fn h103_a_picture_that_is_cut_off_is_refused() {
    for cut in cuts(&jpeg()) {
        assert_eq!(look(cut), Err(Unfit::Truncated), "{}", cut.len());
    }
    let secrets = jpeg_with_everything();
    for cut in cuts(&secrets[..secrets.len() - "TAIL-SECRET".len()]) {
        assert_eq!(look(cut), Err(Unfit::Truncated), "{}", cut.len());
    }
}

#[test]
fn h103_one_flipped_bit_does_no_harm() {
    for sample in [jpeg(), jpeg_with_everything()] {
        for flipped in flips(&sample, 0) {
            assert!(settles(&flipped));
        }
    }
}

#[test]
fn the_size_of_the_pieces_changes_nothing() {
    let data = with(DATA, &[0xFF, 0x00, 0xFF, 0xD7, 0xFF, 0xFF, 0xFF, 0x00, 0x12, 0xFF, 0xFF]);
    for bytes in [jpeg(), jpeg_of(2_000), jpeg_with_everything(), jpeg_with_php(), data] {
        assert!(is_the_same_in_pieces(&bytes));
    }
}

#[test]
fn only_frames_that_browsers_show_are_taken() {
    for code in [0xC0, 0xC1, 0xC2] {
        assert!(is_whole(&with_bytes(&jpeg(), FRAME + 1, &[code])));
    }
    for code in [0xC3, 0xC5, 0xC9, 0xCA, 0xCC, 0xCF, 0xDC, 0xDE, 0xDF, 0x01, 0xC8, 0xF7, 0xD8] {
        assert!(is_damaged(&with_bytes(&jpeg(), FRAME + 1, &[code])), "{code}");
    }
    // Twelve bits; no height, no width; two components; factors and tables that do not exist.
    for (at, byte) in [(4, 12), (6, 0), (8, 0), (9, 2), (11, 0x01), (11, 0x15), (11, 0x51), (12, 4)] {
        assert!(is_damaged(&with_bytes(&jpeg(), FRAME + at, &[byte])), "{at}");
    }
    assert!(is_damaged(&with(CODES, &jpeg()[FRAME..CODES])), "two frames");
}

#[test]
fn a_picture_of_a_street_is_refused() {
    let sides = [0xC3, 0x50, 0xC3, 0x50];
    assert_eq!(look(&with_bytes(&jpeg(), FRAME + 5, &sides)), Err(Unfit::TooManyPixels));
}

#[test]
fn a_picture_is_refined_only_so_often() {
    let passes = |count: usize| with(PASS, &jpeg()[PASS..END].repeat(count - 1));
    assert!(is_whole(&passes(100)));
    assert_eq!(look(&passes(101)), Err(Unfit::TooManyFrames));
}

#[test]
fn parts_must_be_there_and_in_their_order() {
    let small = jpeg();
    let without = |part: std::ops::Range<usize>| [&small[..part.start], &small[part.end..]].concat();
    assert!(is_damaged(&without(PASS..END)), "no pass");
    assert!(is_damaged(&without(FRAME..CODES)), "no frame");
    assert!(is_damaged(&with(FRAME, &small[PASS..END])), "a pass before its frame");
    assert!(is_damaged(&with(FRAME, &[0])), "something between segments");
    assert!(is_damaged(&with(FRAME, &[0xFF, 0xFE, 0, 1])), "a segment shorter than its length");
}

#[test]
fn tables_fill_their_segments() {
    for head in [0x04, 0x10, 0x20] {
        assert!(is_damaged(&with_bytes(&jpeg(), QUANTIZATION + 4, &[head])), "{head}");
    }
    for (at, byte) in [(4, 0x04), (4, 0x20), (5, 2), (20, 0xFF), (5, 0)] {
        assert!(is_damaged(&with_bytes(&jpeg(), CODES + at, &[byte])), "{at}");
    }
    // None or five components; one that the frame has not; tables that do not exist.
    for (at, byte) in [(4, 0), (4, 5), (4, 2), (5, 9), (6, 0x40), (6, 0x04)] {
        assert!(is_damaged(&with_bytes(&jpeg(), PASS + at, &[byte])), "{at}");
    }
    assert!(is_whole(&with(PASS, &[0xFF, 0xDD, 0, 4, 0, 8])));
    assert!(is_damaged(&with(PASS, &[0xFF, 0xDD, 0, 5, 0, 8, 0])));
}

#[test]
fn how_colours_are_meant_is_kept_and_nothing_hidden_behind_it() {
    let adobe = b"\xFF\xEE\x00\x0EAdobe\x00\x64\0\0\0\0\x01";
    assert!(is_whole(&with(QUANTIZATION, adobe)));
    assert_eq!(delivered(&with(PASS, adobe)), with(QUANTIZATION, adobe));
    assert_eq!(delivered(&with(QUANTIZATION, &[adobe.as_slice(), adobe].concat())), with(QUANTIZATION, adobe));
    assert_eq!(delivered(&with(PASS, b"\xFF\xEE\x00\x0FAdobe\x00\x64\0\0\0\0\x01!")), jpeg());
}

#[test]
fn only_the_first_notes_count() {
    let (turned, upright) = (orientation::write(8), orientation::write(1));
    assert!(is_whole(&with(QUANTIZATION, &turned)));
    assert_eq!(delivered(&with(JFIF, &turned)), with(QUANTIZATION, &turned));
    assert_eq!(delivered(&with(PASS, &[upright.as_slice(), &turned].concat())), jpeg());
}

#[test]
fn filling_between_segments_is_left_out_and_in_data_is_kept() {
    assert_eq!(delivered(&with(FRAME, &[0xFF; 9])), jpeg());
    assert!(is_whole(&with(END, &[0xFF; 9])));
}

#[test]
fn a_picture_of_nothing_but_segments_is_refused() {
    assert!(is_damaged(&with(PASS, &[0xFF, 0xFE, 0, 2].repeat(20_001))));
}

proptest! {
    #[test]
    fn h103_whatever_follows_the_beginning_settles(rest in prop::collection::vec(any::<u8>(), 0..600)) {
        prop_assert!(settles(&[[0xFF, 0xD8, 0xFF].as_slice(), &rest].concat()));
    }

    #[test]
    fn h103_whatever_is_changed_settles(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut bytes = jpeg_with_everything();
        for (place, byte) in changes {
            let at = place.index(bytes.len());
            bytes[at] = byte;
        }
        prop_assert!(settles(&bytes));
    }

    #[test]
    fn h103_whatever_is_in_its_segments_settles(
        segments in prop::collection::vec((0xC0_u8..0xFF, prop::collection::vec(any::<u8>(), 0..80)), 0..6),
    ) {
        let segments = segments.into_iter().map(|(code, body)| {
            let length = u16::try_from(body.len() + 2).unwrap();
            [[0xFF, code].as_slice(), &length.to_be_bytes(), &body].concat()
        });
        prop_assert!(settles(&with(PASS, &segments.collect::<Vec<_>>().concat())));
    }
}
