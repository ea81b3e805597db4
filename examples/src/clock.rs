//! The clock of the machine, for the tools; not for decisions, which take an instant.

use std::time::{SystemTime, UNIX_EPOCH};

use karp_core::Timestamp;

/// This instant; the Unix epoch on a machine whose clock is before it.
#[expect(clippy::disallowed_methods, reason = "the tools are where the clock is read, once")]
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_unix_nanos(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}
