//! The doors of the functions, each with the ports it asks for: what a `main.rs` does in the cloud.

use std::collections::BTreeMap;

use domain::contact::EmailAddress;
use runtime::Doors;
use runtime::clients::Aws;
use runtime::doors::Events;

use super::DeskError;
use crate::template::{Function, Template};

/// The functions of the template, by their folders.
pub(super) fn functions(
    template: &Template,
    aws: &Aws,
    urls: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, Doors>, DeskError> {
    let doors = |function: &Function| doors(function, aws, urls).map(|doors| (function.name.clone(), doors));
    template.functions.iter().map(doors).collect()
}

fn doors(function: &Function, aws: &Aws, urls: &BTreeMap<String, String>) -> Result<Doors, DeskError> {
    let store = aws.writer();
    let http = |router| Ok(Doors { http: Some(router), events: None });
    match function.name.as_str() {
        "catalog" => of_catalog(function, aws),
        "identity" => http(identity::router(identity::Ports { store, settings: resets(function)? })),
        "intake" => http(intake::router(intake::Ports { store })),
        "messaging" => http(messaging::router(messaging::Ports { store })),
        "portal" => http(portal::router(portal::Ports { store, settings: resets(function)? })),
        "query" => http(query::router(query::Ports { store: aws.reader() })),
        "attachments" => Ok(of_attachments(function, aws)),
        "dispatch" => Ok(of_dispatch(function, aws)),
        "relay" => Ok(of_relay(function, aws, urls)),
        "sla" => Ok(of_sla(function, aws, urls)),
        "notify" => Ok(of_notify(function, aws, urls)),
        other => Err(DeskError::Template(format!("the function {other} is not part of this build"))),
    }
}

fn setting(function: &Function, name: &str) -> String {
    function.environment.get(name).cloned().unwrap_or_default()
}

/// What those who set passwords are told.
fn resets(function: &Function) -> Result<web::reset::Settings, DeskError> {
    let settings = web::reset::Settings::read(Some(&setting(function, "ADMIN_ADDRESS")));
    settings.map_err(|error| DeskError::Template(format!("the address of the first admin: {error}")))
}

/// The address of the queue that a setting names.
fn address(function: &Function, name: &str, urls: &BTreeMap<String, String>) -> String {
    urls.get(&setting(function, name)).cloned().unwrap_or_default()
}

fn of_attachments(function: &Function, aws: &Aws) -> Doors {
    let files = attachments::Files::new(aws.files(), setting(function, "BUCKET_NAME"));
    let ports = attachments::Ports { store: aws.writer(), files };
    let router = attachments::router(ports.clone());
    let look = move |errand| {
        let ports = ports.clone();
        async move { attachments::consume(&ports, errand).await }
    };
    Doors { http: Some(router), events: Some(Events::bucket(look)) }
}

fn of_catalog(function: &Function, aws: &Aws) -> Result<Doors, DeskError> {
    let settings = catalog::Settings::read(&setting(function, "TICK_SCHEDULE"), &setting(function, "TICK_ZONE"));
    let settings = settings.map_err(|invalid| DeskError::Template(invalid.to_string()))?;
    let router = catalog::router(catalog::Ports { store: aws.writer(), settings });
    Ok(Doors { http: Some(router), events: None })
}

fn of_dispatch(function: &Function, aws: &Aws) -> Doors {
    let ports = dispatch::Ports { store: aws.writer() };
    let router = dispatch::router(ports.clone());
    let choose = move |happened| {
        let ports = ports.clone();
        async move { dispatch::consume(&ports, happened).await }
    };
    Doors { http: Some(router), events: Some(Events::stream(setting(function, "SOURCE_ARN"), aws.reader(), choose)) }
}

fn of_relay(function: &Function, aws: &Aws, urls: &BTreeMap<String, String>) -> Doors {
    let ports = relay::Ports {
        queues: aws.queues(),
        notify_queue: address(function, "NOTIFY_QUEUE_URL", urls),
        sla_queue: address(function, "SLA_QUEUE_URL", urls),
        clock: aws.clock(),
    };
    let pass_on = move |happened| {
        let ports = ports.clone();
        async move { relay::consume(&ports, happened).await }
    };
    Doors { http: None, events: Some(Events::stream(setting(function, "SOURCE_ARN"), aws.reader(), pass_on)) }
}

fn of_sla(function: &Function, aws: &Aws, urls: &BTreeMap<String, String>) -> Doors {
    let ports =
        sla::Ports { store: aws.writer(), queues: aws.queues(), queue_url: address(function, "SLA_QUEUE_URL", urls) };
    let router = sla::router(ports.clone());
    let act = move |message| {
        let ports = ports.clone();
        async move { sla::consume(&ports, message).await }
    };
    Doors { http: Some(router), events: Some(Events::queue(setting(function, "SOURCE_ARN"), act)) }
}

fn of_notify(function: &Function, aws: &Aws, urls: &BTreeMap<String, String>) -> Doors {
    let settings = notify::Settings {
        sender: setting(function, "SENDER"),
        public_url: setting(function, "PUBLIC_URL"),
        frontend_url: None,
        // Here nobody says what becomes of mails.
        configuration_set: None,
        admin_address: EmailAddress::parse(&setting(function, "ADMIN_ADDRESS")).ok(),
    };
    let queue_url = address(function, "NOTIFY_QUEUE_URL", urls);
    let ports = notify::Ports { store: aws.writer(), mail: aws.mail(), queues: aws.queues(), queue_url, settings };
    let tell = move |message, deadline| {
        let ports = ports.clone();
        async move { notify::consume(&ports, message, &deadline).await }
    };
    Doors { http: None, events: Some(Events::queue_in_time(setting(function, "SOURCE_ARN"), tell)) }
}
