//! Rules of files as given, when, then.

use super::*;

#[test]
fn a_type_is_known_by_what_the_web_calls_it() {
    assert_eq!(FileType::parse("Image/JPEG; q=1"), Ok(FileType::Jpeg));
    for foreign in ["image/svg+xml", "text/html", "application/xhtml+xml", "application/x-msdownload", ""] {
        assert_eq!(FileType::parse(foreign).unwrap_err().code, "unsupported_type");
    }
}

#[test]
fn a_hash_is_read_and_given_back() {
    let hash = Sha256::of([0xab; 32]);
    assert_eq!(hash.bytes(), [0xab; 32]);
    assert_eq!(Sha256::parse(&hash.as_str().to_uppercase()), Ok(hash));
    assert!(Sha256::parse("abc").is_err());
}

#[test]
fn rules_name_what_is_taken() {
    let rules = FileRules::default();
    assert!(rules.admit_type(FileType::Pdf).unwrap_err().message.contains("jpg, png, gif, bmp, txt"));
    assert_eq!(rules.admit_size(0).unwrap_err().code, "empty");
    assert_eq!(rules.admit_size(10 * 1024 * 1024 + 1).unwrap_err().code, "too_large");
    assert!(rules.admit_size(10 * 1024 * 1024).is_ok());
}
