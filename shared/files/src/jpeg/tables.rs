//! The segments that a picture is made from: each must be filled to its last byte by what it says it holds.

use crate::limits::Canvas;
use crate::unfit::Unfit;

const BAD_FRAME: Unfit = Unfit::Damaged("its frame is none that is shown");
const BAD_QUANTIZATION: Unfit = Unfit::Damaged("its quantization tables do not fill their segment");
const BAD_HUFFMAN: Unfit = Unfit::Damaged("its Huffman tables do not fill their segment");
const BAD_PASS: Unfit = Unfit::Damaged("a pass of it is none of its frame");

/// Checks a frame; answers the ids of its components.
pub(super) fn frame(body: &[u8]) -> Result<Vec<u8>, Unfit> {
    let &[8, high, tall, broad, wide, count, ref components @ ..] = body else {
        return Err(BAD_FRAME);
    };
    Canvas::new(u16::from_be_bytes([broad, wide]).into(), u16::from_be_bytes([high, tall]).into())?;
    let (components, rest) = components.as_chunks::<3>();
    let is_shown = matches!(count, 1 | 3 | 4) && components.len() == usize::from(count) && rest.is_empty();
    if !is_shown || !components.iter().all(|[_, factors, table]| is_component(*factors, *table)) {
        return Err(BAD_FRAME);
    }
    Ok(components.iter().map(|[id, ..]| *id).collect())
}

fn is_component(factors: u8, table: u8) -> bool {
    (1..=4).contains(&(factors >> 4)) && (1..=4).contains(&(factors & 0x0F)) && table <= 3
}

/// Checks tables of how finely a picture is kept.
pub(super) fn quantization(mut body: &[u8]) -> Result<(), Unfit> {
    while let Some((&head, rest)) = body.split_first() {
        let size = match head {
            0x00..=0x03 => 64,
            0x10..=0x13 => 128,
            _ => return Err(BAD_QUANTIZATION),
        };
        body = rest.get(size..).ok_or(BAD_QUANTIZATION)?;
    }
    Ok(())
}

/// Checks tables of codes.
pub(super) fn huffman(mut body: &[u8]) -> Result<(), Unfit> {
    while let Some((&head, rest)) = body.split_first() {
        let (counts, symbols) = rest.split_at_checked(16).ok_or(BAD_HUFFMAN)?;
        let count = counts.iter().map(|count| usize::from(*count)).sum::<usize>();
        if !matches!(head, 0x00..=0x03 | 0x10..=0x13) || count > 256 {
            return Err(BAD_HUFFMAN);
        }
        body = symbols.get(count..).ok_or(BAD_HUFFMAN)?;
    }
    Ok(())
}

/// Checks the head of a pass over some of these components.
pub(super) fn pass(body: &[u8], components: &[u8]) -> Result<(), Unfit> {
    let Some((&count @ 1..=4, rest)) = body.split_first() else {
        return Err(BAD_PASS);
    };
    let (chosen, spectrum) = rest.split_at_checked(2 * usize::from(count)).ok_or(BAD_PASS)?;
    let (chosen, _) = chosen.as_chunks::<2>();
    let is_known = chosen.iter().all(|[id, tables]| components.contains(id) && tables & 0xCC == 0);
    if is_known && spectrum.len() == 3 { Ok(()) } else { Err(BAD_PASS) }
}
