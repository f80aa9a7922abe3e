//! What mails and pages call the same things, in every language that the desk writes in.
//!
//! A language is a column here and one in each function that writes to people; the compiler names what is missing.

use domain::file::File;
use domain::person::Locale;
use domain::status::Status;
use jiff::Timestamp;
use jiff::tz::Offset;
use serde::Serialize;

const KIB: u64 = 1024;

const MIB: u64 = 1024 * KIB;

const ENGLISH_MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const CZECH_MONTHS: [&str; 12] = [
    "ledna",
    "února",
    "března",
    "dubna",
    "května",
    "června",
    "července",
    "srpna",
    "září",
    "října",
    "listopadu",
    "prosince",
];

/// The language's tag, as documents declare it.
#[must_use]
pub fn tag(locale: Locale) -> &'static str {
    match locale {
        Locale::En => "en",
        Locale::Cs => "cs",
        Locale::Zh => "zh-Hans",
    }
}

/// What a status is called.
#[must_use]
pub fn status(locale: Locale, status: Status) -> &'static str {
    let [english, czech, chinese] = match status {
        Status::Draft => ["Draft", "Koncept", "草稿"],
        Status::New => ["New", "Nový", "新建"],
        Status::Open => ["In progress", "V řešení", "处理中"],
        Status::AwaitingRequester => ["Waiting for the requester", "Čeká na žadatele", "待提单人回复"],
        Status::AwaitingAgent => ["Waiting for the helpdesk", "Čeká na podporu", "待服务台回复"],
        Status::Scheduled => ["Scheduled", "Naplánovaný", "已排期"],
        Status::Resolved => ["Solved, to be confirmed", "Vyřešený, čeká na potvrzení", "已解决，待确认"],
        Status::Closed => ["Closed", "Uzavřený", "已关闭"],
        Status::Canceled => ["Canceled", "Zrušený", "已撤销"],
    };
    match locale {
        Locale::En => english,
        Locale::Cs => czech,
        Locale::Zh => chinese,
    }
}

/// A moment to the minute. It is told in UTC and says so: where its reader is, the desk does not know.
#[must_use]
pub fn moment(locale: Locale, at: Timestamp) -> String {
    let at = Offset::UTC.to_datetime(at);
    let (year, month, day, hour, minute) = (at.year(), at.month(), at.day(), at.hour(), at.minute());
    match locale {
        Locale::En => format!("{day} {} {year}, {hour:02}:{minute:02} UTC", name(&ENGLISH_MONTHS, month)),
        Locale::Cs => format!("{day}. {} {year} {hour:02}:{minute:02} UTC", name(&CZECH_MONTHS, month)),
        Locale::Zh => format!("{year}年{month}月{day}日 {hour:02}:{minute:02}（UTC）"),
    }
}

fn name(months: &[&'static str; 12], month: i8) -> &'static str {
    usize::try_from(month - 1).ok().and_then(|at| months.get(at)).copied().unwrap_or_default()
}

/// How large a file is, as file managers tell it: in steps of 1,024, rounded, which are called KB and MB.
#[must_use]
pub fn size(locale: Locale, bytes: u64) -> String {
    let kibibytes = rounded(bytes, KIB);
    let tenths = bytes / MIB * 10 + rounded(bytes % MIB * 10, MIB);
    if bytes < KIB {
        format!("{bytes} {}", unit(locale, bytes))
    } else if kibibytes < KIB {
        format!("{kibibytes} KB")
    } else if tenths < 100 {
        format!("{}{}{} MB", tenths / 10, point(locale), tenths % 10)
    } else {
        format!("{} MB", rounded(bytes, MIB))
    }
}

/// So many bytes, whole: halves are rounded up.
fn rounded(bytes: u64, unit: u64) -> u64 {
    bytes / unit + u64::from(bytes % unit >= unit / 2)
}

fn unit(locale: Locale, bytes: u64) -> &'static str {
    match (locale, bytes) {
        (Locale::En, 1) => "byte",
        (Locale::En, _) => "bytes",
        (Locale::Cs, 1) => "bajt",
        (Locale::Cs, 2..=4) => "bajty",
        (Locale::Cs, _) => "bajtů",
        (Locale::Zh, _) => "字节",
    }
}

/// What stands between a whole number and its tenths.
fn point(locale: Locale) -> char {
    match locale {
        Locale::En | Locale::Zh => '.',
        Locale::Cs => ',',
    }
}

/// A file beside a text, as mails and pages tell of it: they cannot show it, nor say where it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Attached {
    /// What it is called.
    pub name: String,
    /// How large it is.
    pub size: String,
}

/// The files beside a text; of the pictures in it the text itself speaks.
#[must_use]
pub fn attached(locale: Locale, files: &[File]) -> Vec<Attached> {
    let beside = files.iter().filter(|file| !file.inline);
    beside.map(|file| Attached { name: in_line(file.name.as_str()), size: size(locale, file.size) }).collect()
}

/// A subject or a name as it may stand beside other text: without the characters that would turn the order of what
/// stands around it (H159).
#[must_use]
pub fn in_line(text: &str) -> String {
    text.chars().filter(|letter| !matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCALES: [Locale; 3] = [Locale::En, Locale::Cs, Locale::Zh];

    #[test]
    fn no_two_statuses_are_called_alike() {
        for locale in LOCALES {
            let mut names: Vec<_> = Status::ALL.into_iter().map(|own| status(locale, own)).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), Status::ALL.len(), "{locale:?}");
        }
    }

    #[test]
    fn a_moment_is_written_as_its_language_does() {
        let at: Timestamp = "2026-03-02T09:05:59Z".parse().unwrap();
        assert_eq!(moment(Locale::En, at), "2 March 2026, 09:05 UTC");
        assert_eq!(moment(Locale::Cs, at), "2. března 2026 09:05 UTC");
        assert_eq!(moment(Locale::Zh, at), "2026年3月2日 09:05（UTC）");
    }

    #[test]
    fn a_size_is_rounded_to_what_people_compare() {
        let sizes = [
            (0, "0 bytes"),
            (1, "1 byte"),
            (740, "740 bytes"),
            (KIB - 1, "1023 bytes"),
            (KIB, "1 KB"),
            (KIB + 511, "1 KB"),
            (KIB + 512, "2 KB"),
            (12 * KIB, "12 KB"),
            (MIB - 513, "1023 KB"),
            (MIB - 512, "1.0 MB"),
            (MIB, "1.0 MB"),
            (3_565_158, "3.4 MB"),
            (10 * MIB - 1, "10 MB"),
            (10 * MIB, "10 MB"),
            (100 * MIB, "100 MB"),
            (u64::MAX, "17592186044416 MB"),
        ];
        for (bytes, expected) in sizes {
            assert_eq!(size(Locale::En, bytes), expected, "{bytes}");
        }
    }

    #[test]
    fn a_size_is_written_as_its_language_does() {
        let written = |locale| [1, 3, 740, 12 * KIB, 3_565_158].map(|bytes| size(locale, bytes));
        assert_eq!(written(Locale::Cs), ["1 bajt", "3 bajty", "740 bajtů", "12 KB", "3,4 MB"]);
        assert_eq!(written(Locale::Zh), ["1 字节", "3 字节", "740 字节", "12 KB", "3.4 MB"]);
    }

    #[test]
    fn what_is_attached_stands_beside_the_text() {
        let file = |id: &str, inline: bool| -> File {
            let name = format!("{id}.png");
            let stored = serde_json::json!({ "id": id, "name": name, "file_type": "png", "size": 740,
                "sha256": "0".repeat(64), "inline": inline });
            serde_json::from_value(stored).unwrap()
        };
        let told = attached(Locale::En, &[file("att_1", true), file("att_2", false)]);
        assert_eq!(told, [Attached { name: "att_2.png".to_owned(), size: "740 bytes".to_owned() }]);
    }

    #[test]
    fn h159_what_stands_in_a_line_cannot_turn_it() {
        assert_eq!(in_line("invoice \u{202e}gpj.exe\u{2069} \u{5d0}"), "invoice gpj.exe \u{5d0}");
    }
}
