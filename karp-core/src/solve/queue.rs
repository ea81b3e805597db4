//! The order in which pods are tried, and when trying ends; not the search for a place.

use std::collections::VecDeque;

use super::{
    ask::{Attempt, Outcome},
    progress::Progress,
    solver::Solver,
};
use crate::compile::{PodIx, forms::Rung};

/// Steps between two questions whether to go on.
const STEPS_BETWEEN_QUESTIONS: u64 = 256;

/// Pods that got no place.
#[derive(Debug, Default)]
pub(super) struct Left {
    /// In the state at the end, no place takes them.
    pub(super) refused: Vec<PodIx>,
    /// The work was over before that could be said of them.
    pub(super) undecided: Vec<PodIx>,
}

/// How much may be done.
pub(super) struct Work<'w> {
    limit: u64,
    next_question: u64,
    go_on: &'w mut dyn FnMut(Progress) -> bool,
}

impl<'w> Work<'w> {
    /// So many steps, and no more once `go_on` says so.
    pub(super) fn new(limit: Option<u64>, go_on: &'w mut dyn FnMut(Progress) -> bool) -> Self {
        Self { limit: limit.unwrap_or(u64::MAX), next_question: 0, go_on }
    }

    /// Whether no pod may be tried any more.
    fn is_over(&mut self, progress: impl FnOnce() -> Progress, steps: u64) -> bool {
        if steps >= self.limit {
            return true;
        }
        if steps < self.next_question {
            return false;
        }
        self.next_question = steps + STEPS_BETWEEN_QUESTIONS;
        !(self.go_on)(progress())
    }
}

impl Solver<'_> {
    /// Places what can be placed, as long as there is work left.
    ///
    /// A pod that fails goes to the back. When the pod in front failed before and none was placed since, nothing can change any more.
    pub(super) fn run(
        &mut self,
        pods: impl IntoIterator<Item = PodIx>,
        work: &mut Work<'_>,
    ) -> Left {
        let mut queue: VecDeque<(PodIx, Option<u32>)> =
            pods.into_iter().map(|pod| (pod, None)).collect();
        while let Some((pod, failed_at)) = queue.pop_front() {
            let progress = || Progress { steps: self.steps, waiting: queue.len() + 1 };
            if failed_at == Some(self.placements) || work.is_over(progress, self.steps) {
                queue.push_front((pod, failed_at));
                break;
            }
            self.deferred.remove(&pod);
            match self.attempt(pod) {
                Attempt::Placed => {
                    self.placements += 1;
                    continue;
                }
                Attempt::Deferred => {
                    self.deferred.insert(pod);
                }
                Attempt::Refused => {}
            }
            queue.push_back((pod, Some(self.placements)));
        }
        let mut left = Left::default();
        for (pod, failed_at) in queue {
            let is_decided = failed_at == Some(self.placements);
            let list = if is_decided { &mut left.refused } else { &mut left.undecided };
            list.push(pod);
        }
        left
    }

    /// Tries a pod, giving up one wish after another; none when it waits for reserved capacity.
    fn attempt(&mut self, pod: PodIx) -> Attempt {
        let mut rung = self.problem.rungs[pod];
        while let Some(current) = rung {
            let Rung { class, next } = self.forms.rungs[current];
            self.failed_classes.reach(class, || None);
            let known = self.failed_classes[class].filter(|(state, _)| *state == self.placements);
            let attempt = match known {
                Some((_, attempt)) => attempt,
                None => match self.place(pod, class) {
                    Outcome::Failed(attempt) => {
                        self.failed_classes[class] = Some((self.placements, attempt));
                        attempt
                    }
                    Outcome::Placed => {
                        self.openings.placed(self.forms.classes[class].request);
                        Attempt::Placed
                    }
                    Outcome::FailedForItsVolumes(attempt) => attempt,
                },
            };
            if attempt != Attempt::Refused {
                return attempt;
            }
            rung = next;
        }
        Attempt::Refused
    }
}
