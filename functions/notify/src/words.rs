//! What mails say, one file per language. Everybody on a ticket reads the same sentences, so they name no roles that a
//! reader may not have, and no names that a language would have to bend.

mod cs;
mod en;
mod zh;

use domain::notice::Notice;
use domain::person::Locale;
use domain::sla::Metric;

/// The words of one language.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words {
    /// Greets a person by name, where the language does.
    pub(crate) greeting: fn(&str) -> String,
    /// Says what a notice is about.
    pub(crate) saying: fn(Notice) -> Saying,
    /// Says when the ticket closes by itself.
    pub(crate) closes: fn(&str) -> String,
    /// Says when work on it goes on.
    pub(crate) resumes: fn(&str) -> String,
    /// Says when it may be expected to be solved.
    pub(crate) expected: fn(&str) -> String,
    /// Says of a promise when it is or was due.
    pub(crate) due: fn(Metric, &str) -> String,
    /// What stands between a label and what it labels.
    pub(crate) colon: &'static str,
    /// Labels the status.
    pub(crate) status: &'static str,
    /// Labels the agent who has the ticket.
    pub(crate) assignee: &'static str,
    /// Stands for that agent while there is none.
    pub(crate) nobody: &'static str,
    /// Stands for an author who is no person.
    pub(crate) helpdesk: &'static str,
    /// Stands before the names of files.
    pub(crate) attached: &'static str,
    /// Stands before the link.
    pub(crate) open: &'static str,
    /// Ends every mail.
    pub(crate) footer: &'static str,
    /// What a digest says.
    pub(crate) digest: DigestWords,
    /// What is said to whoever asked for a new password.
    pub(crate) reset: ResetWords,
    /// What is said to whoever has a new password.
    pub(crate) password_set: PasswordSetWords,
}

/// What a digest says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DigestWords {
    /// Says of so many tickets that they have new dates, for the subject.
    pub(crate) headline: fn(usize) -> String,
    /// In a sentence, before the list.
    pub(crate) sentence: &'static str,
    /// Says that there are so many more than are listed.
    pub(crate) more: fn(usize) -> String,
}

/// What is said to whoever asked for a new password.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ResetWords {
    /// For the subject.
    pub(crate) headline: &'static str,
    /// Says what was asked for; how long the link is good; what to do if somebody else asked.
    pub(crate) paragraphs: [&'static str; 3],
    /// Stands on the link.
    pub(crate) open: &'static str,
}

/// What is said to whoever has a new password.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PasswordSetWords {
    /// For the subject.
    pub(crate) headline: &'static str,
    /// Says what was done; what to do if somebody else did it.
    pub(crate) paragraphs: [&'static str; 2],
}

/// What a notice is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Saying {
    /// In a word or two, for the subject.
    pub(crate) headline: &'static str,
    /// In a sentence.
    pub(crate) sentence: &'static str,
}

impl Saying {
    const fn new(headline: &'static str, sentence: &'static str) -> Self {
        Self { headline, sentence }
    }
}

/// The words of a language.
pub(crate) fn words(locale: Locale) -> &'static Words {
    match locale {
        Locale::En => &en::WORDS,
        Locale::Cs => &cs::WORDS,
        Locale::Zh => &zh::WORDS,
    }
}
