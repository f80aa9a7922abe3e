//! Whether the template says what the code relies on: sizes that AWS allows, settings, binaries, the table.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::holds;
use crate::tree::{self, File};

/// A stack may have 500 resources.
const RESOURCES: usize = 450;

/// An API may have 300 routes.
const ROUTES: usize = 280;

/// How many resources the template writes out.
fn resources(text: &str) -> usize {
    let section = text.lines().skip_while(|line| *line != "Resources:").skip(1);
    let section = section.take_while(|line| line.is_empty() || line.starts_with([' ', '#']));
    section.filter(|line| is_logical_id(line)).count()
}

fn is_logical_id(line: &str) -> bool {
    let id = line.strip_prefix("  ").and_then(|line| line.strip_suffix(':'));
    id.is_some_and(|id| id.chars().all(char::is_alphanumeric))
}

/// The names that code asks the environment for.
fn settings<'a>(files: impl Iterator<Item = &'a File>) -> BTreeSet<String> {
    let calls = files.flat_map(File::code).flat_map(|line| line.split("setting(\"").skip(1));
    calls.filter_map(|rest| rest.split_once('"')).map(|(name, _)| name.to_owned()).collect()
}

/// One text out of each item of a list.
fn each(value: &Value, list: &str, name: &str) -> Vec<String> {
    let items = value.get(list).and_then(Value::as_array).into_iter().flatten();
    items.filter_map(|item| item.get(name)?.as_str().map(str::to_owned)).collect()
}

/// The indexes of the table, by name.
fn indexes(table: &Value) -> BTreeMap<String, &Value> {
    let indexes = table.get("GlobalSecondaryIndexes").and_then(Value::as_array).into_iter().flatten();
    indexes.filter_map(|index| Some((index.get("IndexName")?.as_str()?.to_owned(), index))).collect()
}

/// The fields of a struct, as its source lists them.
fn fields(text: &str, head: &str) -> BTreeSet<String> {
    let body = text.split_once(head).map_or("", |(_, rest)| rest);
    let lines = body.lines().take_while(|line| *line != "}").map(str::trim);
    let lines = lines.filter(|line| !line.starts_with(['#', '/']));
    let named = lines.filter_map(|line| line.strip_prefix("pub ").unwrap_or(line).split_once(':'));
    named.map(|(name, _)| name.to_owned()).collect()
}

#[test]
fn the_stack_stays_below_the_limits_of_aws() {
    let template = tree::template().unwrap();
    let routes = template.routes.len() + 1;
    assert!(routes < ROUTES, "{routes} routes");
    // A function comes with a role that is not written out.
    let resources = resources(&tree::read(tree::TEMPLATE).unwrap()) + template.functions.len();
    assert!(resources > routes, "{resources} resources are too few: they are not read as they are written");
    assert!(resources < RESOURCES, "{resources} resources");
}

#[test]
fn functions_read_what_the_template_gives_them_and_nothing_else() {
    let runtime = tree::rust(&["shared/runtime/src"]).unwrap();
    let mains = tree::rust(&["functions"]).unwrap();
    // Lambda itself gives credentials and region.
    let shared: BTreeSet<_> = settings(runtime.iter()).into_iter().filter(|name| !name.starts_with("AWS_")).collect();
    let mut broken = Vec::new();
    for function in tree::template().unwrap().functions {
        let main = format!("functions/{}/src/main.rs", function.name);
        let mut read = settings(mains.iter().filter(|file| file.path == main));
        read.extend(shared.iter().cloned());
        let declared: BTreeSet<_> = function.environment.into_keys().collect();
        let undeclared = read.difference(&declared).map(|name| format!("{main} reads {name}, which is not declared"));
        broken.extend(undeclared);
        let unread = declared.difference(&read).map(|name| format!("{main} does not read {name}, which is declared"));
        broken.extend(unread);
    }
    holds("what a function reads is what its environment declares", &broken);
}

#[test]
fn the_runtime_lists_every_setting() {
    let template = tree::template().unwrap();
    let declared: BTreeSet<_> = template.functions.iter().flat_map(|function| function.environment.keys()).collect();
    let listed: Vec<_> = runtime::settings::NAMES.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(listed.iter().collect::<BTreeSet<_>>(), declared);
}

#[test]
fn every_function_has_the_binary_that_the_template_builds() {
    let text = tree::read(tree::TEMPLATE).unwrap();
    let built: BTreeSet<_> = text.split("Binary: ").skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)).collect();
    let crates = tree::crates().unwrap();
    let functions = crates.iter().filter(|(folder, _)| folder.starts_with("functions/"));
    let targets = functions.flat_map(|(_, package)| &package.targets).filter(|target| target.is_bin());
    assert_eq!(targets.map(|target| target.name.as_str()).collect::<BTreeSet<_>>(), built);
}

#[test]
fn the_attributes_of_the_keys_are_those_that_the_store_writes() {
    let table = tree::template().unwrap().table;
    assert_eq!(each(&table, "KeySchema", "AttributeName"), ["pk", "sk"]);
    let mut defined: BTreeSet<_> = each(&table, "AttributeDefinitions", "AttributeName").into_iter().collect();
    assert!(defined.remove("pk") && defined.remove("sk"), "{defined:?}");
    let item = tree::read("shared/store/src/item.rs").unwrap();
    assert!(item.contains("\"pk\"") && item.contains("\"sk\""), "items have the keys of the table");
    let mut written = fields(&item, "struct TicketItem<'a> {");
    // Beside the keys stands what the lists show of what the ticket itself has deeper down.
    for beside in ["ticket", "due_at", "sla_state"] {
        assert!(written.remove(beside), "{beside}");
    }
    assert_eq!(written, defined);
}

#[test]
fn the_indexes_are_those_that_the_store_asks() {
    let table = tree::template().unwrap().table;
    let indexes = indexes(&table);
    let keys = tree::read("shared/store/src/keys.rs").unwrap();
    let described = keys.lines().filter_map(|line| line.trim().strip_prefix("/// `by_")?.split_once("`:"));
    let described: BTreeSet<_> = described.map(|(name, _)| format!("by_{name}")).collect();
    let named: BTreeSet<_> = indexes.keys().cloned().collect();
    assert_eq!(described, named, "each index has its partitions in `store::keys`");
    let mut asked: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (index, attribute) in tree::arms(&tree::read("shared/store/src/list.rs").unwrap()) {
        asked.entry(index).or_default().push(attribute);
    }
    assert!(!asked.is_empty(), "the indexes are read from `store::list::Index`");
    for keys in asked.values() {
        let index = indexes.get(&keys[0]).unwrap_or_else(|| panic!("there is no index {}", keys[0]));
        assert_eq!(each(index, "KeySchema", "AttributeName"), *keys);
        assert_eq!(each(index, "KeySchema", "KeyType"), ["HASH", "RANGE"]);
    }
}

#[test]
fn an_index_projects_the_rows_of_a_list_or_keys_alone() {
    let mut row = fields(&tree::read("shared/store/src/item.rs").unwrap(), "pub struct Row {");
    assert!(row.remove("number"), "a row's number is read from its key");
    let table = tree::template().unwrap().table;
    for (name, index) in indexes(&table) {
        let kind = index.pointer("/Projection/ProjectionType").unwrap();
        let attributes = index.pointer("/Projection/NonKeyAttributes").cloned().unwrap_or_default();
        let attributes: BTreeSet<String> = serde_json::from_value(attributes).unwrap_or_default();
        let expected = if kind == "KEYS_ONLY" { BTreeSet::new() } else { row.clone() };
        assert_eq!(attributes, expected, "{name}");
    }
}

#[test]
fn the_attribute_by_which_items_expire_is_written() {
    let attribute = tree::template().unwrap().ttl_attribute;
    let files = tree::rust(&["shared/store/src"]).unwrap();
    assert!(files.iter().flat_map(File::code).any(|line| line.contains(&attribute)), "{attribute}");
}
