//! What functions ask of AWS, read from their sources by tables of what asks for what.

use std::collections::BTreeSet;

use crate::tree::File;

const BATCH: &str = "dynamodb:BatchGetItem";
const DELETE: &str = "dynamodb:DeleteItem";
const GET: &str = "dynamodb:GetItem";
const PUT: &str = "dynamodb:PutItem";
const QUERY: &str = "dynamodb:Query";
const SCAN: &str = "dynamodb:Scan";
const UPDATE: &str = "dynamodb:UpdateItem";

/// Where a scan looks: no key fences it.
const EVERYWHERE: &str = "*";

/// What is done, each with where: how the keys of the table begin, or the index.
type Asked = &'static [(&'static str, &'static str)];

/// Who is asking, and the catalog.
const ARRIVAL: Asked = &[(BATCH, "CATALOG"), (BATCH, "PERSON#"), (GET, "CATALOG")];

/// The keys that seal cursors of lists, made on first use.
const CURSORS: Asked = &[(PUT, "KEY#cursors"), (QUERY, "KEY#cursors")];

/// The keys that seal links in mails, made on first use.
const LINKS: Asked = &[(PUT, "KEY#links"), (QUERY, "KEY#links")];

/// A count, up or down.
const COUNT: Asked = &[(UPDATE, "COUNT#")];

/// A notification that goes from one state to another, beside what it is about.
const NOTED: Asked = &[(UPDATE, "DIGEST#"), (UPDATE, "RESET#"), (UPDATE, "TICKET#")];

/// A link by which a password can be set, and for whom.
const OPENED: Asked = &[(GET, "ADMIN"), (GET, "EMAIL#"), (GET, "PERSON#"), (GET, "RESET#")];

/// A password that was set by such a link, maybe that of the first admin.
const REDEEMED: Asked = &[(PUT, "ADMIN"), (PUT, "EMAIL#"), (PUT, "PERSON#"), (PUT, "PHONE#"), (PUT, "RESET#")];

/// What the methods of `store::Reader` and `store::Writer` ask for. A list asks by the source that it is given, a commit by
/// what is committed, and seals by what they are for.
const METHODS: &[(&str, Asked)] = &[
    ("alarms", &[(QUERY, "index/by_alarm")]),
    ("arrive", ARRIVAL),
    ("candidates", &[(BATCH, "LOAD#"), (BATCH, "PERSON#")]),
    ("catalog", &[(GET, "CATALOG")]),
    ("catalog_for", &[(BATCH, "CATALOG"), (GET, "CATALOG")]),
    ("claim", NOTED),
    ("commit", &[]),
    ("complete", &[(BATCH, "CATALOG")]),
    ("confirm", NOTED),
    ("count_bytes", COUNT),
    ("count_guess", COUNT),
    ("deny", NOTED),
    ("end_session", &[(DELETE, "PERSON#"), (GET, "PERSON#"), (QUERY, "PERSON#")]),
    ("event", &[(GET, "TICKET#")]),
    ("fail_alarm", &[(UPDATE, "TICKET#")]),
    ("forgive_bytes", COUNT),
    ("forgive_guess", COUNT),
    ("greet", &[(GET, "CATALOG")]),
    ("has_admin", &[(GET, "ADMIN")]),
    ("held", &[(QUERY, "DIGEST#")]),
    ("hold", &[(PUT, "DIGEST#"), (UPDATE, "TICKET#")]),
    ("leave_open", NOTED),
    ("list", &[]),
    ("note_said", COUNT),
    ("notifications", &[(QUERY, "TICKET#")]),
    ("open_session", &[(PUT, "PERSON#")]),
    ("people", &[(BATCH, "PERSON#")]),
    ("people_by_email", &[(BATCH, "EMAIL#"), (BATCH, "PERSON#")]),
    ("person", &[(GET, "PERSON#")]),
    ("person_by_email", &[(GET, "EMAIL#"), (GET, "PERSON#")]),
    ("person_by_phone", &[(GET, "PERSON#"), (GET, "PHONE#")]),
    ("prior", &[(BATCH, "DIGEST#"), (BATCH, "EMAIL#"), (BATCH, "RESET#"), (BATCH, "TICKET#")]),
    ("put_off", NOTED),
    ("receipt", &[(GET, "IDEM#")]),
    ("redeem", REDEEMED),
    (
        "refresh_session",
        &[(DELETE, "PERSON#"), (GET, "PERSON#"), (PUT, "PERSON#"), (QUERY, "PERSON#"), (UPDATE, "PERSON#")],
    ),
    ("release", NOTED),
    ("replay", &[(SCAN, EVERYWHERE)]),
    ("reserve", &[(GET, "PERSON#"), (PUT, "ATT#"), (PUT, "PERSON#")]),
    ("reset", &[(GET, "RESET#")]),
    ("seals", &[]),
    ("settle", NOTED),
    ("settle_upload", &[(PUT, "ATT#"), (UPDATE, "PERSON#")]),
    ("standing", &[(GET, "DIGEST#"), (GET, "RESET#"), (GET, "TICKET#")]),
    ("suppress", &[(PUT, "EMAIL#")]),
    ("take_place", COUNT),
    ("ticket", &[(GET, "TICKET#")]),
    ("tickets", &[(BATCH, "TICKET#")]),
    ("timeline", &[(QUERY, "TICKET#")]),
    ("uploads", &[(BATCH, "ATT#")]),
];

/// What may be called on a store that asks nothing of the table.
const FREE: [&str; 4] = ["clone", "ids", "now", "reader"];

/// What functions say to have the store asked by somebody else, or for a list.
const PHRASES: &[(&str, Asked)] = &[
    (".arrive(", ARRIVAL),
    (".caller(", ARRIVAL),
    ("About { stub", &[(BATCH, "IDEM#"), (PUT, "IDEM#")]),
    ("About { ticket", &[(BATCH, "TICKET#"), (GET, "TICKET#")]),
    ("About { upload", &[(BATCH, "ATT#")]),
    ("Cursors::bound_to(", CURSORS),
    ("Events::stream(", &[(SCAN, EVERYWHERE)]),
    ("Index::Group", &[(QUERY, "index/by_group")]),
    ("Index::Holder", &[(QUERY, "index/by_holder")]),
    ("Index::Month", &[(BATCH, "TICKET#"), (QUERY, "index/by_month")]),
    ("Index::Organization", &[(QUERY, "index/by_organization")]),
    ("Index::Requester", &[(QUERY, "index/by_requester")]),
    ("Names::on(", &[(BATCH, "PERSON#")]),
    ("Purpose::Cursors", CURSORS),
    ("Purpose::Links", LINKS),
    ("Source::Pointers(", &[(BATCH, "TICKET#"), (QUERY, "BY#"), (QUERY, "CC#"), (QUERY, "TRACK#")]),
    ("command.enter(", ARRIVAL),
    ("command.enter(", COUNT),
    ("command.enter(", &[(BATCH, "IDEM#"), (BATCH, "TICKET#"), (GET, "TICKET#"), (PUT, "IDEM#")]),
    ("enclosed::load(", &[(BATCH, "ATT#")]),
    ("hidden(", COUNT),
    ("reset::open(", LINKS),
    ("reset::open(", OPENED),
    ("reset::set_password(", LINKS),
    ("reset::set_password(", OPENED),
    ("reset::set_password(", REDEEMED),
    ("runtime::connect(", &[(GET, "CATALOG")]),
    ("unless_done(", &[(GET, "IDEM#")]),
    ("visible(", COUNT),
];

/// What of the store the edge asks for its callers: each is a phrase above.
const ASKED_BY_THE_EDGE: [&str; 11] = [
    "arrive",
    "commit",
    "count_guess",
    "has_admin",
    "people",
    "person_by_email",
    "receipt",
    "redeem",
    "reset",
    "seals",
    "uploads",
];

const TICKETS: Asked = &[
    (PUT, "BY#"),
    (PUT, "CC#"),
    (PUT, "TICKET#"),
    (PUT, "TRACK#"),
    (UPDATE, "ATT#"),
    (UPDATE, "LOAD#"),
    (UPDATE, "TICKET#"),
];
const PEOPLE: Asked = &[(PUT, "EMAIL#"), (PUT, "PERSON#"), (PUT, "PHONE#")];
const CATALOGS: Asked = &[(PUT, "CATALOG")];
const RESETS: Asked = &[(PUT, "RESET#")];

/// What each function commits, which no word of its source says.
const COMMITS: &[(&str, &[Asked])] = &[
    ("catalog", &[CATALOGS]),
    ("dispatch", &[TICKETS]),
    ("identity", &[PEOPLE, RESETS]),
    ("intake", &[PEOPLE, TICKETS]),
    ("messaging", &[TICKETS]),
    ("sla", &[TICKETS]),
];

/// What calls of other clients ask for. An upload in parts is a put.
const CLIENTS: &[(&str, &[&str])] = &[
    ("complete_multipart_upload", &["s3:PutObject"]),
    ("copy_object", &["s3:GetObject", "s3:PutObject"]),
    ("create_multipart_upload", &["s3:PutObject"]),
    ("delete_object", &["s3:DeleteObject"]),
    ("get_object", &["s3:GetObject"]),
    ("head_object", &["s3:GetObject"]),
    ("list_objects_v2", &["s3:ListBucket"]),
    ("put_object", &["s3:PutObject"]),
    // A mail is given as MIME, for which SES asks for both.
    ("send_email", &["ses:SendEmail", "ses:SendRawEmail"]),
    ("send_message", &["sqs:SendMessage"]),
    ("send_message_batch", &["sqs:SendMessage"]),
    ("upload_part", &["s3:PutObject"]),
];

/// How operations of the table are written in the store.
const OPERATIONS: [(&str, &str); 11] = [
    (".batch_get_item()", BATCH),
    (".delete_item()", DELETE),
    (".get_item()", GET),
    (".put_item()", PUT),
    (".query()", QUERY),
    (".scan()", SCAN),
    (".update_item()", UPDATE),
    ("ConditionCheck::builder()", "dynamodb:ConditionCheckItem"),
    ("Delete::builder()", DELETE),
    ("Put::builder()", PUT),
    ("Update::builder()", UPDATE),
];

/// What a function asks for.
#[derive(Debug, Default)]
pub(crate) struct Needs {
    /// Of the table: action and place.
    pub(crate) table: BTreeSet<(&'static str, &'static str)>,
    /// Of other services: the actions.
    pub(crate) services: BTreeSet<&'static str>,
    /// What it calls that stands in no table, with the file.
    pub(crate) unknown: Vec<String>,
}

impl Needs {
    /// What the sources of a function ask for.
    pub(crate) fn of(function: &str, files: &[File]) -> Self {
        let mut needs = Self::default();
        for file in of(function, files) {
            let code = spoken(file);
            let phrases = PHRASES.iter().filter(|(phrase, _)| says(&code, phrase));
            needs.table.extend(phrases.flat_map(|(_, asked)| asked.iter().copied()));
            needs.methods(&file.path, &code);
            needs.clients(&file.path, &code);
        }
        let commits = COMMITS.iter().filter(|(committer, _)| *committer == function);
        let changes = commits.flat_map(|(_, changes)| changes.iter());
        needs.table.extend(changes.flat_map(|asked| asked.iter().copied()));
        needs
    }

    fn methods(&mut self, path: &str, code: &str) {
        for name in of_the_store(code) {
            match METHODS.iter().find(|(method, _)| *method == name) {
                Some((_, asked)) => self.table.extend(asked.iter().copied()),
                None => self.unknown.push(format!("{path}: `{name}` of the store")),
            }
        }
    }

    fn clients(&mut self, path: &str, code: &str) {
        let known = CLIENTS.iter().filter(|(name, _)| says(code, &format!(".{name}(")));
        self.services.extend(known.flat_map(|(_, actions)| actions.iter().copied()));
        let names = called(code, "client.").into_iter();
        let strange = names.filter(|name| name != "clone" && !CLIENTS.iter().any(|(known, _)| known == name));
        self.unknown.extend(strange.map(|name| format!("{path}: `{name}` of a client")));
    }
}

/// The files of a function, without those that only tests use.
fn of<'a>(function: &str, files: &'a [File]) -> impl Iterator<Item = &'a File> {
    let src = format!("functions/{function}/src/");
    let is_tried = |path: &str| path.ends_with("/tests.rs") || path.ends_with("/given.rs") || path.contains("/tests/");
    files.iter().filter(move |file| file.path.starts_with(&src) && !is_tried(&file.path))
}

/// The code of a file up to its tests on one line, a chain of calls without gaps.
fn spoken(file: &File) -> String {
    let lines: Vec<&str> = file.code().collect();
    let tests =
        lines.windows(2).position(|pair| matches!(pair, ["#[cfg(test)]", next] if next.starts_with("mod tests")));
    let own: Vec<&str> = lines.iter().copied().take(tests.unwrap_or(lines.len())).collect();
    own.join(" ").replace(" .", ".")
}

/// What is called on a store, without what asks nothing.
fn of_the_store(code: &str) -> BTreeSet<String> {
    let receivers = ["reader.", "reader().", "store."];
    let names = receivers.iter().flat_map(|receiver| called(code, receiver));
    names.filter(|name| !FREE.contains(&name.as_str())).collect()
}

/// The names of what is called on a receiver.
fn called(code: &str, receiver: &str) -> BTreeSet<String> {
    let starts = code.match_indices(receiver).filter(|(at, _)| begins_a_word(code, *at));
    let rests = starts.filter_map(|(at, _)| code.get(at + receiver.len()..));
    let names = rests.filter_map(|rest| {
        let name: String = rest.chars().take_while(|letter| is_of_a_word(*letter)).collect();
        let after = rest.get(name.len()..)?;
        (after.starts_with('(') || after.starts_with("::<")).then_some(name)
    });
    names.collect()
}

/// Whether a phrase stands in the code, and does not merely end a longer word.
fn says(code: &str, phrase: &str) -> bool {
    code.match_indices(phrase).any(|(at, _)| phrase.starts_with('.') || begins_a_word(code, at))
}

fn begins_a_word(code: &str, at: usize) -> bool {
    let before = code.get(..at).and_then(|text| text.chars().next_back());
    !before.is_some_and(is_of_a_word)
}

fn is_of_a_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Everything of the table that stands in a table above.
fn tabled() -> BTreeSet<(&'static str, &'static str)> {
    let said = METHODS.iter().chain(PHRASES).flat_map(|(_, asked)| asked.iter());
    let committed = COMMITS.iter().flat_map(|(_, changes)| changes.iter()).flat_map(|asked| asked.iter());
    said.chain(committed).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{holds, tree};

    #[test]
    fn every_method_of_the_store_is_in_the_table() {
        let mut names = BTreeSet::new();
        for file in tree::rust(&["shared/store/src"]).unwrap() {
            let blocks = ["\nimpl Reader {", "\nimpl Writer {"].map(|head| file.text.split(head).skip(1));
            let bodies = blocks.into_iter().flatten().filter_map(|rest| rest.split("\n}\n").next());
            let methods = bodies.flat_map(|body| body.split("pub async fn ").skip(1));
            names.extend(methods.filter_map(|rest| rest.split(['(', '<']).next()).map(str::to_owned));
        }
        let listed: BTreeSet<_> = METHODS.iter().map(|(method, _)| (*method).to_owned()).collect();
        assert_eq!(listed, names, "what a method of the store asks of the table stands in `METHODS`");
    }

    #[test]
    fn every_operation_of_the_store_is_asked_for_by_something() {
        let sources = tree::rust(&["shared/store/src"]).unwrap();
        let code: Vec<_> = sources.iter().map(spoken).collect();
        let written = OPERATIONS.iter().filter(|(written, _)| code.iter().any(|code| says(code, written)));
        let written: BTreeSet<_> = written.map(|(_, action)| *action).collect();
        assert_eq!(tabled().into_iter().map(|(action, _)| action).collect::<BTreeSet<_>>(), written);
    }

    #[test]
    fn every_partition_of_the_table_is_asked_for_by_something() {
        let keys = tree::read("shared/store/src/keys.rs").unwrap();
        // Behind them come the partitions of the indexes.
        let keys = keys.split("pub mod partition").next().unwrap();
        let begun = |with: &str, end: char| {
            let rests = keys.split(with).skip(1);
            rests.filter_map(|rest| Some(rest.split_once(end)?.0.to_owned())).collect::<Vec<_>>()
        };
        let mut partitions = begun("Self::new(format!(\"", '{');
        partitions.extend(begun("Self::new(\"", '"'));
        partitions.extend(begun("-> String {\n        format!(\"", '{'));
        partitions.extend(begun("Self::new(pointers(\"", '"').into_iter().map(|kind| format!("{kind}#")));
        assert!(partitions.len() > 10, "{partitions:?}");
        let tabled: BTreeSet<_> = tabled().into_iter().map(|(_, place)| place).collect();
        // The keys that seal stand there by what they are for.
        let is_tabled = |begin: &String| tabled.iter().any(|place| place.starts_with(begin.as_str()));
        let missing: Vec<_> = partitions.into_iter().filter(|begin| !is_tabled(begin)).collect();
        holds("who reads and writes a partition stands in a table", &missing);
    }

    #[test]
    fn what_the_edge_asks_for_others_is_known() {
        let edge = tree::rust(&["shared/web/src"]).unwrap();
        let asked: BTreeSet<_> = edge.iter().flat_map(|file| of_the_store(&spoken(file))).collect();
        let known: BTreeSet<_> = ASKED_BY_THE_EDGE.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(asked, known, "what the edge asks of the store is a phrase that functions say");
    }

    #[test]
    fn whoever_commits_says_what() {
        let files = tree::rust(&["functions"]).unwrap();
        let mut broken = Vec::new();
        for function in tree::folders("functions").unwrap() {
            let commits = of(&function, &files).any(|file| says(&spoken(file), ".commit("));
            let is_listed = COMMITS.iter().any(|(committer, _)| *committer == function);
            if commits && !is_listed {
                broken.push(function);
            }
        }
        holds("what a function commits stands in `COMMITS`", &broken);
    }
}
