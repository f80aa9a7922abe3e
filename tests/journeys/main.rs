//! Stories: the walkthroughs of ARCHITECTURE.md, and the promises of the desk.

mod contended;
mod lists;
mod replayed;
mod state_table;
mod ticket;
mod units;
