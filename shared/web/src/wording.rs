//! What mails and pages call the same things, in every language that the desk writes in.
//!
//! A language is a column here and one in each function that writes to people; the compiler names what is missing.

use domain::person::Locale;
use domain::status::Status;
use jiff::Timestamp;
use jiff::tz::Offset;

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
    fn h159_what_stands_in_a_line_cannot_turn_it() {
        assert_eq!(in_line("invoice \u{202e}gpj.exe\u{2069} \u{5d0}"), "invoice gpj.exe \u{5d0}");
    }
}
