use domain::file::FileType;
use proptest::prelude::*;

use crate::samples::pictures::{bmp, bmp_with_profile, bmp_with_tail};
use crate::trial::{cuts, delivered, flips, is_the_same_in_pieces, is_whole, look, settles, tells, with_bytes};
use crate::unfit::Unfit;

/// Where the header begins.
const HEADER: usize = 14;

// Where what it says stands.
const WIDTH: usize = HEADER + 4;
const HEIGHT: usize = HEADER + 8;
const DEPTH: usize = HEADER + 14;
const PACKING: usize = HEADER + 16;
const LENGTH: usize = HEADER + 20;
const COLOURS: usize = HEADER + 32;

/// A picture with this header, behind it so many bytes of colours and so many of pixels.
fn of(header: &[u8], colours: usize, pixels: usize) -> Vec<u8> {
    let from = u32::try_from(HEADER + header.len() + colours).unwrap();
    let all = from + u32::try_from(pixels).unwrap();
    let start = [b"BM".as_slice(), &all.to_le_bytes(), &[0; 4], &from.to_le_bytes()].concat();
    [start.as_slice(), header, &vec![1; colours], &vec![2; pixels]].concat()
}

/// A header of this length: 8 × 8 pixels of this depth, packed like this into so many bytes.
fn header(length: usize, depth: u8, packing: u8, bytes: u8) -> Vec<u8> {
    let mut header = vec![0; length];
    header[0] = u8::try_from(length).unwrap();
    (header[4], header[8], header[12]) = (8, 8, 1);
    (header[14], header[16], header[20]) = (depth, packing, bytes);
    header
}

/// A header of the first generation: 8 × 8 pixels of this depth.
fn first(depth: u8) -> Vec<u8> {
    vec![12, 0, 0, 0, 8, 0, 8, 0, 1, 0, depth, 0]
}

fn is_damaged(bytes: &[u8]) -> bool {
    matches!(look(bytes), Err(Unfit::Damaged(_)))
}

#[test]
fn a_plain_picture_is_delivered_as_it_is() {
    assert_eq!(look(&bmp()).unwrap().file_type, FileType::Bmp);
    assert!(is_whole(&bmp()));
}

#[test]
fn h092_what_is_hidden_around_the_pixels_is_left_out() {
    assert!(tells(&bmp_with_tail()));
    assert_eq!(delivered(&bmp_with_tail()), bmp());
}

#[test]
fn h104_a_profile_is_left_out_and_not_spoken_of() {
    let secrets = bmp_with_profile();
    assert!(tells(&secrets));
    let clean = delivered(&secrets);
    assert!(!tells(&clean));
    assert!(is_whole(&clean));
    assert_eq!(clean.len(), 14 + 124 + 8);
    assert_eq!(&clean[14 + 56..14 + 60], b"BGRs");
    assert_eq!(&clean[14 + 60..14 + 108], &[0; 48]);
    assert_eq!(&clean[14 + 112..14 + 124], &[0; 12]);
}

#[test]
fn h103_a_picture_that_is_cut_off_is_refused() {
    for sample in [bmp(), of(&first(4), 48, 32)] {
        for cut in cuts(&sample) {
            assert_eq!(look(cut), Err(Unfit::Truncated), "{}", cut.len());
        }
    }
}

#[test]
fn h103_one_flipped_bit_does_no_harm() {
    for sample in [bmp(), bmp_with_tail(), bmp_with_profile(), of(&first(4), 48, 32)] {
        for flipped in flips(&sample, 0) {
            assert!(settles(&flipped));
        }
    }
}

#[test]
fn the_size_of_the_pieces_changes_nothing() {
    for bytes in [bmp(), bmp_with_tail(), bmp_with_profile()] {
        assert!(is_the_same_in_pieces(&bytes));
    }
}

#[test]
fn a_picture_of_a_street_is_refused() {
    let sides = [0x50, 0xC3, 0, 0, 0x50, 0xC3, 0, 0];
    assert_eq!(look(&with_bytes(&bmp(), WIDTH, &sides)), Err(Unfit::TooManyPixels));
    assert!(is_damaged(&with_bytes(&bmp(), WIDTH, &[0; 4])), "no width");
    assert!(is_damaged(&with_bytes(&bmp(), WIDTH, &[0xFF; 4])), "a negative width");
    assert!(is_damaged(&with_bytes(&bmp(), HEIGHT, &[0; 4])), "no height");
    assert_eq!(look(&with_bytes(&bmp(), HEIGHT, &[0, 0, 0, 0x80])), Err(Unfit::TooManyPixels), "the lowest height");
}

#[test]
fn every_generation_is_read() {
    for depth in [1, 4, 8] {
        let colours = 1_usize << depth;
        let pixels = if depth == 1 { 32 } else { 8 * usize::from(depth) };
        assert!(is_whole(&of(&first(depth), 3 * colours, pixels)), "{depth}");
        assert!(is_whole(&of(&header(40, depth, 0, 0), 4 * colours, pixels)), "{depth}");
    }
    assert!(is_whole(&of(&first(24), 0, 192)));
    for (length, depth) in [(40, 16), (40, 24), (40, 32), (52, 32), (56, 32), (108, 24), (124, 32)] {
        assert!(is_whole(&of(&header(length, depth, 0, 0), 0, 8 * usize::from(depth))), "{length} {depth}");
    }
    for (length, masks) in [(40, 12), (52, 0), (56, 0), (108, 0), (124, 0)] {
        assert!(is_whole(&of(&header(length, 32, 3, 0), masks, 256)), "{length}");
    }
    assert!(is_whole(&of(&header(40, 16, 6, 0), 16, 128)));
    for (depth, packing, colours) in [(8, 1, 1_024), (4, 2, 64)] {
        assert!(is_whole(&of(&header(40, depth, packing, 9), colours, 9)), "{depth}");
    }
}

#[test]
fn headers_that_do_not_exist_are_refused() {
    for length in [0, 11, 13, 16, 64, 125, 0xFF] {
        assert!(is_damaged(&with_bytes(&bmp(), HEADER, &[length])), "{length}");
    }
    assert!(is_damaged(&with_bytes(&bmp(), HEADER + 12, &[2])), "two planes");
    for depth in [0, 2, 3, 64] {
        assert!(is_damaged(&with_bytes(&bmp(), DEPTH, &[depth])), "{depth}");
        assert!(is_damaged(&of(&first(depth), 0, 999)), "{depth}");
    }
    for packing in [1, 2, 3, 4, 5, 6, 11] {
        assert!(is_damaged(&with_bytes(&bmp(), PACKING, &[packing])), "{packing}");
    }
}

#[test]
fn packed_pixels_say_how_long_they_are() {
    let packed = of(&header(40, 8, 1, 9), 1_024, 9);
    assert!(is_damaged(&with_bytes(&packed, LENGTH, &[0])), "no length");
    assert_eq!(look(&with_bytes(&packed, LENGTH, &[10])), Err(Unfit::Truncated));
    assert!(is_damaged(&with_bytes(&packed, HEIGHT, &[0xF8, 0xFF, 0xFF, 0xFF])), "upside down");
}

#[test]
fn a_picture_may_be_upside_down() {
    assert!(is_whole(&with_bytes(&bmp(), HEIGHT, &[0xFE, 0xFF, 0xFF, 0xFF])));
}

#[test]
fn there_are_as_many_colours_as_it_says_and_no_more_than_can_be_named() {
    let three = with_bytes(&of(&header(40, 8, 0, 0), 12, 64), COLOURS, &[3]);
    assert!(is_whole(&three));
    let many = with_bytes(&of(&header(40, 8, 0, 0), 1_028, 64), COLOURS, &[1, 1]);
    assert!(is_damaged(&many));
    let needless = with_bytes(&of(&header(40, 24, 0, 0), 8, 192), COLOURS, &[2]);
    assert_eq!(delivered(&needless), of(&header(40, 24, 0, 0), 0, 192));
}

#[test]
fn pixels_lie_behind_the_colours_and_within_the_file() {
    assert!(is_damaged(&with_bytes(&bmp(), 10, &[53])));
    assert_eq!(look(&with_bytes(&bmp(), 10, &[55])), Err(Unfit::Truncated));
    assert_eq!(look(&with_bytes(&bmp(), 10, &[0xFF; 4])), Err(Unfit::Truncated));
}

proptest! {
    #[test]
    fn h103_whatever_follows_the_beginning_settles(rest in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(settles(&[b"BM".as_slice(), &rest].concat()));
    }

    #[test]
    fn h103_whatever_is_changed_settles(
        changes in prop::collection::vec((0_usize..140, any::<u8>()), 1..6),
    ) {
        let mut bytes = bmp_with_profile();
        for (at, byte) in changes {
            bytes[at] = byte;
        }
        prop_assert!(settles(&bytes));
    }
}
