//! The carrier, SES, and what its answers mean for a mail.

use std::time::Duration;

use aws_sdk_sesv2::config::retry::RetryConfig;
use aws_sdk_sesv2::config::timeout::TimeoutConfig;
use aws_sdk_sesv2::config::{Builder, Config};
use aws_sdk_sesv2::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sesv2::operation::send_email::SendEmailError;
use aws_sdk_sesv2::primitives::Blob;
use aws_sdk_sesv2::types::{Destination, EmailContent, MessageTag, RawMessage};

use crate::Ports;
use crate::send::Mail;
use crate::tags::tags;

/// What became of a mail. Reasons are codes: what SES says in words may hold an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is on its way, under the carrier's id.
    Accepted(String),
    /// It will never be taken.
    Refused(String),
    /// It was not taken now.
    Later(String),
    /// Nobody knows: the answer was lost.
    Unknown(String),
}

impl Verdict {
    /// Whether its reader may get it.
    pub(crate) fn may_have_gone_out(&self) -> bool {
        match self {
            Self::Accepted(_) | Self::Unknown(_) => true,
            Self::Refused(_) | Self::Later(_) => false,
        }
    }
}

/// Hands a mail to the carrier.
pub(crate) async fn carry(ports: &Ports, mail: &Mail<'_>, bytes: Vec<u8>) -> Verdict {
    let Ok(raw) = RawMessage::builder().data(Blob::new(bytes)).build() else {
        return Verdict::Refused("NoMessage".to_owned());
    };
    let tag = |(name, value): (&str, String)| MessageTag::builder().name(name).value(value).build().ok();
    let request = ports
        .mail
        .send_email()
        .from_email_address(&ports.settings.sender)
        .destination(Destination::builder().to_addresses(mail.to.as_str()).build())
        .content(EmailContent::builder().raw(raw).build())
        .set_configuration_set_name(ports.settings.configuration_set.clone())
        .set_email_tags(Some(tags(&mail.notification).into_iter().filter_map(tag).collect()));
    match request.customize().config_override(once()).send().await {
        Ok(answer) => Verdict::Accepted(answer.message_id.unwrap_or_default()),
        Err(error) => {
            let was_taken = error.raw_response().is_some_and(|answer| answer.status().is_success());
            verdict(&error, was_taken)
        }
    }
}

/// The SDK tries once: whether and when to try again is ours to say, for it may be a mail too many (H067).
fn once() -> Builder {
    // SES may take its time, and an answer that comes too late is as good as none.
    let patience = TimeoutConfig::builder()
        .operation_attempt_timeout(Duration::from_secs(10))
        .operation_timeout(Duration::from_secs(12))
        .build();
    Config::builder().retry_config(RetryConfig::disabled()).timeout_config(patience)
}

/// What an error means for the mail; one that was taken, and whose answer cannot be read, is one without an answer.
fn verdict<R>(error: &SdkError<SendEmailError, R>, was_taken: bool) -> Verdict {
    let Some(answer) = error.as_service_error() else {
        return if matches!(error, SdkError::ConstructionFailure(_)) {
            Verdict::Later("NotSent".to_owned())
        } else {
            Verdict::Unknown("NoAnswer".to_owned())
        };
    };
    match refusal(answer) {
        None if was_taken => Verdict::Unknown("NoAnswer".to_owned()),
        Some(code) => Verdict::Refused(code.to_owned()),
        None => Verdict::Later(answer.code().unwrap_or("Unnamed").to_owned()),
    }
}

/// The code of an answer that will always be the same for this mail.
fn refusal(answer: &SendEmailError) -> Option<&'static str> {
    if answer.is_message_rejected() {
        Some("MessageRejected")
    } else if answer.is_mail_from_domain_not_verified_exception() {
        Some("MailFromDomainNotVerified")
    } else if answer.is_bad_request_exception() {
        Some("BadRequest")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_sesv2::types::error::{
        BadRequestException, MailFromDomainNotVerifiedException, MessageRejected, SendingPausedException,
        TooManyRequestsException,
    };

    use super::*;

    fn answered(answer: SendEmailError) -> Verdict {
        verdict(&SdkError::service_error(answer, ()), false)
    }

    #[test]
    fn h064_a_carrier_that_throttles_or_pauses_is_asked_again() {
        let throttled = SendEmailError::TooManyRequestsException(TooManyRequestsException::builder().build());
        assert!(matches!(answered(throttled), Verdict::Later(_)));
        let paused = SendEmailError::SendingPausedException(SendingPausedException::builder().build());
        assert!(matches!(answered(paused), Verdict::Later(_)));
    }

    #[test]
    fn h065_what_the_carrier_refuses_is_not_tried_again() {
        let rejected = SendEmailError::MessageRejected(MessageRejected::builder().build());
        assert_eq!(answered(rejected), Verdict::Refused("MessageRejected".to_owned()));
        let unverified = MailFromDomainNotVerifiedException::builder().build();
        let unverified = SendEmailError::MailFromDomainNotVerifiedException(unverified);
        assert_eq!(answered(unverified), Verdict::Refused("MailFromDomainNotVerified".to_owned()));
        let bad = SendEmailError::BadRequestException(BadRequestException::builder().build());
        assert_eq!(answered(bad), Verdict::Refused("BadRequest".to_owned()));
    }

    #[test]
    fn h067_a_lost_answer_is_no_answer() {
        let error: SdkError<SendEmailError, ()> = SdkError::timeout_error("two seconds are over");
        assert!(matches!(verdict(&error, false), Verdict::Unknown(_)));
        let error: SdkError<SendEmailError, ()> = SdkError::response_error("cut off", ());
        assert!(matches!(verdict(&error, false), Verdict::Unknown(_)));
        let error: SdkError<_, ()> = SdkError::service_error(SendEmailError::unhandled("not JSON"), ());
        assert!(matches!(verdict(&error, true), Verdict::Unknown(_)));
        assert!(matches!(verdict(&error, false), Verdict::Later(_)));
    }
}
