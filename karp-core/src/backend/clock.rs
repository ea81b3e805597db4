//! What time it is, and waiting; not time in decisions, which comes with the snapshot.
#![cfg_attr(
    feature = "mock",
    expect(clippy::disallowed_types, reason = "mocks keep what they expect behind a lock")
)]

use async_trait::async_trait;

use crate::model::Timestamp;

/// Tells the time and waits.
///
/// # Contract
///
#[doc = include_str!("clock.md")]
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Timestamp;

    /// Returns once `instant` is reached.
    async fn sleep_until(&self, instant: Timestamp);
}
