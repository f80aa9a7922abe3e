use domain::file::FileType;
use memchr::memmem;
use proptest::prelude::*;

use crate::samples::films::{self, boxed};
use crate::trial::{delivered, look, look_in_pieces};
use crate::unfit::Unfit;

/// How long the frames of the sample are, with their header.
const FRAMES: usize = 72;

/// How often the sample tells where it was taken.
const SECRETS: usize = 12;

fn kind(bytes: &[u8]) -> Result<FileType, Unfit> {
    look(bytes).map(|found| found.file_type)
}

/// A film with other frames, or with what stands there instead.
fn ending(with: &[u8]) -> Vec<u8> {
    let film = films::mp4();
    [&film[..film.len() - FRAMES], with].concat()
}

fn brands(brands: &[u8]) -> Vec<u8> {
    let film = films::mp4();
    [boxed(b"ftyp", brands).as_slice(), &film[32..]].concat()
}

/// The film with the size of a box changed by so many bytes.
fn resized(kind: &[u8], by: u32) -> Vec<u8> {
    let mut film = films::mp4();
    let at = memmem::find(&film, kind).unwrap();
    let size = u32::from_be_bytes(film[at - 4..at].try_into().unwrap()).wrapping_add(by);
    film[at - 4..at].copy_from_slice(&size.to_be_bytes());
    film
}

#[test]
fn a_film_without_notes_is_delivered_as_it_is() {
    let film = films::mp4();
    assert_eq!(kind(&film), Ok(FileType::Mp4));
    assert_eq!(delivered(&film), film);
}

#[test]
fn h104_of_a_film_nothing_tells_where_it_was_taken() {
    let film = films::mp4_with_place();
    let clean = delivered(&film);
    assert_eq!(memmem::find_iter(&film, b"SECRET").count(), SECRETS);
    assert_eq!(memmem::find(&clean, b"SECRET"), None);
    assert_eq!(clean.len(), film.len());
    let frames = boxed(b"mdat", &[7; 64]);
    assert_eq!(memmem::find(&clean, &frames), memmem::find(&film, &frames));
    assert_eq!(delivered(&clean), clean);
}

#[test]
fn frames_may_be_sized_with_eight_bytes_or_reach_to_the_end() {
    let wide = [1_u32.to_be_bytes().as_slice(), b"mdat", &20_u64.to_be_bytes(), b"abcd"].concat();
    assert_eq!(kind(&ending(&wide)), Ok(FileType::Mp4));
    assert_eq!(kind(&ending(b"\0\0\0\0mdatabcd")), Ok(FileType::Mp4));
    assert!(kind(&ending(b"\0\0\0\0freeabcd")).is_err());
}

#[test]
fn only_films_that_browsers_play_are_known() {
    assert_eq!(kind(&brands(b"heic\0\0\0\0mif1heic")), Err(Unfit::Unknown));
    assert_eq!(kind(&brands(b"heicisommif1")), Err(Unfit::Unknown));
    assert_eq!(kind(&brands(b"XAVC\0\0\x02\0mp42")), Ok(FileType::Mp4));
    assert_eq!(kind(&brands(b"qt  \0\0\x02\0qt  ")), Ok(FileType::Mp4));
    assert_eq!(kind(&brands(b"isom")), Ok(FileType::Mp4));
    assert!(kind(&brands(&b"isom".repeat(300))).is_err());
}

#[test]
fn a_film_has_one_index_and_something_to_see() {
    assert_eq!(kind(&ending(b"")), Err(Unfit::Damaged("nothing is to be seen in it")));
    let frames = boxed(b"mdat", b"abcd");
    assert_eq!(kind(&[&films::mp4()[..32], &frames].concat()), Err(Unfit::Truncated));
    let empty = [&films::mp4()[..32], &boxed(b"moov", b""), &frames].concat();
    assert!(matches!(kind(&empty), Err(Unfit::Damaged(_))));
    assert!(matches!(kind(&ending(&[boxed(b"moov", b""), frames].concat())), Err(Unfit::Damaged(_))));
}

#[test]
fn h092_what_is_no_part_of_a_film_is_refused() {
    assert_eq!(kind(&[films::mp4().as_slice(), b"<?php"].concat()), Err(Unfit::Truncated));
    assert!(matches!(kind(&ending(&films::mp4())), Err(Unfit::Damaged(_))));
}

#[test]
fn h092_what_nobody_knows_becomes_free_space() {
    let film = films::mp4();
    let frames = &film[film.len() - FRAMES..];
    for kind in [b"evil", b"emsg", b"prft", b"ftyp", b"wide", b"free", b"mvhd"] {
        let with = [boxed(kind, b"<script>").as_slice(), frames].concat();
        let without = [boxed(b"free", &[0; 8]).as_slice(), frames].concat();
        assert_eq!(delivered(&ending(&with)), ending(&without), "{}", kind.escape_ascii());
    }
}

#[test]
fn free_space_with_nothing_in_it_is_kept() {
    for kind in [b"free", b"skip"] {
        let film = [films::mp4(), boxed(kind, b"")].concat();
        assert_eq!(delivered(&film), film);
    }
}

#[test]
fn of_a_fragment_only_what_is_needed_is_kept() {
    let run = |kind: &[u8]| boxed(b"traf", &[boxed(b"tfhd", b"abcd"), boxed(kind, b"<script>")].concat());
    let fragment = |kind: &[u8], inside: &[u8]| {
        let parts = [boxed(b"mfhd", b"abcd"), run(inside), boxed(kind, b"<script>")].concat();
        [films::mp4(), boxed(b"moof", &parts), boxed(b"mdat", b"abcd")].concat()
    };
    let clean = delivered(&fragment(b"uuid", b"evil"));
    assert_eq!(memmem::find(&clean, b"<script>"), None);
    assert_eq!(clean.len(), fragment(b"uuid", b"evil").len());
    assert_eq!(delivered(&clean), clean);
    let known = delivered(&fragment(b"uuid", b"trun"));
    assert_eq!(memmem::find_iter(&known, b"<script>").count(), 1);
}

#[test]
fn zeros_behind_the_end_are_left_out() {
    let film = films::mp4();
    for count in [1, 7, 8, 9, 1_024] {
        let padded = [film.clone(), vec![0; count]].concat();
        assert_eq!(delivered(&padded), film, "{count}");
        let evil = [padded.as_slice(), b"evil"].concat();
        assert!(look(&evil).is_err(), "{count}");
    }
    assert!(matches!(kind(&[film, vec![0; 1_025]].concat()), Err(Unfit::Damaged(_))));
}

#[test]
fn no_size_is_trusted() {
    let endless = [1_u32.to_be_bytes().as_slice(), b"mdat", &u64::MAX.to_be_bytes(), b"abcd"].concat();
    assert_eq!(kind(&ending(&endless)), Err(Unfit::Truncated));
    let small = [1_u32.to_be_bytes().as_slice(), b"mdat", &15_u64.to_be_bytes(), b"abcd"].concat();
    assert_eq!(kind(&ending(&small)), Err(Unfit::Damaged("a part of it is smaller than it can be")));
    assert_eq!(kind(&resized(b"mdat", 1)), Err(Unfit::Truncated));
    for kind_of_box in [b"moov", b"trak", b"tkhd", b"mvhd"] {
        for by in [1, 9, u32::MAX, u32::MAX / 2] {
            assert!(kind(&resized(kind_of_box, by)).is_err(), "{} {by}", kind_of_box.escape_ascii());
        }
    }
}

#[test]
fn a_film_of_far_too_many_parts_is_refused() {
    assert!(matches!(kind(&ending(&boxed(b"free", b"").repeat(30_000))), Err(Unfit::Damaged(_))));
    let nested = boxed(b"moof", &boxed(b"traf", &boxed(b"udta", b"").repeat(30_000)));
    assert!(matches!(kind(&ending(&nested)), Err(Unfit::Damaged(_))));
}

#[test]
fn an_index_too_large_to_play_is_refused() {
    let index = boxed(b"moof", &vec![0; 17 * 1024 * 1024]);
    assert_eq!(kind(&ending(&index)), Err(Unfit::Damaged("its index is too large")));
}

#[test]
fn every_film_is_the_same_in_pieces() {
    for film in [films::mp4(), films::mp4_with_place()] {
        for piece in [1, 2, 3, 7] {
            assert_eq!(look_in_pieces(&film, piece), look(&film), "{piece}");
        }
    }
}

#[test]
fn h103_a_film_that_is_cut_off_is_refused_wherever() {
    let film = films::mp4();
    for len in 0..film.len() {
        assert!(look(&film[..len]).is_err(), "{len}");
    }
}

#[test]
fn h103_no_flipped_bit_is_a_panic() {
    let film = films::mp4_with_place();
    for at in 0..film.len() {
        for bit in 0..8 {
            let mut bytes = film.clone();
            bytes[at] ^= 1 << bit;
            if let Ok(found) = look(&bytes) {
                assert!(!found.pieces.is_empty());
            }
        }
    }
}

proptest! {
    #[test]
    fn h103_whatever_is_delivered_is_delivered_again(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        piece in 1_usize..99,
    ) {
        let mut bytes = films::mp4_with_place();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        prop_assert_eq!(look_in_pieces(&bytes, piece), look(&bytes));
        if look(&bytes).is_ok() {
            let clean = delivered(&bytes);
            prop_assert_eq!(delivered(&clean), clean);
        }
    }
}

#[test]
fn a_film_leads_nowhere_else() {
    let film = films::mp4();
    let at = memmem::find(&film, b"url \0\0\0\x01").unwrap();
    for elsewhere in [&b"url \0\0\0\0"[..], b"alis\0\0\0\x01"] {
        let leading = [&film[..at], elsewhere, &film[at + 8..]].concat();
        assert_eq!(delivered(&leading), delivered(&film));
    }
}
