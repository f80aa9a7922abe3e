//! Tags: by which the carrier names a mail to us, when it says what became of it. They hold ids and numbers, and no letters
//! but those that SES allows in them.

use std::collections::BTreeMap;

use domain::id::ResetId;
use domain::number::TicketNumber;
use store::digest::Hour;
use store::notification::{Notification, Topic, Whom};

/// The tags of a mail.
pub(crate) fn tags(notification: &Notification) -> Vec<(&'static str, String)> {
    let mut tags = match &notification.topic {
        Topic::Event { ticket, seq } => vec![("ticket", ticket.to_string()), ("seq", seq.to_string())],
        Topic::Reset(id) => vec![("reset", id.to_string())],
        Topic::PasswordSet(id) => vec![("password_set", id.to_string())],
        Topic::Digest(hour) => vec![("window", hour.to_string())],
    };
    tags.extend([("person", notification.whom.as_str().to_owned()), ("channel", notification.channel.to_owned())]);
    tags
}

/// The notification that tags name; each stands there with a list of values, of which ours have one.
pub(crate) fn named(tags: &BTreeMap<String, Vec<String>>) -> Option<Notification> {
    let tag = |name: &str| match tags.get(name).map(Vec::as_slice) {
        Some([value]) => Some(value.as_str()),
        Some(_) | None => None,
    };
    let topic = match (tag("ticket"), tag("reset"), tag("password_set"), tag("window")) {
        (Some(ticket), None, None, None) => {
            Topic::Event { ticket: TicketNumber::parse(ticket).ok()?, seq: tag("seq")?.parse().ok()? }
        }
        (None, Some(reset), None, None) => Topic::Reset(ResetId::parse(reset).ok()?),
        (None, None, Some(reset), None) => Topic::PasswordSet(ResetId::parse(reset).ok()?),
        (None, None, None, Some(window)) => Topic::Digest(Hour::parse(window)?),
        (None | Some(_), None | Some(_), None | Some(_), None | Some(_)) => return None,
    };
    let notification = Notification::by_mail(topic, Whom::parse(tag("person")?)?);
    (tag("channel") == Some(notification.channel)).then_some(notification)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given;

    fn read(tags: &[(&'static str, String)]) -> Option<Notification> {
        named(&tags.iter().map(|(name, value)| ((*name).to_owned(), vec![value.clone()])).collect())
    }

    #[test]
    fn tags_name_the_notification_that_they_were_made_of() {
        let jana = || Whom::Person(given::person_id("usr_jana"));
        let hour = Hour::of(given::at());
        for notification in [
            Notification::by_mail(Topic::Event { ticket: given::ticket().number, seq: 3 }, jana()),
            Notification::by_mail(Topic::Reset(ResetId::parse("rst_1").unwrap()), Whom::Administrator),
            Notification::by_mail(Topic::PasswordSet(ResetId::parse("rst_1").unwrap()), jana()),
            Notification::by_mail(Topic::Digest(hour), jana()),
        ] {
            let tags = tags(&notification);
            let fits = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
            assert!(tags.iter().all(|(name, value)| fits(name) && fits(value)), "{tags:?}");
            assert_eq!(read(&tags), Some(notification));
        }
    }

    #[test]
    fn tags_of_others_name_nothing() {
        let ours = tags(&Notification::by_mail(
            Topic::Event { ticket: given::ticket().number, seq: 3 },
            Whom::Person(given::person_id("usr_jana")),
        ));
        for missing in 0..ours.len() {
            let mut tags = ours.clone();
            tags.remove(missing);
            assert_eq!(read(&tags), None, "{tags:?}");
        }
        let mut both = ours;
        both.push(("window", "1".to_owned()));
        assert_eq!(read(&both), None);
    }
}
