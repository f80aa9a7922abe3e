//! A stand-in for the runtime API of Lambda: hands events to one function, one by one, and hears its answers.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use domain::world::Clock;
use http::StatusCode;
use jiff::SignedDuration;
use runtime::world::SystemClock;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::{Serving, serve};

/// The longest that a function may be silent.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long a function may take, as its context says.
const TIMEOUT: SignedDuration = SignedDuration::from_secs(25);

/// One function's Lambda.
#[derive(Debug)]
pub(super) struct Lambda {
    /// Where the function finds it.
    pub(super) address: SocketAddr,
    events: UnboundedSender<String>,
    heard: UnboundedReceiver<Heard>,
    _serving: Serving,
}

/// What a function says.
#[derive(Debug)]
enum Heard {
    /// That it waits for an event.
    Waits,
    /// An answer, and when it came.
    Answered(Instant, String),
    /// That it cannot go on, or failed at an event.
    Failed(String),
}

/// The side that the function sees.
#[derive(Clone)]
struct Side {
    events: Arc<Mutex<UnboundedReceiver<String>>>,
    says: UnboundedSender<Heard>,
    count: Arc<AtomicU64>,
}

impl Lambda {
    /// Opens a port for one function.
    pub(super) async fn open() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (events, handed) = unbounded_channel();
        let (says, heard) = unbounded_channel();
        let side = Side { events: Arc::new(Mutex::new(handed)), says, count: Arc::default() };
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(answered))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(failed))
            .route("/2018-06-01/runtime/init/error", post(failed))
            .with_state(side);
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        Self { address, events, heard, _serving: serve(listener, router) }
    }

    /// Waits until the function waits for an event.
    pub(super) async fn until_it_waits(&mut self) {
        assert!(matches!(self.hear().await, Heard::Waits), "the function should wait for an event");
    }

    /// Hands an event to a function that waits for one, until it waits for the next; answers its answer, and how long
    /// that took.
    pub(super) async fn invoke(&mut self, event: &Value) -> (Value, Duration) {
        let event = event.to_string();
        let began = Instant::now();
        self.events.send(event).unwrap();
        let Heard::Answered(at, answer) = self.hear().await else {
            panic!("the function should answer");
        };
        self.until_it_waits().await;
        (serde_json::from_str(&answer).unwrap(), at.duration_since(began))
    }

    async fn hear(&mut self) -> Heard {
        let heard = tokio::time::timeout(PATIENCE, self.heard.recv()).await;
        match heard.unwrap_or_else(|_elapsed| panic!("the function is silent")).unwrap() {
            Heard::Failed(why) => panic!("the function failed: {why}"),
            heard @ (Heard::Waits | Heard::Answered(..)) => heard,
        }
    }
}

/// The long poll: answered when there is an event.
async fn next(State(side): State<Side>) -> Response {
    side.says.send(Heard::Waits).unwrap();
    let event = side.events.lock().await.recv().await;
    let Some(event) = event else {
        return StatusCode::GONE.into_response();
    };
    let count = side.count.fetch_add(1, Ordering::Relaxed);
    let deadline = (SystemClock.now() + TIMEOUT).as_millisecond();
    let arn = "arn:aws:lambda:us-east-1:123456789012:function:measured";
    let headers = [
        ("content-type", "application/json".to_owned()),
        ("lambda-runtime-aws-request-id", format!("8476a536-e9f4-11e8-9739-{count:012x}")),
        ("lambda-runtime-deadline-ms", deadline.to_string()),
        ("lambda-runtime-invoked-function-arn", arn.to_owned()),
        ("lambda-runtime-trace-id", format!("Root=1-5bef4de7-{count:024x};Parent=9a9197af755a6419;Sampled=1")),
    ];
    (headers, event).into_response()
}

async fn answered(State(side): State<Side>, answer: String) -> StatusCode {
    side.says.send(Heard::Answered(Instant::now(), answer)).unwrap();
    StatusCode::ACCEPTED
}

async fn failed(State(side): State<Side>, why: String) -> StatusCode {
    side.says.send(Heard::Failed(why)).unwrap();
    StatusCode::ACCEPTED
}
