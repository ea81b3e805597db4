//! What would help pods without a place; not how that is found.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Change, Size};
use crate::model::{PodId, Price};

/// What would help some equal pods without a place.
///
/// Equal are pods that one template made and that are refused for the same reasons.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Advice {
    /// The pods, in the order of their ids.
    pub pods: Vec<PodId>,
    /// Changes each of which, alone, gives all of the pods a place and takes none from any other pod; the smallest first.
    pub remedies: Vec<Remedy>,
    /// How many changes were looked at.
    pub tried: usize,
    /// Why there are no remedies, or perhaps not all; none when everything that there is to try was tried and something helps.
    pub incomplete: Option<NoRemedy>,
}

/// A change that helps.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Remedy {
    /// The change. A number in it is the least change of that number: one unit less does not help.
    pub change: Change,
    /// How large it is.
    pub size: Size,
    /// Other pods without a place that get one, too.
    pub also_placed: usize,
    /// What the machines of the new plan cost per hour in all, each by its cheapest offering.
    pub price: Price,
}

/// Why nothing is known to help.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "kebab-case")]
pub enum NoRemedy {
    /// No single change of those that were tried helps: the pods are kept out by more than one thing.
    NothingHelps,
    /// For none of the reasons there is a change that could be tried.
    NothingToTry,
    /// The [`Effort`](super::Effort) was spent before everything was tried.
    EffortSpent,
}

impl fmt::Display for NoRemedy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NothingHelps => "no single change helps",
            Self::NothingToTry => "there is no single change to try",
            Self::EffortSpent => "not every change was tried: the effort was spent",
        })
    }
}

impl fmt::Display for Advice {
    /// A line per remedy, the smallest first; a line on why there are none, or perhaps not all.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for remedy in &self.remedies {
            writeln!(f, "{remedy}")?;
        }
        match self.incomplete {
            Some(NoRemedy::NothingHelps) => {
                writeln!(f, "no single change helps, of {} that were tried", self.tried)
            }
            Some(other) => writeln!(f, "{other}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Remedy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.change.fmt(f)?;
        match self.also_placed {
            0 => Ok(()),
            1 => f.write_str(" (places 1 further pod)"),
            many => write!(f, " (places {many} further pods)"),
        }
    }
}
