//! The desk on one machine: `cargo run -p local`.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use local::DemoPerson;
use local::desk::{Desk, Plan};
use runtime::world::{RandomIds, SystemClock};
use tokio::net::TcpListener;

/// Lambdesk on one machine: every function in one process, nothing to install.
#[derive(Debug, Parser)]
#[command(name = "local", version, about)]
struct Options {
    /// The port to listen on, at 127.0.0.1.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// The port for files, at 127.0.0.1: the one after --port if left out.
    #[arg(long, value_name = "PORT")]
    files_port: Option<u16>,
    /// The folder for the data.
    #[arg(long, default_value = ".lambdesk", value_name = "FOLDER")]
    data: PathBuf,
    /// Keep nothing: the data is gone when the desk stops.
    #[arg(long, conflicts_with = "data")]
    memory: bool,
    /// Begin without demo people, as in the cloud: whoever controls this address becomes the first admin.
    #[arg(long, value_name = "ADDRESS")]
    admin: Option<String>,
    /// An origin whose pages may call the API; may be given several times.
    #[arg(long, value_name = "ORIGIN")]
    allow_origin: Vec<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    // s3s takes it for an error of ours whenever it refuses a request.
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_env_filter("warn,s3s::ops=off").init();
    match start(Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            say(&mut std::io::stderr(), &format!("{sentence}\n"));
            ExitCode::FAILURE
        }
    }
}

/// Whoever started the desk may have closed the terminal: then there is nobody to tell.
fn say(to: &mut impl Write, text: &str) {
    drop(to.write_all(text.as_bytes()).and_then(|()| to.flush()));
}

async fn start(options: Options) -> Result<(), String> {
    let (listener, public_url) = listen(options.port, "--port").await?;
    // Next to any free port comes any free port.
    let next = if options.port == 0 { 0 } else { options.port.wrapping_add(1) };
    let (files_listener, files_url) = listen(options.files_port.unwrap_or(next), "--files-port").await?;
    let plan = Plan {
        data: (!options.memory).then_some(options.data),
        public_url,
        files_url,
        demo: options.admin.is_none(),
        admin_address: options.admin.unwrap_or_default(),
        origins: options.allow_origin,
        clock: Arc::new(SystemClock),
        ids: Arc::new(RandomIds),
        index_lag: 0,
        parameters: BTreeMap::new(),
    };
    let desk = Desk::open(&plan).await.map_err(|error| error.to_string())?;
    say(&mut std::io::stdout(), &greeting(&plan, &desk));
    let server = axum::serve(listener, desk.router()).with_graceful_shutdown(stopped());
    let files = axum::serve(files_listener, desk.files_router()).with_graceful_shutdown(stopped());
    let both = async { tokio::try_join!(server.into_future(), files.into_future()).map(|((), ())| ()) };
    tokio::select! {
        outcome = both => outcome.map_err(|error| error.to_string())?,
        outcome = desk.run() => outcome.map_err(|error| error.to_string())?,
    }
    desk.settle().await.map_err(|error| error.to_string())?;
    say(&mut std::io::stdout(), "The desk has stopped; nothing is left undone.\n");
    Ok(())
}

/// Opens a port; answers the address under which it is reached.
async fn listen(port: u16, option: &str) -> Result<(TcpListener, String), String> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await.map_err(|error| {
        format!("Port {port} cannot be used ({error}): stop what uses it, or choose another with {option}.")
    })?;
    let port = listener.local_addr().map_err(|error| error.to_string())?.port();
    Ok((listener, format!("http://127.0.0.1:{port}")))
}

/// Ctrl-C, or the signal by which a service manager ends a process.
async fn stopped() {
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_unheard) => std::future::pending().await,
        }
    };
    tokio::select! {
        heard = tokio::signal::ctrl_c() => drop(heard),
        () = terminated => {}
    }
}

fn greeting(plan: &Plan, desk: &Desk) -> String {
    let Plan { public_url: url, files_url, .. } = plan;
    let kept = plan.data.as_ref().map_or("in memory only".to_owned(), |data| format!("in {}", data.display()));
    let mut text = format!(
        "\nLambdesk is open.\n\n  API         {url}/v1\n  Reference   {url}/docs/\n  Sent mail   {url}/_local/outbox\n  \
         Files       {files_url}\n  Data        {kept}\n\n"
    );
    text.push_str(&welcome(plan, desk));
    text.push_str("\nCtrl-C stops the desk.\n\n");
    text
}

/// How to sign in.
fn welcome(plan: &Plan, desk: &Desk) -> String {
    let Some(first) = desk.demo.people.first() else {
        return format!(
            "Ask for a password for {} with POST {}/v1/password_resets; the link is in the mail.\n",
            plan.admin_address, plan.public_url,
        );
    };
    let mut text = format!("Sign in with one of these (password {}):\n\n", first.password);
    text.extend(desk.demo.people.iter().map(introduce));
    text
}

fn introduce(person: &DemoPerson) -> String {
    let role = serde_json::to_value(person.role).ok().and_then(|role| role.as_str().map(str::to_owned));
    let power = if person.power { ", power user" } else { "" };
    let of = person.organization.map_or(String::new(), |organization| format!(" of {organization}"));
    let what = format!("{}{power}{of}", role.unwrap_or_default());
    format!("  {:<24} {:<18} {what}\n", person.email, person.name)
}
