use domain::file::FileType;
use proptest::prelude::*;

use crate::samples::pictures::{apng, png, png_chunk as chunk, png_claiming, png_with_html, png_with_text};
use crate::trial::{cuts, delivered, flips, is_the_same_in_pieces, is_whole, look, settles, tells, with_bytes};
use crate::unfit::Unfit;

// Where the parts of the small sample begin.
const HEADER: usize = 8;
const PIXELS: usize = 33;
const END: usize = 58;

/// The small sample with something more in front of a part.
fn with(part: usize, more: &[u8]) -> Vec<u8> {
    let small = png();
    [&small[..part], more, &small[part..]].concat()
}

/// The small sample with other kinds of pixels.
fn of_kind(depth: u8, kind: u8, more: &[u8]) -> Vec<u8> {
    let header = [1_u32.to_be_bytes().as_slice(), &1_u32.to_be_bytes(), &[depth, kind, 0, 0, 0]].concat();
    let small = png();
    [&small[..HEADER], &chunk(*b"IHDR", &header), more, &small[PIXELS..]].concat()
}

fn control(number: u32, size: [u32; 4]) -> Vec<u8> {
    let size = size.map(u32::to_be_bytes).concat();
    chunk(*b"fcTL", &[number.to_be_bytes().as_slice(), &size, &[0, 1, 0, 10, 0, 0]].concat())
}

fn animation(frames: u32) -> Vec<u8> {
    chunk(*b"acTL", &[frames.to_be_bytes(), [0; 4]].concat())
}

fn frame(number: u32) -> Vec<u8> {
    chunk(*b"fdAT", &[number.to_be_bytes().as_slice(), b"packed"].concat())
}

fn is_damaged(bytes: &[u8]) -> bool {
    matches!(look(bytes), Err(Unfit::Damaged(_)))
}

#[test]
fn a_plain_picture_is_delivered_as_it_is() {
    assert_eq!(look(&png()).unwrap().file_type, FileType::Png);
    for bytes in [png(), apng(1), apng(2), apng(3_000)] {
        assert!(is_whole(&bytes), "{}", bytes.len());
    }
}

#[test]
fn h104_what_programs_add_is_left_out() {
    let secrets = png_with_text();
    assert!(tells(&secrets));
    assert_eq!(delivered(&secrets), with(PIXELS, &chunk(*b"gAMA", &45_455_u32.to_be_bytes())));
}

#[test]
fn h092_a_picture_that_is_a_page_is_a_picture() {
    assert_eq!(delivered(&png_with_html()), png());
}

#[test]
fn h103_a_picture_that_is_cut_off_is_refused() {
    for sample in [png(), apng(2)] {
        for cut in cuts(&sample) {
            assert_eq!(look(cut), Err(Unfit::Truncated), "{}", cut.len());
        }
    }
}

#[test]
fn h103_every_flipped_bit_is_noticed() {
    for flipped in flips(&png(), 0) {
        assert!(look(&flipped).is_err());
    }
    for flipped in flips(&apng(3), HEADER) {
        assert!(look(&flipped).is_err());
    }
}

#[test]
fn h103_a_flipped_bit_in_what_is_left_out_is_noticed() {
    let secrets = png_with_text();
    for flipped in flips(&secrets[..secrets.len() - "TAIL-SECRET".len()], 0) {
        assert!(look(&flipped).is_err());
    }
}

#[test]
fn the_size_of_the_pieces_changes_nothing() {
    let long = with(END, &chunk(*b"prVt", &[7; 5_000]));
    for bytes in [png(), apng(3), png_with_text(), png_with_html(), png_claiming(0, 1), long] {
        assert!(is_the_same_in_pieces(&bytes));
    }
}

#[test]
fn a_picture_of_a_street_is_refused() {
    assert_eq!(look(&png_claiming(50_000, 50_000)), Err(Unfit::TooManyPixels));
    assert_eq!(look(&png_claiming(u32::MAX, u32::MAX)), Err(Unfit::TooManyPixels));
    assert!(is_damaged(&png_claiming(0, 50_000)));
}

#[test]
fn pixels_are_of_a_kind_that_exists() {
    let palette = chunk(*b"PLTE", &[0, 0, 0]);
    for (depth, kind) in [(1, 0), (16, 0), (8, 2), (16, 2), (8, 4), (16, 4), (8, 6), (16, 6)] {
        assert!(is_whole(&of_kind(depth, kind, &[])), "{depth} {kind}");
    }
    for (depth, kind) in [(0, 0), (3, 0), (32, 0), (1, 2), (4, 2), (16, 3), (1, 4), (2, 6), (8, 1), (8, 5), (8, 7)] {
        assert!(is_damaged(&of_kind(depth, kind, &palette)), "{depth} {kind}");
    }
    for unknown in [[1, 0, 0], [0, 1, 0], [0, 0, 2]] {
        let header = [[0_u8, 0, 0, 1, 0, 0, 0, 1, 8, 0].as_slice(), &unknown].concat();
        let small = png();
        let bytes = [&small[..HEADER], &chunk(*b"IHDR", &header), &small[PIXELS..]].concat();
        assert!(is_damaged(&bytes), "{unknown:?}");
    }
}

#[test]
fn a_palette_is_there_where_it_is_needed_and_nowhere_else() {
    let palette = |bytes: usize| chunk(*b"PLTE", &vec![0; bytes]);
    for bytes in [3, 768] {
        assert!(is_whole(&of_kind(8, 3, &palette(bytes))));
        assert!(is_whole(&of_kind(8, 2, &palette(bytes))));
    }
    for bytes in [0, 1, 4, 771, 1_000] {
        assert!(is_damaged(&of_kind(8, 3, &palette(bytes))), "{bytes}");
    }
    assert!(is_damaged(&of_kind(8, 3, &[])));
    assert!(is_damaged(&of_kind(8, 3, &palette(3).repeat(2))));
    assert!(is_damaged(&of_kind(8, 0, &palette(3))));
    assert!(is_damaged(&of_kind(8, 4, &palette(3))));
    assert!(is_damaged(&with(END, &palette(3))));
}

#[test]
fn chunks_are_there_and_in_their_order() {
    let small = png();
    let without = |part: std::ops::Range<usize>| [&small[..part.start], &small[part.end..]].concat();
    assert!(is_damaged(&without(HEADER..PIXELS)), "no header");
    assert!(is_damaged(&without(PIXELS..END)), "no pixels");
    assert!(is_damaged(&with(PIXELS, &small[HEADER..PIXELS])), "two headers");
    assert!(is_damaged(&with(END, &chunk(*b"ABCD", b""))), "something needed that nobody knows");
    assert!(is_damaged(&with(END, &chunk(*b"ab1d", b""))), "a name that is none");
    assert!(is_damaged(&[&small[..END], &chunk(*b"IEND", b"x")].concat()), "an end with something in it");
    let text = chunk(*b"tEXt", b"between");
    assert!(is_damaged(&with(END, &[text.as_slice(), &small[PIXELS..END]].concat())), "scattered pixels");
    assert!(is_whole(&with(END, &small[PIXELS..END])), "pixels in two chunks");
}

#[test]
fn a_chunk_that_says_it_is_huge_is_refused_without_reading_it() {
    for length in [[0x80, 0, 0, 0], [0xFF; 4]] {
        assert!(is_damaged(&with_bytes(&png(), PIXELS, &length)));
    }
    assert_eq!(look(&with_bytes(&png(), PIXELS, &[0x7F, 0xFF, 0xFF, 0xFF])), Err(Unfit::Truncated));
}

#[test]
fn what_changes_how_it_looks_is_kept_once_and_only_as_long_as_it_must_be() {
    let lengths = [(b"gAMA", 4), (b"cHRM", 32), (b"sRGB", 1), (b"sBIT", 1), (b"bKGD", 2), (b"pHYs", 9), (b"tRNS", 2)];
    for (name, length) in lengths {
        let kept = chunk(*name, &vec![0; length]);
        assert!(is_whole(&with(PIXELS, &kept)), "{name:?}");
        assert_eq!(delivered(&with(PIXELS, &kept.repeat(2))), with(PIXELS, &kept));
        assert_eq!(delivered(&with(PIXELS, &chunk(*name, &vec![0; length + 1]))), png());
        assert_eq!(delivered(&with(END, &kept)), png());
    }
    let palette = chunk(*b"PLTE", &[0; 6]);
    let transparent = [palette.as_slice(), &chunk(*b"tRNS", &[0; 2])].concat();
    assert!(is_whole(&of_kind(8, 3, &transparent)));
    assert_eq!(delivered(&of_kind(8, 6, &chunk(*b"tRNS", &[0; 6]))), of_kind(8, 6, &[]));
}

#[test]
fn an_animation_has_the_frames_that_it_says() {
    let still = animation(1);
    let one = |frames: &[u8]| with(PIXELS, &[still.as_slice(), frames].concat());
    assert!(is_whole(&one(&control(0, [1, 1, 0, 0]))));
    assert!(is_damaged(&one(&[])), "none");
    assert!(is_damaged(&one(&control(0, [1, 1, 0, 0]).repeat(2))), "two");
    assert!(is_damaged(&one(&control(1, [1, 1, 0, 0]))), "not the first number");
    assert!(is_damaged(&with(PIXELS, &animation(0))), "it has none");
    assert!(is_damaged(&with(PIXELS, &still.repeat(2))), "two animations");
    assert!(is_damaged(&with(END, &still)), "behind the pixels");
    assert!(is_damaged(&with(PIXELS, &chunk(*b"acTL", &[0, 0, 0, 1]))), "cut off");
}

#[test]
fn a_frame_is_opened_and_filled_behind_the_pixels() {
    let behind = |frames: &[Vec<u8>]| {
        let small = png();
        [&small[..PIXELS], &animation(1), &small[PIXELS..END], &frames.concat(), &small[END..]].concat()
    };
    let whole = [1, 1, 0, 0];
    assert!(is_whole(&behind(&[control(0, whole), frame(1), frame(2)])));
    assert!(is_damaged(&behind(&[control(0, whole)])), "never filled");
    assert!(is_damaged(&behind(&[frame(0), control(1, whole)])), "filled before it is opened");
    assert!(is_damaged(&behind(&[control(0, whole), control(1, whole), frame(2)])), "opened twice");
    assert!(is_damaged(&behind(&[control(0, whole), frame(2)])), "a number is missing");
    assert!(is_damaged(&behind(&[control(0, whole), chunk(*b"fdAT", &[0, 0, 1])])), "too short");
    for outside in [[2, 1, 0, 0], [1, 2, 0, 0], [1, 1, 1, 0], [1, 1, 0, 1], [0, 1, 0, 0], [1, 1, u32::MAX, 0]] {
        assert!(is_damaged(&behind(&[control(0, outside), frame(1)])), "{outside:?}");
    }
}

#[test]
fn frames_that_no_animation_announced_are_left_out() {
    let stray = [control(0, [1, 1, 0, 0]), frame(1)].concat();
    assert_eq!(delivered(&with(END, &stray)), png());
}

#[test]
fn which_colours_are_meant_is_kept() {
    let meant = chunk(*b"cICP", &[9, 16, 0, 1]);
    assert!(is_whole(&with(PIXELS, &meant)));
    assert_eq!(delivered(&with(PIXELS, &meant.repeat(2))), with(PIXELS, &meant));
    assert_eq!(delivered(&with(END, &meant)), png());
    assert_eq!(delivered(&with(PIXELS, &chunk(*b"cICP", &[9, 16, 0]))), png());
}

#[test]
fn a_picture_of_far_too_many_parts_is_refused() {
    let parts = chunk(*b"prVt", b"").repeat(100_001);
    assert_eq!(look(&with(END, &parts)), Err(Unfit::Damaged("it is made of far too many parts")));
}

#[test]
fn an_animation_without_end_is_refused() {
    assert_eq!(look(&apng(3_001)), Err(Unfit::TooManyFrames));
}

proptest! {
    #[test]
    fn h103_whatever_follows_the_beginning_settles(rest in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(settles(&[&png()[..HEADER], &rest].concat()));
        prop_assert!(settles(&[&png()[..PIXELS], &rest].concat()));
    }

    #[test]
    fn h103_whatever_is_in_its_chunks_settles(
        depth in prop::sample::select(vec![1_u8, 8, 16]),
        kind in 0_u8..7,
        names in prop::collection::vec(0_usize..12, 0..8),
        bodies in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 8),
    ) {
        let known = b"PLTEIDATacTLfcTLfdATtRNSgAMAbKGDsBITpHYstEXtIEND";
        let chunks = names.iter().zip(bodies).map(|(name, body)| {
            let name = *known[4 * name..].first_chunk().unwrap();
            chunk(name, &body)
        });
        prop_assert!(settles(&of_kind(depth, kind, &chunks.collect::<Vec<_>>().concat())));
    }

    #[test]
    fn h103_whatever_its_frames_say_settles(
        frames in 0_u32..4,
        numbers in prop::collection::vec((0_u32..5, prop::array::uniform4(0_u32..3), any::<bool>()), 0..5),
    ) {
        let behind = numbers.into_iter().map(|(number, size, opens)| {
            if opens { control(number, size) } else { frame(number) }
        });
        let small = png();
        let behind = behind.collect::<Vec<_>>().concat();
        let parts = [&small[..PIXELS], &animation(frames), &small[PIXELS..END], &behind, &small[END..]].concat();
        prop_assert!(settles(&parts));
    }
}
