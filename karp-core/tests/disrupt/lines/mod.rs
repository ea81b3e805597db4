//! Lines of the behaviour inventory that no recorded scenario holds, each named by its number (`inventory-086`).

mod candidates;
mod confirmed;
mod costs;
mod drifted;
mod emptied;
mod fixture;
mod moved;
mod scored;
mod whole;
