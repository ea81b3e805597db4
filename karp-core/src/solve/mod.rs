//! Problem to placement: which pod goes on which machine; what is launched and how it is reported is decided later.
//!
//! The rules are those of docs/src/scheduling.md: first fit over existing machines in a fixed order, then over machines that are bought
//! anyway, emptiest first, then a new machine of the heaviest pool that can make one. What makes it fast is that a place which a bit says
//! will refuse is never visited; every bit is a necessary condition only, the exact check decides again.
//!
//! Ties: claims with equally many pods in the order of their opening; pools of equal weight by name, the last first; existing machines
//! initialized ones first, then by name; pods of equal size by age, UID, namespace and name.
#![expect(
    clippy::indexing_slicing,
    reason = "only tables are indexed, by ids that they made; slices never are"
)]

mod ask;
mod blocks;
mod buckets;
pub(crate) mod claims;
mod counts;
mod facets;
mod filter;
mod host_counts;
mod ledger;
mod levels;
mod limits;
pub(crate) mod nodes;
mod opening;
mod permits;
mod placement;
mod plan;
mod port_use;
mod progress;
mod queue;
mod refusals;
pub(crate) mod solver;
mod view;
mod volume_use;
pub(crate) mod what_if;

pub use self::{placement::Placement, progress::Progress};
use self::{queue::Work, solver::Solver};
use crate::{compile::Problem, policy::CheapestOpening};

/// Finds a place for every pod of the problem, or the reasons why there is none.
///
/// The same problem has the same answer, every time. Machines are opened as the policy says that the problem was compiled with; no more is done than
/// its [`work_limit`](crate::policy::Policy::work_limit) allows.
pub fn solve(problem: &Problem) -> Placement {
    solve_while(problem, &mut |_| true)
}

/// The same, but ends when `go_on` says no: at a deadline, say, or because something more urgent came up.
///
/// It is asked before the first pod and then every few hundred steps (some microseconds), between two pods. Pods that nothing can be said about any
/// more are refused with [`WorkLimit`](crate::explain::Reason::WorkLimit); what was placed is placed as it would have been without an end.
pub fn solve_while(problem: &Problem, go_on: &mut dyn FnMut(Progress) -> bool) -> Placement {
    solve_opening(problem, problem.policy.opening.clone(), go_on)
}

/// The same with another rule for opening machines.
pub(crate) fn solve_opening(
    problem: &Problem,
    opening: Option<CheapestOpening>,
    go_on: &mut dyn FnMut(Progress) -> bool,
) -> Placement {
    let mut solver = Solver::new(problem, opening);
    let left =
        solver.run(problem.queue.iter().copied(), &mut Work::new(problem.policy.work_limit, go_on));
    let unplaced = solver.refusals(left);
    solver.pin();
    let Solver { forms, nodes, claims, .. } = solver;
    Placement { forms, nodes, claims, unplaced }
}
