//! The steps in their order, each keeping the better packing; not what a step does.

use super::{
    columns,
    filling::{Filler, Worths},
    gathering, greedy,
    lot::{Lot, MachineIx},
    packing::{Packing, per_copy},
    rebuying::{merge, split},
    rewriting::rewrite,
    work::Work,
};
use crate::{
    compile::{Problem, table::Table},
    policy::{Improvement, ImprovementStep},
    solve::{Placement, Progress},
};

/// How often a lot is packed greedily, with worths corrected each time.
const TRIES: usize = 12;

/// How often the worths of pods are corrected by a packing before it is taken apart.
const SETTLED: usize = 4;

/// Makes a placement cheaper, as far as the steps of `improvement` go and as long as `go_on` says yes.
pub(crate) fn improve(
    problem: &Problem,
    mut placement: Placement,
    improvement: &Improvement,
    go_on: &mut dyn FnMut(Progress) -> bool,
) -> Placement {
    let rule = problem.policy.opening.clone().unwrap_or_default();
    let lots = gathering::lots(problem, &mut placement, &rule);
    let mut work = Work::new(improvement.work, go_on);
    let mut claims: usize = lots.iter().map(|lot| lot.claims.len()).sum();
    let mut packings = Vec::new();
    for lot in lots {
        // Lots on which more is spent get more of what is left.
        let own = lot.claims.len();
        let share = u128::from(work.left()) * own as u128 / claims.max(1) as u128;
        claims = claims.saturating_sub(own);
        let share = u64::try_from(share).unwrap_or(u64::MAX);
        let packing = work.within(share, |work| pack(&lot, &improvement.steps, work));
        packings.extend(packing.map(|packing| (lot, packing)));
    }
    rewrite(problem, placement, (packings, rule.min_types))
}

/// The cheapest packing that some step finds, if any is cheaper than what is there.
fn pack(lot: &Lot, steps: &[ImprovementStep], work: &mut Work<'_>) -> Option<Packing> {
    let per_copy = per_copy(lot);
    let worths: Option<Vec<u64>> =
        per_copy.rows().iter().map(|own| own.map(|(_, worth)| worth)).collect();
    let worths = Table::from_rows(worths?);
    let mut best = lot.before.clone();
    for step in steps {
        let known = best.as_ref().map(|best| {
            let settled = (0..SETTLED).fold(worths.clone(), |own, _| best.corrected(lot, &own));
            (best, settled)
        });
        let found = match (step, known) {
            (ImprovementStep::Greedy, _) => greedily(lot, worths.clone(), work),
            (ImprovementStep::Columns, _) if lot.shapes.len() > columns::SHAPES_MAX => None,
            (ImprovementStep::Columns, _) => columns::pack(lot, best.as_ref(), work),
            (ImprovementStep::Split, Some((best, worths))) => {
                Some(split(lot, (best, &worths), work))
            }
            (ImprovementStep::Merge, Some((best, worths))) => {
                Some(merge(lot, (best, &worths), work))
            }
            (ImprovementStep::Merge | ImprovementStep::Split, None) => None,
        };
        if let Some(found) = found
            && best.as_ref().is_none_or(|best| found.cost(lot) < best.cost(lot))
        {
            best = Some(found);
        }
    }
    best
}

/// Packs greedily, and again with what pods turned out to cost.
fn greedily(lot: &Lot, mut worths: Worths, work: &mut Work<'_>) -> Option<Packing> {
    let mut filler = Filler::new(lot);
    let machines: Vec<MachineIx> = lot.broad().collect();
    let mut best: Option<Packing> = None;
    for _ in 0..TRIES {
        let found = greedy::pack(&mut filler, lot, &machines, (&worths, lot.demand()), work);
        let Some(found) = found else { break };
        worths = found.corrected(lot, &worths);
        if best.as_ref().is_none_or(|best| found.cost(lot) < best.cost(lot)) {
            best = Some(found);
        }
    }
    best
}
