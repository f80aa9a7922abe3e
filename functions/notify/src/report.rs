//! Reports: what the carrier says became of a mail, minutes or days after it took it. They come by way of EventBridge, more
//! than once and in any order.
//!
//! A report is believed of a notification that its tags name, if that was sent under the id that the report gives; or if
//! the answer to a mail of it was lost, for then this is the answer. Whatever else comes changes nothing (H071).

use std::collections::BTreeMap;

use domain::contact::EmailAddress;
use queue::Failure;
use serde::{Deserialize, Serialize};
use store::notification::{Notification, Standing, State};
use store::{StoreError, Writer};

use crate::Ports;
use crate::send::Progress;
use crate::tags::named;

/// What the carrier says: the `detail` of its event, as far as anything follows from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    event_type: String,
    mail: Posted,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bounce: Option<Bounce>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    complaint: Option<Complaint>,
}

/// The mail that it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Posted {
    message_id: String,
    #[serde(default)]
    tags: BTreeMap<String, Vec<String>>,
}

/// That it came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bounce {
    #[serde(rename = "bounceType")]
    kind: String,
    #[serde(default, rename = "bounceSubType")]
    subtype: String,
    #[serde(default)]
    bounced_recipients: Vec<Mailbox>,
}

/// That its reader did not want it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Complaint {
    #[serde(default)]
    complained_recipients: Vec<Mailbox>,
}

/// Where it went.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mailbox {
    email_address: String,
}

impl std::fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mailbox(…)")
    }
}

/// What follows from a report.
#[derive(Debug, PartialEq, Eq)]
enum Sequel<'a> {
    /// It was taken.
    Taken,
    /// It did not arrive, or was not wanted: why, and the addresses that get no more.
    Failed(&'static str, &'a [Mailbox]),
    /// Nothing.
    Nothing,
}

impl Report {
    fn sequel(&self) -> Sequel<'_> {
        match (self.event_type.as_str(), &self.bounce, &self.complaint) {
            ("Send" | "Delivery", _, _) => Sequel::Taken,
            ("Bounce", Some(bounce), _) => bounce.sequel(),
            ("Complaint", _, Some(complaint)) => Sequel::Failed("Complained", &complaint.complained_recipients),
            ("Reject", _, _) => Sequel::Failed("Rejected", &[]),
            _ => Sequel::Nothing,
        }
    }
}

impl Bounce {
    /// An address that does not exist will not come to be; a full mailbox may be emptied, but this mail will not come again:
    /// the carrier has given it up. Of the others, such as the answer of somebody who is away, it is only known that the
    /// carrier took what they answer.
    fn sequel(&self) -> Sequel<'_> {
        match (self.kind.as_str(), self.subtype.as_str()) {
            ("Permanent", _) => Sequel::Failed("Bounced", &self.bounced_recipients),
            ("Transient", "MailboxFull" | "MessageTooLarge" | "ContentRejected" | "AttachmentRejected") => {
                Sequel::Failed("Bounced", &[])
            }
            _ => Sequel::Taken,
        }
    }
}

/// Keeps what the carrier says of a mail.
///
/// # Errors
/// A [`Failure`] to be retried when the table is out of reach.
pub(crate) async fn hear(ports: &Ports, report: &Report) -> Result<Progress, Failure> {
    let Some(notification) = named(&report.mail.tags) else {
        tracing::warn!(mail = report.mail.message_id, "the carrier speaks of a mail that is none of ours");
        return Ok(Progress::Done);
    };
    believe(&ports.store, report, &notification).await.map_err(Failure::retry)?;
    Ok(Progress::Done)
}

async fn believe(store: &Writer, report: &Report, notification: &Notification) -> Result<(), StoreError> {
    let id = report.mail.message_id.as_str();
    let standing = store.reader().standing(notification).await?;
    let Some(standing) = standing.filter(|standing| is_about(id, standing)) else {
        tracing::warn!(%notification, mail = id, "the carrier speaks of another mail");
        return Ok(());
    };
    match report.sequel() {
        Sequel::Taken if standing.waits_for_an_answer() => {
            if store.confirm(notification, id).await? {
                tracing::info!(target: "metric", name = "MailsSent", count = 1_u64);
            }
            Ok(())
        }
        Sequel::Failed(why, addresses) if standing.state != State::Failed || standing.waits_for_an_answer() => {
            suppress(store, &standing, addresses, why).await?;
            store.deny(notification, id, why).await
        }
        Sequel::Taken | Sequel::Failed(..) | Sequel::Nothing => Ok(()),
    }
}

/// Whether a notification may have been sent under this id.
fn is_about(id: &str, standing: &Standing) -> bool {
    standing.waits_for_an_answer() || standing.message_id.as_deref() == Some(id)
}

/// No mail goes any more to those of these addresses that this one went to.
async fn suppress(
    store: &Writer,
    standing: &Standing,
    addresses: &[Mailbox],
    why: &'static str,
) -> Result<(), StoreError> {
    let read = addresses.iter().filter_map(|mailbox| EmailAddress::parse(bare(&mailbox.email_address)).ok());
    for address in read.filter(|address| standing.went_to(address)) {
        store.suppress(&address, why).await?;
    }
    Ok(())
}

/// An address without the name that mail servers may put before it.
fn bare(text: &str) -> &str {
    match text.rsplit_once('<') {
        Some((_, address)) => address.trim_end_matches('>'),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// As EventBridge delivers it, cut short where nothing follows from it.
    fn report(kind: &str, more: &Value) -> Report {
        let mut detail = json!({
            "eventType": kind,
            "mail": {
                "timestamp": "2026-03-02T09:00:00.000Z",
                "source": "desk@example.org",
                "messageId": "0100018d-1",
                "destination": ["jana@example.org"],
                "headersTruncated": false,
                "tags": { "ses:configuration-set": ["lambdesk-dev"], "ticket": ["7K3Q-M9XV"], "seq": ["3"],
                    "person": ["usr_jana"], "channel": ["email"] },
            },
        });
        detail.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value(detail).unwrap()
    }

    fn bounce(kind: &str, subtype: &str) -> Report {
        let bounce = json!({ "bounceType": kind, "bounceSubType": subtype, "feedbackId": "x",
            "bouncedRecipients": [{ "emailAddress": "jana@example.org", "action": "failed", "status": "5.1.1" }] });
        report("Bounce", &json!({ "bounce": bounce }))
    }

    #[test]
    fn a_report_says_what_became_of_a_mail() {
        for taken in ["Send", "Delivery"] {
            assert_eq!(report(taken, &json!({})).sequel(), Sequel::Taken);
        }
        let complained = json!({ "complaint": { "complainedRecipients": [{ "emailAddress": "jana@example.org" }] } });
        assert!(matches!(report("Complaint", &complained).sequel(), Sequel::Failed("Complained", [_])));
        assert!(matches!(bounce("Permanent", "General").sequel(), Sequel::Failed("Bounced", [_])));
        assert_eq!(
            report("Reject", &json!({ "reject": { "reason": "Bad content" } })).sequel(),
            Sequel::Failed("Rejected", &[])
        );
    }

    #[test]
    fn a_mail_that_a_full_mailbox_did_not_take_has_failed_and_its_address_is_written_to_again() {
        for subtype in ["MailboxFull", "MessageTooLarge", "ContentRejected", "AttachmentRejected"] {
            assert_eq!(bounce("Transient", subtype).sequel(), Sequel::Failed("Bounced", &[]));
        }
    }

    #[test]
    fn who_answers_that_they_are_away_was_sent_something() {
        for (kind, subtype) in [("Transient", "General"), ("Undetermined", "Undetermined")] {
            assert_eq!(bounce(kind, subtype).sequel(), Sequel::Taken);
        }
    }

    #[test]
    fn what_may_still_arrive_changes_nothing() {
        for other in ["DeliveryDelay", "Open", "Click", "Subscription", "Bounce"] {
            assert_eq!(report(other, &json!({})).sequel(), Sequel::Nothing);
        }
    }

    #[test]
    fn an_address_may_stand_behind_a_name() {
        assert_eq!(bare("jana@example.org"), "jana@example.org");
        assert_eq!(bare("Jana <jana@example.org>"), "jana@example.org");
    }
}
