//! The carrier, SES, and what its answers mean for a mail.

use std::error::Error;
use std::time::Duration;

use aws_sdk_sesv2::config::retry::RetryConfig;
use aws_sdk_sesv2::config::timeout::TimeoutConfig;
use aws_sdk_sesv2::config::{Builder, Config};
use aws_sdk_sesv2::error::{ConnectorError, ProvideErrorMetadata, SdkError};
use aws_sdk_sesv2::operation::send_email::SendEmailError;
use aws_sdk_sesv2::primitives::Blob;
use aws_sdk_sesv2::types::{Destination, EmailContent, MessageTag, RawMessage};
use hyper_util::client::legacy;

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
    // An answer that comes too late is as good as none. All of it fits into the time that is left when no other mail is
    // begun; and whoever waits for a connection in vain knows that nothing was sent.
    let patience = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(3))
        .operation_attempt_timeout(Duration::from_secs(4))
        .operation_timeout(Duration::from_secs(5))
        .build();
    Config::builder().retry_config(RetryConfig::disabled()).timeout_config(patience)
}

/// What an error means for the mail; one that was taken, and whose answer cannot be read, is one without an answer.
fn verdict<R>(error: &SdkError<SendEmailError, R>, was_taken: bool) -> Verdict {
    let Some(answer) = error.as_service_error() else {
        return unanswered(error);
    };
    match refusal(answer) {
        None if was_taken => Verdict::Unknown("NoAnswer".to_owned()),
        Some(code) => Verdict::Refused(code.to_owned()),
        None => Verdict::Later(answer.code().unwrap_or("Unnamed").to_owned()),
    }
}

/// What it means that there is no answer: what was certainly not sent may be sent as often as it takes.
fn unanswered<R>(error: &SdkError<SendEmailError, R>) -> Verdict {
    if matches!(error, SdkError::ConstructionFailure(_)) {
        return Verdict::Later("NotSent".to_owned());
    }
    let failure = if let SdkError::DispatchFailure(failure) = error { failure.as_connector_error() } else { None };
    if failure.is_some_and(is_without_connection) {
        Verdict::Later("NoConnection".to_owned())
    } else {
        Verdict::Unknown("NoAnswer".to_owned())
    }
}

/// Whether no connection came about: no address for the name, nobody there, no agreement on TLS.
fn is_without_connection(failure: &ConnectorError) -> bool {
    let mut cause = failure.source();
    while let Some(error) = cause {
        if error.downcast_ref::<legacy::Error>().is_some_and(legacy::Error::is_connect) {
            return true;
        }
        cause = error.source();
    }
    false
}

/// The code of an answer that will always be the same for this mail.
fn refusal(answer: &SendEmailError) -> Option<&'static str> {
    if answer.is_message_rejected() {
        Some("MessageRejected")
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
        // A name server may have lost its record for an hour.
        let unverified = MailFromDomainNotVerifiedException::builder().build();
        let unverified = SendEmailError::MailFromDomainNotVerifiedException(unverified);
        assert!(matches!(answered(unverified), Verdict::Later(_)));
    }

    #[test]
    fn h065_what_the_carrier_refuses_is_not_tried_again() {
        let rejected = SendEmailError::MessageRejected(MessageRejected::builder().build());
        assert_eq!(answered(rejected), Verdict::Refused("MessageRejected".to_owned()));
        let bad = SendEmailError::BadRequestException(BadRequestException::builder().build());
        assert_eq!(answered(bad), Verdict::Refused("BadRequest".to_owned()));
    }

    #[test]
    fn h067_a_lost_answer_is_no_answer() {
        let error: SdkError<SendEmailError, ()> = SdkError::timeout_error("two seconds are over");
        assert!(matches!(verdict(&error, false), Verdict::Unknown(_)));
        let error: SdkError<SendEmailError, ()> = SdkError::dispatch_failure(ConnectorError::io("cut off".into()));
        assert!(matches!(verdict(&error, false), Verdict::Unknown(_)));
        let error: SdkError<SendEmailError, ()> = SdkError::response_error("cut off", ());
        assert!(matches!(verdict(&error, false), Verdict::Unknown(_)));
        let error: SdkError<_, ()> = SdkError::service_error(SendEmailError::unhandled("not JSON"), ());
        assert!(matches!(verdict(&error, true), Verdict::Unknown(_)));
        assert!(matches!(verdict(&error, false), Verdict::Later(_)));
    }
}
