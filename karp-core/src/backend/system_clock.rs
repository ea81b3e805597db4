//! The clock of the machine that karp runs on; not for tests and not for decisions.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use async_trait::async_trait;

use super::Clock;
use crate::model::Timestamp;

/// The clock of the machine, on tokio's timer.
///
/// The operating system may set its clock back; [`now`](Clock::now) then stands still until the old reading is reached again.
#[derive(Debug, Default)]
pub struct SystemClock {
    /// Latest reading, in nanoseconds since the Unix epoch.
    latest: AtomicI64,
}

impl SystemClock {
    /// The clock of the machine.
    pub const fn new() -> Self {
        Self { latest: AtomicI64::new(0) }
    }
}

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let read = system_unix_nanos();
        let latest = self.latest.fetch_max(read, Ordering::Relaxed).max(read);
        Timestamp::from_unix_nanos(latest)
    }

    async fn sleep_until(&self, instant: Timestamp) {
        // The timer and the clock are two sources: look again after each wait.
        loop {
            let left = instant.since(self.now()).as_nanos();
            let Ok(left) = u64::try_from(left) else { return };
            if left == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_nanos(left)).await;
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the one place that reads the machine's clock"
)]
fn system_unix_nanos() -> i64 {
    std::time::SystemTime::now()
        .duration_since(std::time::SystemTime::UNIX_EPOCH)
        .map_or(0, |since| i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Span;

    #[tokio::test]
    async fn sleeping_does_not_return_early() {
        let clock = SystemClock::new();
        let wanted = clock.now() + Span::millis(20);
        clock.sleep_until(wanted).await;
        assert!(clock.now() >= wanted);
    }

    #[tokio::test]
    async fn the_past_is_now() {
        let clock = SystemClock::new();
        clock.sleep_until(Timestamp::EPOCH).await;
        assert!(clock.now() > Timestamp::EPOCH);
    }
}
