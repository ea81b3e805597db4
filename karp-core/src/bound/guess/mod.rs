//! Looks for worths of pods and resources that prove a high bound; nothing that is found here is trusted.
//!
//! The best worths are the dual of a linear program: put pods on machines in fractions, at most as many of a shape on a machine as it holds whole, as
//! cheaply as possible. Most of that program never matters, so that it is solved in parts:
//!
//! 1. [`packing`] over a few machines, which limits on whole pods are added to as they are broken;
//! 2. [`pricing`], its dual over the machines that it uses; pairs of a shape and a machine that the worths break are added until none is left;
//! 3. machines on which the worths are worth more than they cost are added, and all starts again.
//!
//! Pods that are nearly alike count as one [`bundle`](bundles) when there are many shapes; a coarse answer then competes with worths of resources alone,
//! which lose nothing by odd sizes.
#![expect(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "linear programs are solved in floating point; what they find is verified in integers, and errors only weaken the bound"
)]

mod bundles;
mod packing;
mod pricing;
mod resources;
mod search;

pub(super) use self::{resources::of_resources_alone, search::of_pods};

use microlp::{Error, Solution, SolveOptions, SolveOutcome};

use super::proof::FRACTION;

/// Units of prices in a dollar.
const PICO: f64 = 1e12;

/// How programs are solved.
fn options() -> SolveOptions {
    let mut options = SolveOptions::default();
    // Programs are small, and there is little to simplify.
    options.presolve = false;
    options
}

/// The solution, if there is one. Where a program fails, what was found before has to do.
fn solved(outcome: Result<SolveOutcome, Error>) -> Option<Solution> {
    match outcome {
        Ok(SolveOutcome::Solution(solution)) => Some(solution),
        Ok(_) | Err(_) => None,
    }
}

/// Worths of units as the proof takes them.
fn fixed(worths: &[f64]) -> Vec<u128> {
    worths.iter().map(|worth| (worth * PICO * (1_u64 << FRACTION) as f64) as u128).collect()
}
