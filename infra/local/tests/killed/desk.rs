//! A desk that is killed at twenty random points of the walk of WALK.md, and started again each time: nothing is lost,
//! nothing happens twice, dispatch and mail still follow (H027, H028).

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};

const KILLS: u32 = 20;

/// Random enough to vary, and printed so that a failure can be had again.
struct Dice(u64);

impl Dice {
    fn up_to(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

fn start(data: &Path, port: u16) -> Child {
    Command::new(env!("CARGO_BIN_EXE_local"))
        // Nobody asks for files here, so any port does.
        .args(["--port", &port.to_string(), "--files-port", "0", "--data"])
        .arg(data)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// One request on a connection of its own; `None` when the desk died before it answered.
fn send(port: u16, head: &str, token: &str, body: &Value) -> Option<(u16, Value)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let (line, headers) = head.split_once('\n').unwrap_or((head, ""));
    let request = format!(
        "{line} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nauthorization: Bearer {token}\r\n{headers}\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split_whitespace().nth(1)?.parse().ok()?;
    serde_json::from_str(body).ok().map(|body| (status, body))
}

/// Somebody who does not give up: every step is sent with its own key until it is answered.
struct Walker {
    port: u16,
    /// Who has signed in: tokens outlive the desk's process.
    tokens: RefCell<BTreeMap<String, String>>,
}

impl Walker {
    fn until_answered(&self, head: &str, token: &str, body: &Value) -> (u16, Value) {
        for _ in 0..600 {
            match send(self.port, head, token, body) {
                Some((503, _)) | None => sleep(Duration::from_millis(50)),
                Some(answer) => return answer,
            }
        }
        panic!("no answer to {head}");
    }

    fn get(&self, path: &str, token: &str) -> Value {
        self.until_answered(&format!("GET {path}"), token, &Value::Null).1
    }

    fn does(&self, path: &str, key: &str, token: &str, body: &Value) -> Value {
        let head = format!("POST {path}\nidempotency-key: {key}\r\n");
        let (status, answer) = self.until_answered(&head, token, body);
        assert!(status < 300, "{path}: {status} {answer}");
        answer
    }

    fn sign_in(&self, email: &str) -> String {
        if let Some(token) = self.tokens.borrow().get(email) {
            return token.clone();
        }
        let body = json!({ "email": email, "password": "welcome-to-lambdesk" });
        let (_, answer) = self.until_answered("POST /v1/sessions", "", &body);
        let token = answer["session"]["access_token"].as_str().unwrap().to_owned();
        self.tokens.borrow_mut().insert(email.to_owned(), token.clone());
        token
    }

    /// Waits until dispatch has chosen; answers the address of the agent.
    fn assignee(&self, number: &str, token: &str) -> String {
        for _ in 0..600 {
            let ticket = self.get(&format!("/v1/tickets/{number}"), token);
            match ticket["ticket"]["assignee"]["name"].as_str() {
                Some(name) => return format!("{}@lambdesk.example", name[..4].trim().to_lowercase()),
                None => sleep(Duration::from_millis(50)),
            }
        }
        panic!("dispatch did not follow for {number}");
    }

    /// Every ticket of somebody's list, page by page.
    fn list(&self, token: &str) -> Vec<String> {
        let mut numbers = Vec::new();
        let mut after = String::new();
        loop {
            let page = self.get(&format!("/v1/tickets?requester_id=me&limit=100{after}"), token);
            let rows = page["tickets"].as_array().unwrap();
            numbers.extend(rows.iter().map(|row| row["number"].as_str().unwrap().to_owned()));
            match page["meta"]["after"].as_str() {
                Some(cursor) => after = format!("&after={cursor}"),
                None => return numbers,
            }
        }
    }

    /// The walk; answers the ticket's number.
    fn walk(&self, round: usize) -> String {
        let rita = self.sign_in("rita@acme.example");
        let key = |step: &str| format!("{round}-{step}");
        let wish = json!({ "subject": "No network", "description": "Nothing connects.", "service_id": "svc_network" });
        let opened = self.does("/v1/tickets", &key("open"), &rita, &wish);
        let number = opened["ticket"]["number"].as_str().unwrap().to_owned();
        let agent = self.sign_in(&self.assignee(&number, &rita));
        let verb = |verb: &str| format!("/v1/tickets/{number}/{verb}");
        self.does(&verb("claim"), &key("claim"), &agent, &json!({}));
        self.does(&verb("comments"), &key("ask"), &agent, &json!({ "body": "Which socket?" }));
        self.does(&verb("comments"), &key("answer"), &rita, &json!({ "body": "Number 7." }));
        self.does(&verb("resolve"), &key("resolve"), &agent, &json!({ "solution": "Replugged." }));
        self.does(&verb("confirm"), &key("confirm"), &rita, &json!({ "satisfaction": 5 }));
        number
    }
}

/// Kills the desk again and again, at a random moment after each start, and leaves it running at the end.
fn torment(data: &Path, port: u16, mut dice: Dice, done: &AtomicBool) -> Child {
    let mut desk = start(data, port);
    for _ in 0..KILLS {
        sleep(Duration::from_millis(150 + dice.up_to(900)));
        desk.kill().unwrap();
        desk.wait().unwrap();
        desk = start(data, port);
    }
    done.store(true, Ordering::Relaxed);
    desk
}

#[test]
fn killed_at_twenty_random_points_nothing_is_lost_and_nothing_happens_twice() {
    let folder = tempfile::tempdir().unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let seed = u64::from(std::process::id()) << 16 | u64::from(port);
    println!("seed {seed}");
    let done = Arc::new(AtomicBool::new(false));
    let desk = Arc::new(Mutex::new(None));
    let tormentor = std::thread::spawn({
        let (done, desk, data) = (Arc::clone(&done), Arc::clone(&desk), folder.path().join("desk"));
        move || *desk.lock().unwrap() = Some(torment(&data, port, Dice(seed), &done))
    });
    let walker = Walker { port, tokens: RefCell::default() };
    let mut numbers = Vec::new();
    while !done.load(Ordering::Relaxed) {
        numbers.push(walker.walk(numbers.len()));
    }
    tormentor.join().unwrap();
    let leo = walker.sign_in("leo@lambdesk.example");
    for number in &numbers {
        told_once(&walker, number, &leo);
        mailed_once(&walker, number, &leo);
    }
    let mut listed = walker.list(&walker.sign_in("rita@acme.example"));
    listed.sort();
    numbers.sort();
    assert_eq!(listed, numbers, "no ticket was made twice, and none is missing");
    let mut desk = desk.lock().unwrap().take().unwrap();
    desk.kill().unwrap();
    desk.wait().unwrap();
}

/// Every step of the walk stands in the history exactly once.
fn told_once(walker: &Walker, number: &str, token: &str) {
    let history = walker.get(&format!("/v1/tickets/{number}/events?limit=100"), token);
    let told: Vec<_> =
        history["events"].as_array().unwrap().iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect();
    let expected = [
        "TicketOpened",
        "TicketDispatched",
        "TicketClaimed",
        "CommentAdded",
        "CommentAdded",
        "TicketResolved",
        "TicketConfirmed",
    ];
    assert_eq!(told, expected, "{number}");
}

/// One mail for each of the seven events, and no more. A sender that died leaves its claim, and what it was sending waits
/// for a quarter of an hour, since nobody knows whether the mail went out; that it waits is what is looked at here.
fn mailed_once(walker: &Walker, number: &str, token: &str) {
    let mut notices = Vec::new();
    for _ in 0..900 {
        let page = walker.get(&format!("/v1/tickets/{number}/notifications?limit=100"), token);
        notices = page["notifications"].as_array().unwrap().clone();
        if notices.len() >= 7 && notices.iter().all(|notice| notice["state"] != "held") {
            break;
        }
        sleep(Duration::from_millis(100));
    }
    assert_eq!(notices.len(), 7, "{number}: {notices:#?}");
    let outbox = walker.get("/_local/outbox.json", "");
    let mails: Vec<_> = outbox["messages"].as_array().unwrap().iter().map(reference).collect();
    for notice in &notices {
        let own = format!("{}/{}/{}", number.replace('-', ""), notice["seq"], notice["person"]["id"].as_str().unwrap());
        let sent = mails.iter().filter(|reference| **reference == own).count();
        match notice["state"].as_str().unwrap() {
            "sent" => assert_eq!(sent, 1, "{notice}"),
            state => assert!(state == "claimed" && sent <= 1, "{notice}"),
        }
    }
}

/// What a mail in the outbox is about.
fn reference(mail: &Value) -> String {
    mail["headers"]["X-Lambdesk-Reference"].as_str().unwrap_or_default().to_owned()
}
