//! The desk on one machine: hosts every function in one process, wired by reading `infra/template.yaml`.
//!
//! This crate owns the embedded table, the bucket, the queues and the mail of this host, the gateway in front of the
//! functions, the pumps that carry events to them, the demo people, and what only a laptop has: the outbox page and the
//! API reference. Tests enter here too, with a clock that they move.
//!
//! It must never contain a rule, or a route, queue or filter that the template does not name: whatever works here works
//! because the template says so.
//!
//! # Map
//!
//! | module | what it knows |
//! |---|---|
//! | [`desk`] | the whole desk |
//! | [`template`] | the wiring, read from the template |
//! | `gateway`, `pages` | HTTP |
//! | `pump`, `schedule`, `delay` | what carries events, calls when it is time, and lets messages wait |
//! | `positions` | up to where everything is settled |
//! | [`table`], [`meter`], `lag` | the embedded DynamoDB, what it costs, indexes that come late |
//! | [`bucket`] | S3 inside the process, and for browsers |
//! | [`outbox`], `services` | SES and SQS inside the process |
//! | `endpoint` | all of that on a wire, for functions that run as processes of their own |
//! | [`weather`] | what befalls requests on their way to any of them |
//! | `folder`, `seed`, [`clock`] | data on disk, demo people, a clock for tests |
//!
//! # Example
//!
//! ```
//! use jiff::SignedDuration;
//! use local::clock::ManualClock;
//! use domain::world::Clock;
//!
//! let clock = ManualClock::at("2026-03-02T09:00:00Z".parse().unwrap());
//! clock.advance(SignedDuration::from_hours(4));
//! assert_eq!(clock.now().to_string(), "2026-03-02T13:00:00Z");
//! ```
//!
//! # Adding a function
//!
//! Its ports in `desk/doors.rs`; everything else comes from the template.

pub mod bucket;
pub mod clock;
mod delay;
pub mod desk;
mod endpoint;
mod folder;
mod gateway;
mod lag;
pub mod meter;
pub mod outbox;
mod pages;
mod positions;
mod pump;
mod schedule;
mod seed;
mod services;
pub mod table;
pub mod template;
pub mod weather;

pub use folder::FolderError;
pub use pump::PumpError;
pub use seed::{Demo, DemoPerson};
