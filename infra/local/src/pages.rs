//! What only the desk on one machine has: the outbox, the demo people, and the API reference.

use axum::extract::State;
use axum::response::{Html, IntoResponse, Redirect};
use axum::routing::get;
use axum::{Json, Router};
use minijinja::{Environment, context};
use serde_json::json;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::outbox::Outbox;
use crate::seed::Demo;

const OUTBOX: &str = include_str!("pages/outbox.html");
const PEOPLE: &str = include_str!("pages/people.html");

#[derive(Clone, Debug)]
struct Shown {
    outbox: Outbox,
    demo: Demo,
}

/// The gateway, with the pages of this host beside it.
pub(crate) fn with_pages(gateway: Router, outbox: &Outbox, demo: &Demo) -> Router {
    let shown = Shown { outbox: outbox.clone(), demo: demo.clone() };
    let pages = Router::new()
        .route("/", get(|| async { Redirect::temporary("/docs/") }))
        .route("/_local/outbox", get(outbox_page))
        .route("/_local/outbox.json", get(outbox_json))
        .route("/_local/people", get(people_json))
        .route("/_local/people.html", get(people_page))
        .with_state(shown);
    let reference: Router = SwaggerUi::new("/docs").config(Config::from("/v1/openapi.json")).into();
    Router::new().merge(pages).merge(reference).fallback_service(gateway)
}

async fn outbox_json(State(shown): State<Shown>) -> impl IntoResponse {
    let messages: Vec<_> = shown
        .outbox
        .messages()
        .into_iter()
        .map(|sent| {
            let headers: serde_json::Map<_, _> =
                sent.headers.into_iter().map(|(name, value)| (name, value.into())).collect();
            json!({ "channel": sent.channel, "to": sent.to.join(", "), "subject": sent.subject, "text": sent.text,
            "html": sent.html, "headers": headers, "ticket": sent.ticket, "sent_at": sent.sent_at })
        })
        .collect();
    Json(json!({ "messages": messages }))
}

async fn people_json(State(shown): State<Shown>) -> impl IntoResponse {
    Json(json!({ "people": shown.demo.people }))
}

async fn outbox_page(State(shown): State<Shown>) -> impl IntoResponse {
    let mut messages = shown.outbox.messages();
    messages.reverse();
    let messages: Vec<_> = messages
        .iter()
        .map(|sent| {
            let lines: Vec<_> = sent
                .text
                .lines()
                .map(|line| {
                    let link = line
                        .split_whitespace()
                        .find(|word| word.starts_with("http://") || word.starts_with("https://"));
                    context! { line, link }
                })
                .collect();
            context! { to => sent.to.join(", "), subject => &sent.subject, sent_at => &sent.sent_at, lines }
        })
        .collect();
    page(OUTBOX, context! { messages })
}

async fn people_page(State(shown): State<Shown>) -> impl IntoResponse {
    page(PEOPLE, context! { people => minijinja::value::Serde(&shown.demo.people) })
}

fn page(template: &'static str, context: minijinja::Value) -> Html<String> {
    let environment = Environment::new();
    // The name ends in .html, so everything in it is escaped.
    let rendered = environment.render_named_str("page.html", template, context);
    Html(rendered.unwrap_or_else(|error| error.to_string()))
}
