use domain::file::FileType;
use proptest::prelude::*;

use crate::samples::pictures::{gif, gif_of_frames, gif_with_script, gif_with_text};
use crate::trial::{cuts, delivered, flips, is_the_same_in_pieces, is_whole, look, settles, tells, with_bytes};
use crate::unfit::Unfit;

// Where the parts of the small sample begin.
const SIZE: usize = 6;
const LOOP: usize = 19;
const CONTROL: usize = 38;
const FRAME: usize = 46;
const DATA: usize = 57;
const END: usize = 61;

/// The small sample with something more in front of a part.
fn with(part: usize, more: &[u8]) -> Vec<u8> {
    let small = gif();
    [&small[..part], more, &small[part..]].concat()
}

fn is_damaged(bytes: &[u8]) -> bool {
    matches!(look(bytes), Err(Unfit::Damaged(_)))
}

#[test]
fn a_plain_picture_is_delivered_as_it_is() {
    assert_eq!(look(&gif()).unwrap().file_type, FileType::Gif);
    for bytes in [gif(), gif_of_frames(3, 5), gif_of_frames(1, 4_000), with_bytes(&gif(), 0, b"GIF87a")] {
        assert!(is_whole(&bytes), "{}", bytes.len());
    }
    assert_eq!(gif().len(), END + 1);
}

#[test]
fn h104_what_programs_add_is_left_out() {
    let secrets = gif_with_text();
    assert!(tells(&secrets));
    assert_eq!(delivered(&secrets), gif());
}

#[test]
fn h092_a_picture_that_is_a_script_is_a_picture() {
    let script = gif_with_script();
    assert!(script.starts_with(b"GIF89a/*"));
    let clean = delivered(&script);
    assert!(!tells(&clean));
    assert!(memchr::memmem::find(&clean, b"*/").is_none(), "the comment that its width opens is never closed");
    assert!(is_whole(&clean));
}

#[test]
fn h103_a_picture_that_is_cut_off_is_refused() {
    for sample in [gif(), gif_of_frames(2, 70)] {
        for cut in cuts(&sample) {
            assert_eq!(look(cut), Err(Unfit::Truncated), "{}", cut.len());
        }
    }
}

#[test]
fn h103_one_flipped_bit_does_no_harm() {
    for sample in [gif_of_frames(2, 3), gif_with_text(), gif_with_script()] {
        for flipped in flips(&sample, 0) {
            assert!(settles(&flipped));
        }
    }
}

#[test]
fn the_size_of_the_pieces_changes_nothing() {
    for bytes in [gif(), gif_of_frames(3, 100), gif_with_text(), gif_with_script()] {
        assert!(is_the_same_in_pieces(&bytes));
    }
}

#[test]
fn a_picture_of_a_street_is_refused() {
    assert_eq!(look(&with_bytes(&gif(), SIZE, &[0x50, 0xC3, 0x50, 0xC3])), Err(Unfit::TooManyPixels));
    for nothing in [[0, 0, 1, 0], [1, 0, 0, 0]] {
        assert!(is_damaged(&with_bytes(&gif(), SIZE, &nothing)));
    }
}

#[test]
fn an_animation_without_end_is_refused() {
    assert!(is_whole(&gif_of_frames(3_000, 1)));
    assert_eq!(look(&gif_of_frames(3_001, 1)), Err(Unfit::TooManyFrames));
    assert_eq!(look(&gif_of_frames(16, 10_000)), Err(Unfit::TooManyFrames));
}

#[test]
fn a_frame_lies_on_its_canvas_and_has_pixels() {
    // To the right, below, wider, higher; of no width, of no height.
    for (at, byte) in [(1, 1), (3, 1), (5, 2), (7, 2), (5, 0), (7, 0)] {
        assert!(is_damaged(&with_bytes(&gif(), FRAME + at, &[byte])), "{at}");
    }
    for bits in [0, 1, 9, 12] {
        assert!(is_damaged(&with_bytes(&gif(), DATA - 1, &[bits])), "{bits}");
    }
    let small = gif();
    assert!(is_damaged(&[&small[..DATA], b"\0;"].concat()), "no data");
    assert!(is_damaged(&[&small[..CONTROL], b";"].concat()), "no frame");
    assert!(is_damaged(&with(END, b"\0")), "something between blocks");
}

#[test]
fn a_frame_may_have_colours_of_its_own() {
    let small = with_bytes(&gif(), FRAME + 9, &[0x80]);
    let coloured = [&small[..FRAME + 10], &[1, 2, 3, 4, 5, 6], &small[FRAME + 10..]].concat();
    assert!(is_whole(&coloured));
}

#[test]
fn only_how_often_it_is_shown_is_kept_of_what_programs_say() {
    let small = gif();
    assert!(is_whole(&with_bytes(&small, LOOP + 3, b"ANIMEXTS1.0")));
    let other = with_bytes(&small, LOOP + 3, b"NETSCAPE2.1");
    let without = [&small[..LOOP], &small[CONTROL..]].concat();
    assert_eq!(delivered(&other), without);
    assert_eq!(delivered(&with_bytes(&small, LOOP + 15, &[2])), without);
    assert!(is_whole(&without));
}

#[test]
fn a_picture_of_far_too_many_parts_is_refused() {
    let too_many = Err(Unfit::Damaged("it is made of far too many parts"));
    assert_eq!(look(&with(END, &b"\x21\xFE\0".repeat(50_001))), too_many);
    let notes = [b"\x21\xFE".as_slice(), &b"\x01x".repeat(100_001), b"\0"].concat();
    assert_eq!(look(&with(END, &notes)), too_many);
    assert!(is_whole(&with(DATA, &b"\x01x".repeat(150_000))), "pixels are not counted");
}

#[test]
fn how_long_a_frame_is_shown_belongs_to_the_frame() {
    let small = gif();
    let control = &small[CONTROL..FRAME];
    assert_eq!(delivered(&with(CONTROL, control)), small, "twice");
    assert_eq!(delivered(&with(END, control)), small, "without a frame");
    assert_eq!(delivered(&with(FRAME, b"\x21\xFE\x01x\0")), small, "a comment between");
    assert!(is_damaged(&with_bytes(&small, CONTROL + 2, &[3])), "too short");
    assert!(is_damaged(&with_bytes(&small, CONTROL + 7, &[1])), "too long");
}

proptest! {
    #[test]
    fn h103_whatever_follows_the_beginning_settles(rest in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(settles(&[b"GIF89a".as_slice(), &rest].concat()));
        prop_assert!(settles(&[&gif()[..LOOP], &rest].concat()));
    }

    #[test]
    fn h103_whatever_is_changed_settles(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut bytes = gif_with_text();
        for (place, byte) in changes {
            let at = place.index(bytes.len());
            bytes[at] = byte;
        }
        prop_assert!(settles(&bytes));
    }
}
