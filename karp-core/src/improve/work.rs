//! How much improving may still be done: steps, and the caller's word; no clock.

use crate::solve::Progress;

/// How often the caller is asked: once in so many steps, which take about a millisecond.
const ASKED_EVERY: u64 = 100_000;

/// What may still be done.
///
/// One step is one kind of pods looked at for one type of machine: some ten nanoseconds. The same number of steps gives the same result every time; when
/// the caller ends it, the result depends on when.
pub(super) struct Work<'w> {
    left: u64,
    spent: u64,
    asked_at: u64,
    go_on: &'w mut dyn FnMut(Progress) -> bool,
}

impl<'w> Work<'w> {
    /// So many steps, as long as `go_on` says yes.
    pub(super) fn new(steps: u64, go_on: &'w mut dyn FnMut(Progress) -> bool) -> Self {
        Self { left: steps, spent: 0, asked_at: 0, go_on }
    }

    /// Spends steps; yields whether any are left.
    pub(super) fn spend(&mut self, steps: u64) -> bool {
        self.left = self.left.saturating_sub(steps);
        self.spent = self.spent.saturating_add(steps);
        if self.left > 0 && self.spent >= self.asked_at {
            self.asked_at = self.spent.saturating_add(ASKED_EVERY);
            if !(self.go_on)(Progress { steps: self.spent, waiting: 0 }) {
                self.left = 0;
            }
        }
        self.left > 0
    }

    /// Steps that are left.
    pub(super) const fn left(&self) -> u64 {
        self.left
    }

    /// Lets `make` spend no more than `steps`.
    pub(super) fn within<T>(&mut self, steps: u64, make: impl FnOnce(&mut Self) -> T) -> T {
        let beyond = self.left.saturating_sub(steps);
        self.left -= beyond;
        let (allowed, spent) = (self.left, self.spent);
        let made = make(self);
        let is_ended = self.left == 0 && self.spent.saturating_sub(spent) < allowed;
        if !is_ended {
            self.left += beyond;
        }
        made
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_run_out() {
        let mut always = |_| true;
        let mut work = Work::new(3, &mut always);
        assert!(work.spend(2));
        assert!(!work.spend(2) && !work.spend(0));
    }

    #[test]
    fn the_caller_ends_it() {
        let mut asked = Vec::new();
        let mut twice = |progress: Progress| {
            asked.push(progress.steps);
            asked.len() < 3
        };
        let mut work = Work::new(u64::MAX, &mut twice);
        assert!(work.spend(1) && work.spend(ASKED_EVERY));
        assert!(work.spend(ASKED_EVERY - 1));
        assert!(!work.spend(1) && !work.spend(0));
        assert_eq!(asked, [1, 1 + ASKED_EVERY, 1 + 2 * ASKED_EVERY]);
    }

    #[test]
    fn a_part_takes_no_more_than_its_share() {
        let mut always = |_| true;
        let mut work = Work::new(100, &mut always);
        work.within(30, |part| assert!(!part.spend(50)));
        assert_eq!(work.left(), 70);
        let mut never = |_| false;
        let mut work = Work::new(100, &mut never);
        work.within(30, |part| assert!(!part.spend(5)));
        assert_eq!(work.left(), 0);
    }
}
