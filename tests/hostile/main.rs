//! What a desk must survive, case by case; a test is named after the case it covers.

// Always so in a test; it says that what stands beside the tests may stop where it goes wrong, as they do.
#[cfg(test)]
mod authorization;
#[cfg(test)]
mod content;
#[cfg(test)]
mod coverage;
#[cfg(test)]
mod files;
#[cfg(test)]
mod given;
#[cfg(test)]
mod http;
#[cfg(test)]
mod logs;
#[cfg(test)]
mod notices;
#[cfg(test)]
mod outages;
#[cfg(test)]
mod passwords;
#[cfg(test)]
mod queues;
#[cfg(test)]
mod state;
