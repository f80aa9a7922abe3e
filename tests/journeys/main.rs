//! Stories: the walkthroughs of ARCHITECTURE.md, and the promises of the desk.

#[cfg(test)]
mod calendars;
#[cfg(test)]
mod configured;
#[cfg(test)]
mod contended;
#[cfg(test)]
mod costs;
#[cfg(test)]
mod files;
#[cfg(test)]
mod first_admin;
#[cfg(test)]
mod histories;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod page;
#[cfg(test)]
mod replayed;
#[cfg(test)]
mod service_hours;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod sla;
#[cfg(test)]
mod state_table;
#[cfg(test)]
mod ticket;
#[cfg(test)]
mod units;
