//! The Lambda runtime: the only crate that names `lambda_*`, reads the environment, or builds clients.
//!
//! This crate owns the doors through which Lambda reaches a function, the clients a function's `Ports` are made of, the
//! settings, the real clock and the real randomness, and the log. A function's `main.rs` is ten lines because of it.
//!
//! It must never decide anything about tickets, and nothing but a `main` may name it, except `infra/local`, which walks
//! through the very same doors with payloads of the very same shape.
//!
//! # Map
//!
//! | module | what it knows |
//! |---|---|
//! | [`doors`] | HTTP requests, queue messages and stream records, as Lambda sends them |
//! | [`clients`] | the table and the other services, reached with few certificates and short deadlines |
//! | [`settings`] | what the template hands to a function |
//! | [`telemetry`] | the log, metrics, and how a trace goes on |
//! | [`world`] | the time and randomness |
//!
//! # Example
//!
//! ```no_run
//! # async fn example() -> Result<(), runtime::Error> {
//! let aws = runtime::connect().await?;
//! let router = axum::Router::new();
//! runtime::serve(router).await
//! # }
//! ```
//!
//! # Adding a client
//!
//! A method on [`clients::Aws`] that builds it from the shared configuration; the setting it needs in [`settings`], and
//! in the template.

pub mod clients;
pub mod doors;
pub mod settings;
pub mod telemetry;
pub mod world;

pub use clients::connect;
pub use doors::{Doors, consume, run, serve};
pub use lambda_runtime::Error;
