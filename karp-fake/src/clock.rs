//! A clock that moves only when it is told to; not the clock of the machine.

use std::{
    collections::BTreeMap,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use async_trait::async_trait;
use karp_core::{
    backend::Clock,
    model::{Span, Timestamp},
};

/// A clock that stands still until it is moved; clones are one clock.
///
/// Whoever sleeps on it wakes when it is moved to their instant or beyond, in any runtime.
///
/// ```
/// use karp_core::{backend::Clock, model::{Span, Timestamp}};
/// use karp_fake::FakeClock;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let clock = FakeClock::new(Timestamp::EPOCH);
/// let wanted = clock.now() + Span::hours(1);
/// let sleeper = tokio::spawn({
///     let clock = clock.clone();
///     async move { clock.sleep_until(wanted).await }
/// });
/// tokio::task::yield_now().await;
/// assert_eq!(clock.advance_to_next_sleeper(), Some(wanted));
/// sleeper.await.unwrap();
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct FakeClock {
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    now: Timestamp,
    next_sleeper: u64,
    /// Whom to wake, by instant and then in the order in which they fell asleep.
    sleepers: BTreeMap<(Timestamp, u64), Waker>,
}

impl FakeClock {
    /// A clock that shows `now`.
    pub fn new(now: Timestamp) -> Self {
        let state = State { now, next_sleeper: 0, sleepers: BTreeMap::new() };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    /// Moves the clock on by `span`; a negative span moves nothing.
    pub fn advance(&self, span: Span) {
        let target = self.state().now + span;
        self.advance_to(target);
    }

    /// Moves the clock to `instant` and wakes everyone whose instant is reached; one that has passed moves nothing.
    pub fn advance_to(&self, instant: Timestamp) {
        let woken = {
            let mut state = self.state();
            state.now = state.now.max(instant);
            let later = match state.now.unix_nanos().checked_add(1) {
                Some(nanos) => state.sleepers.split_off(&(Timestamp::from_unix_nanos(nanos), 0)),
                None => BTreeMap::new(),
            };
            std::mem::replace(&mut state.sleepers, later)
        };
        // Outside the lock: a waker may run its task at once.
        woken.into_values().for_each(Waker::wake);
    }

    /// Moves the clock to the earliest instant that somebody sleeps for, and says it; none when nobody sleeps.
    pub fn advance_to_next_sleeper(&self) -> Option<Timestamp> {
        let (instant, _) = *self.state().sleepers.keys().next()?;
        self.advance_to(instant);
        Some(instant)
    }

    /// How many sleep on it.
    pub fn sleepers(&self) -> usize {
        self.state().sleepers.len()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        self.state().now
    }

    async fn sleep_until(&self, instant: Timestamp) {
        Sleep { clock: self, instant, key: None }.await;
    }
}

/// Waits for an instant; forgotten by the clock when dropped.
struct Sleep<'a> {
    clock: &'a FakeClock,
    instant: Timestamp,
    key: Option<(Timestamp, u64)>,
}

impl Future for Sleep<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.clock.state();
        if state.now >= self.instant {
            return Poll::Ready(());
        }
        let key = self.key.unwrap_or_else(|| {
            state.next_sleeper += 1;
            (self.instant, state.next_sleeper)
        });
        state.sleepers.insert(key, context.waker().clone());
        drop(state);
        self.key = Some(key);
        Poll::Pending
    }
}

impl Drop for Sleep<'_> {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            self.clock.state().sleepers.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn sleepers_wake_at_their_instant_and_not_before() {
        let clock = FakeClock::new(Timestamp::EPOCH);
        let sleeper = {
            let clock = clock.clone();
            let wanted = clock.now() + Span::seconds(10);
            tokio::spawn(async move { clock.sleep_until(wanted).await })
        };
        tokio::task::yield_now().await;
        clock.advance(Span::seconds(9));
        tokio::task::yield_now().await;
        assert!(!sleeper.is_finished());
        clock.advance(Span::seconds(1));
        sleeper.await.unwrap();
        assert_eq!(clock.sleepers(), 0);
    }

    #[tokio::test]
    async fn the_past_is_now() {
        let clock = FakeClock::new(Timestamp::EPOCH + Span::hours(1));
        clock.sleep_until(Timestamp::EPOCH).await;
        assert_eq!(clock.now(), Timestamp::EPOCH + Span::hours(1));
    }

    #[test]
    fn the_clock_never_goes_back() {
        let clock = FakeClock::new(Timestamp::EPOCH);
        clock.advance(Span::seconds(5));
        clock.advance(Span::seconds(-3));
        clock.advance_to(Timestamp::EPOCH);
        assert_eq!(clock.now(), Timestamp::EPOCH + Span::seconds(5));
    }

    #[tokio::test]
    async fn a_dropped_sleeper_is_forgotten() {
        let clock = FakeClock::new(Timestamp::EPOCH);
        let sleeper = {
            let clock = clock.clone();
            tokio::spawn(async move { clock.sleep_until(Timestamp::EPOCH + Span::hours(1)).await })
        };
        tokio::task::yield_now().await;
        assert_eq!(clock.sleepers(), 1);
        sleeper.abort();
        assert!(sleeper.await.unwrap_err().is_cancelled());
        assert_eq!(clock.sleepers(), 0);
        assert_eq!(clock.advance_to_next_sleeper(), None);
    }
}
