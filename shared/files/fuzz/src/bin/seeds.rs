//! Writes the samples of `files` into `corpus/`, one folder a target, where a fuzzer begins.
//!
//! The test file of virus scanners is none of them: a scanner would take the repository away.

use std::path::Path;
use std::{fs, io};

use files::samples::{documents, films, pictures};

/// A name, and the bytes it stands for.
type Sample = (&'static str, Vec<u8>);

fn main() -> io::Result<()> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for (target, samples) in targets() {
        let folder = corpus.join(target);
        fs::create_dir_all(&folder)?;
        for (name, bytes) in samples {
            fs::write(folder.join(name), bytes)?;
        }
    }
    Ok(())
}

fn targets() -> [(&'static str, Vec<Sample>); 9] {
    [
        ("bmp", bmp()),
        ("gif", gif()),
        ("jpeg", jpeg()),
        ("mp4", mp4()),
        ("office", office()),
        ("pdf", pdf()),
        ("png", png()),
        ("text", text()),
        ("webp", webp()),
    ]
}

fn bmp() -> Vec<Sample> {
    vec![
        ("plain", pictures::bmp()),
        ("with_profile", pictures::bmp_with_profile()),
        ("with_tail", pictures::bmp_with_tail()),
    ]
}

fn gif() -> Vec<Sample> {
    vec![
        ("moving", pictures::gif_of_frames(3, 2)),
        ("plain", pictures::gif()),
        ("with_script", pictures::gif_with_script()),
        ("with_text", pictures::gif_with_text()),
    ]
}

fn jpeg() -> Vec<Sample> {
    vec![
        ("plain", pictures::jpeg()),
        ("with_everything", pictures::jpeg_with_everything()),
        ("with_php", pictures::jpeg_with_php()),
    ]
}

fn mp4() -> Vec<Sample> {
    vec![("plain", films::mp4()), ("with_place", films::mp4_with_place())]
}

fn office() -> Vec<Sample> {
    vec![
        ("docm", documents::docm()),
        ("docx", documents::docx()),
        ("docx_bomb", documents::docx_bomb()),
        ("docx_in_zip", documents::docx_in_zip()),
        ("docx_of_50_parts", documents::zip_of_entries(50)),
        ("docx_with_entity", documents::docx_with_entity()),
        ("docx_with_escape", documents::docx_with_escape()),
        ("docx_with_link", documents::docx_with_link()),
        ("odp", documents::odp()),
        ("ods", documents::ods()),
        ("odt", documents::odt()),
        ("odt_with_macros", documents::odt_with_macros()),
        ("pptx", documents::pptx()),
        ("xlsx", documents::xlsx()),
    ]
}

fn pdf() -> Vec<Sample> {
    vec![
        ("plain", documents::pdf()),
        ("with_file", documents::pdf_with_file()),
        ("with_script", documents::pdf_with_script()),
        ("with_zip", documents::pdf_with_zip()),
    ]
}

fn png() -> Vec<Sample> {
    vec![
        ("moving", pictures::apng(3)),
        ("plain", pictures::png()),
        ("with_html", pictures::png_with_html()),
        ("with_text", pictures::png_with_text()),
    ]
}

fn text() -> Vec<Sample> {
    vec![
        ("gbk", documents::text_gbk()),
        ("html", documents::html()),
        ("mhtml", documents::mhtml()),
        ("plain", documents::text()),
        ("shortcut", documents::shortcut()),
        ("svg", documents::svg()),
        ("utf_16", documents::text_utf_16()),
        ("windows_1250", documents::text_windows_1250()),
        ("xml", documents::xml()),
    ]
}

fn webp() -> Vec<Sample> {
    vec![
        ("moving", pictures::webp_of_frames(3)),
        ("plain", pictures::webp()),
        ("with_everything", pictures::webp_with_everything()),
    ]
}
