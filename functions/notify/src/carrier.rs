//! The carrier, SES, and what its answers mean for a mail.

use std::time::Duration;

use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::config::interceptors::InterceptorContext;
use aws_sdk_sesv2::config::retry::{ClassifyRetry, RetryAction};
use aws_sdk_sesv2::config::timeout::TimeoutConfig;
use aws_sdk_sesv2::config::{Builder, Config};
use aws_sdk_sesv2::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sesv2::operation::send_email::SendEmailError;
use aws_sdk_sesv2::primitives::Blob;
use aws_sdk_sesv2::types::{Destination, EmailContent, RawMessage};
use domain::contact::EmailAddress;

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

/// Hands a mail to the carrier.
pub(crate) async fn carry(client: &Client, sender: &str, to: &EmailAddress, mail: Vec<u8>) -> Verdict {
    let Ok(raw) = RawMessage::builder().data(Blob::new(mail)).build() else {
        return Verdict::Refused("NoMessage".to_owned());
    };
    let request = client
        .send_email()
        .from_email_address(sender)
        .destination(Destination::builder().to_addresses(to.as_str()).build())
        .content(EmailContent::builder().raw(raw).build());
    match request.customize().config_override(unless_unsure()).send().await {
        Ok(answer) => Verdict::Accepted(answer.message_id.unwrap_or_default()),
        Err(error) => verdict(&error),
    }
}

/// The SDK may try again where nothing was taken, but not where SES may have taken the mail without our knowing (H067).
fn unless_unsure() -> Builder {
    // SES may take its time, and an answer that comes too late is a mail that goes out twice.
    let patience = TimeoutConfig::builder()
        .operation_attempt_timeout(Duration::from_secs(10))
        .operation_timeout(Duration::from_secs(12))
        .build();
    Config::builder().retry_classifier(UnlessUnsure).timeout_config(patience)
}

/// Forbids another try once an answer is lost.
#[derive(Clone, Copy, Debug)]
struct UnlessUnsure;

impl ClassifyRetry for UnlessUnsure {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        match context.output_or_error() {
            Some(Err(error)) if error.is_timeout_error() || error.is_response_error() || error.is_connector_error() => {
                RetryAction::RetryForbidden
            }
            Some(Ok(_) | Err(_)) | None => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "unless unsure"
    }
}

/// What an error means for the mail.
fn verdict<R>(error: &SdkError<SendEmailError, R>) -> Verdict {
    let Some(answer) = error.as_service_error() else {
        return if matches!(error, SdkError::ConstructionFailure(_)) {
            Verdict::Later("NotSent".to_owned())
        } else {
            Verdict::Unknown("NoAnswer".to_owned())
        };
    };
    match refusal(answer) {
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
        verdict(&SdkError::service_error(answer, ()))
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
        assert!(matches!(verdict(&error), Verdict::Unknown(_)));
        let error: SdkError<SendEmailError, ()> = SdkError::response_error("cut off", ());
        assert!(matches!(verdict(&error), Verdict::Unknown(_)));
    }
}
