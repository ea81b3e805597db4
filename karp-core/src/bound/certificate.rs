//! What is stated beside a plan: its price, the bound, the gap; not how the bound is found.

use std::{collections::BTreeSet, fmt};

use serde::{Serialize, Serializer, ser::SerializeMap};

use super::{
    gap::GapPercent,
    guess,
    market::Market,
    proof::{Worths, bound},
};
use crate::{
    compile::{PodIx, Problem},
    decision::Plan,
    model::{PodId, Price},
};

/// What every plan for some pods costs at least.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum LowerBound {
    /// No plan costs less per hour; rounded down. Zero says nothing.
    AtLeast(Price),
    /// Nothing is known, because a pod fits only on machines that have no price.
    NoPrice {
        /// Such a pod, the first one by the order of the queue.
        pod: PodId,
    },
}

impl LowerBound {
    /// The price, if it is known.
    pub const fn price(&self) -> Option<Price> {
        match self {
            Self::AtLeast(price) => Some(*price),
            Self::NoPrice { .. } => None,
        }
    }
}

impl fmt::Display for LowerBound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtLeast(price) => write!(f, "every plan costs at least {price} USD per hour"),
            Self::NoPrice { pod } => {
                write!(f, "unknown: pod `{pod}` fits only on machines without a price")
            }
        }
    }
}

/// The price of a plan, and how far it is from what every plan costs.
///
/// Written as `{"usdPerHour": "0.36", "lowerBound": "0.30", "gapPercent": 20.0}`; what is not known is `null`, and then `unknown` says why.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Certificate {
    usd_per_hour: Price,
    lower_bound: LowerBound,
}

impl Certificate {
    /// States a bound beside a plan; the bound has to be one for the pods that the plan places, or for fewer.
    pub fn new(plan: &Plan, lower_bound: LowerBound) -> Self {
        Self { usd_per_hour: plan.totals().price, lower_bound }
    }

    /// The price of all machines that the plan buys, each by its cheapest offering; [`Price::MAX`] when one has no price.
    pub const fn usd_per_hour(&self) -> Price {
        self.usd_per_hour
    }

    /// What every plan costs that places the same pods.
    pub const fn lower_bound(&self) -> &LowerBound {
        &self.lower_bound
    }

    /// How far the price is above the bound; none when either is not known, or when the bound is zero and the price is not.
    pub fn gap(&self) -> Option<GapPercent> {
        GapPercent::between(self.usd_per_hour, self.lower_bound.price()?)
    }
}

impl fmt::Display for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} USD per hour; {}", self.usd_per_hour, self.lower_bound)?;
        self.gap().map_or(Ok(()), |gap| write!(f, "; at most {gap} % above the cheapest"))
    }
}

impl Serialize for Certificate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let price = self.usd_per_hour;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("usdPerHour", &price.is_known().then_some(price))?;
        map.serialize_entry("lowerBound", &self.lower_bound.price())?;
        map.serialize_entry("gapPercent", &self.gap())?;
        if self.lower_bound.price().is_none() {
            map.serialize_entry("unknown", &self.lower_bound.to_string())?;
        }
        map.end()
    }
}

/// What every plan costs at least that places every pod which fits on some machine.
///
/// A pod that fits nowhere even alone is left out, as every plan has to leave it. Plans that leave more pods out may cost less: [`certify`] looks at those
/// that a plan places.
///
/// # Cost
///
/// Types × ways to buy them × what pods ask for, and linear programs over at most 160 kinds of pods: milliseconds to tens of them. Meant for once per
/// plan, not for simulations.
///
/// # Example: an isolated network without a price list
///
/// ```
/// use karp_core::{
///     bound::{LowerBound, lower_bound},
///     compile::compile,
///     model::{CapacityType::OnDemand, InstanceType, NodePool, Pod, usd},
///     policy::Policy,
///     snapshot::Snapshot,
/// };
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let large = InstanceType::new("m.large").cpu("2").offering("z1", OnDemand, usd("none"));
/// let snapshot = Snapshot::builder("2026-01-15T12:00:00Z".parse()?)
///     .instance_types([large])
///     .node_pool(NodePool::new("general"))
///     .pod(Pod::new("web").request("cpu", "1"))
///     .build()?;
/// let bound = lower_bound(&compile(&snapshot, &Policy::compat()));
/// assert!(matches!(bound, LowerBound::NoPrice { .. }));
/// # Ok(())
/// # }
/// ```
pub fn lower_bound(problem: &Problem) -> LowerBound {
    bound_of(problem, |_| true)
}

/// States beside a plan what every plan costs at least that places the same pods.
///
/// `problem` has to be the compiled snapshot that the plan was made for. The cost is that of [`lower_bound`].
pub fn certify(problem: &Problem, plan: &Plan) -> Certificate {
    let left: BTreeSet<&PodId> = plan.unplaced().iter().map(|unplaced| &unplaced.pod).collect();
    let is_placed = |pod: PodIx| !left.contains(&problem.pods[pod].id);
    Certificate::new(plan, bound_of(problem, is_placed))
}

fn bound_of(problem: &Problem, counts: impl Fn(PodIx) -> bool) -> LowerBound {
    let market = Market::of(problem, counts);
    if let Some(pod) = market.unpriced {
        return LowerBound::NoPrice { pod };
    }
    let guessed = guess::of_pods(&market).into_iter().chain(guess::of_resources_alone(&market));
    let proved = guessed.map(|worths: Worths| bound(&market, &worths));
    LowerBound::AtLeast(proved.max().unwrap_or(Price::ZERO))
}
