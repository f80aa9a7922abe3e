//! Whether the tree is what it says it is: who uses whom, which doors there are, what is promised to clients, what past
//! events look like. Each rule is a test that names whatever breaks it.

mod authorization;
mod contract;
mod doors;
mod events;
mod features;
mod iam;
mod imports;
#[cfg(test)]
mod parameters;
mod size;
mod template;
mod tree;
mod words;

/// Fails with everything that breaks a rule, one a line.
#[track_caller]
fn holds(rule: &str, broken: &[String]) {
    assert!(broken.is_empty(), "{rule}:\n{}", broken.join("\n"));
}
