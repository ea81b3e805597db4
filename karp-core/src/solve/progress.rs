//! How far a solve is; not what it found.

/// How far a solve is: what a caller is told who may end it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Progress {
    /// Steps done: a step is a pod that was tried or a place that was asked. The same for the same problem on every machine.
    pub steps: u64,
    /// Pods that still wait for their turn, those included that were refused once and are tried again because others were placed since.
    pub waiting: usize,
}
