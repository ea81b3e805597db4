//! How a plan stands to the reference's answers; not whether it is valid, which `check` tells.

use std::{collections::BTreeSet, fmt};

use karp_core::model::Price;

use super::{Answer, NewClaim, Reference, RequirementAnswer};

/// How a plan stands to the reference's answers.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a test must say what it accepts")]
pub enum Verdict {
    /// One of the answers, in everything but the wording of refusals.
    Same,
    /// The pods that one of the answers leaves, with no more machines and no higher price than some run of the reference.
    AsGood,
    /// The pods that one of the answers leaves, or fewer, below every price of the reference. Valid only if every constraint holds.
    Better,
    /// Anything else.
    Differs(Difference),
}

/// In what a plan differs from every answer.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Difference {
    /// No run left these pods.
    Unplaced {
        /// Pods that the plan leaves and the nearest answer doesn't.
        only_plan: Vec<String>,
        /// Pods that the nearest answer leaves and the plan doesn't.
        only_reference: Vec<String>,
    },
    /// The number of pods left is outside the range; their names were not kept.
    UnplacedCount {
        /// In the plan.
        plan: usize,
        /// Least and greatest of the reference.
        reference: [usize; 2],
    },
    /// Pods are placed that every run left, at no lower price.
    PlacesMore {
        /// Those pods, against the nearest answer.
        pods: Vec<String>,
    },
    /// The plan costs more than any run.
    Price {
        /// Price of the plan per hour.
        plan: Price,
        /// Greatest price of the reference.
        reference: Price,
    },
    /// The plan needs more machines than any run.
    Machines {
        /// Machines of the plan.
        plan: usize,
        /// Most machines of the reference.
        reference: usize,
    },
}

impl Verdict {
    /// Whether the plan agrees with the reference, or is better.
    pub const fn agrees(&self) -> bool {
        !matches!(self, Self::Differs(_))
    }
}

impl Reference {
    /// How `answer` stands to the reference's.
    ///
    /// Which zone, node or machine wins a tie is free: what counts are the pods left, the price and the number of machines. Where not all
    /// answers were kept, the number of pods left counts instead of their names. Prices may differ by a millionth of the greatest
    /// one: answers are rounded.
    pub fn compare(&self, answer: &Answer) -> Verdict {
        let full: Vec<&Answer> =
            self.answers.iter().filter(|known| known.new_claims.is_some()).collect();
        let normal = Normal::of(answer);
        if full.iter().any(|known| Normal::of(known) == normal) {
            return Verdict::Same;
        }
        let left: BTreeSet<&str> = answer.unschedulable.keys().map(String::as_str).collect();
        let sets: Vec<BTreeSet<&str>> = full
            .iter()
            .map(|known| known.unschedulable.keys().map(String::as_str).collect())
            .collect();
        let (hit, fewer) = self.same_or_fewer(&left, &sets);
        if !hit && !fewer {
            return Verdict::Differs(self.unplaced_difference(&left, &sets));
        }
        let [cheapest, dearest] = self.range.price_per_hour;
        let price = answer.totals.price_per_hour;
        let tolerance = tolerance(dearest);
        if price.saturating_add(tolerance) < cheapest {
            return Verdict::Better;
        }
        if fewer {
            let pods =
                nearest(&left, &sets).map(|set| names(set.difference(&left))).unwrap_or_default();
            return Verdict::Differs(Difference::PlacesMore { pods });
        }
        if price > dearest.saturating_add(tolerance) {
            return Verdict::Differs(Difference::Price { plan: price, reference: dearest });
        }
        let [_, most] = self.range.claims;
        if answer.totals.claims > most {
            let plan = answer.totals.claims;
            return Verdict::Differs(Difference::Machines { plan, reference: most });
        }
        Verdict::AsGood
    }

    /// Whether the pods left are those of a run, and whether they are fewer than those of a run.
    fn same_or_fewer(&self, left: &BTreeSet<&str>, sets: &[BTreeSet<&str>]) -> (bool, bool) {
        let [least, most] = self.range.unplaced;
        let in_range = (least..=most).contains(&left.len());
        if sets.is_empty() {
            return (in_range, left.len() < least);
        }
        let all_kept = sets.len() == self.distinct;
        let same = sets.contains(left) || (!all_kept && in_range);
        let fewer = !same && sets.iter().any(|set| left.len() < set.len() && left.is_subset(set));
        (same, fewer)
    }

    fn unplaced_difference(&self, left: &BTreeSet<&str>, sets: &[BTreeSet<&str>]) -> Difference {
        match nearest(left, sets) {
            Some(set) => Difference::Unplaced {
                only_plan: names(left.difference(set)),
                only_reference: names(set.difference(left)),
            },
            None => Difference::UnplacedCount { plan: left.len(), reference: self.range.unplaced },
        }
    }
}

/// The set with the fewest differences to `left`.
fn nearest<'a, 'b>(
    left: &BTreeSet<&str>,
    sets: &'a [BTreeSet<&'b str>],
) -> Option<&'a BTreeSet<&'b str>> {
    sets.iter().min_by_key(|set| set.symmetric_difference(left).count())
}

fn names<'a, 'b: 'a>(pods: impl Iterator<Item = &'a &'b str>) -> Vec<String> {
    pods.map(|pod| (*pod).to_owned()).collect()
}

/// A millionth of the price, at least a millionth of a dollar.
fn tolerance(price: Price) -> Price {
    const MICRO_USD_PICO: i64 = 1_000_000;
    Price::from_pico((price.pico() / 1_000_000).max(MICRO_USD_PICO))
}

/// Pool, pods, requirements and types of a new machine.
type NormalClaim<'a> = (&'a str, Vec<&'a str>, Vec<RequirementAnswer>, Vec<&'a str>);

/// What is compared of an answer when it shall be the same, in a fixed order.
#[derive(Eq, PartialEq)]
struct Normal<'a> {
    claims: Vec<NormalClaim<'a>>,
    existing: Vec<(&'a str, Vec<&'a str>)>,
    unplaced: Vec<&'a str>,
}

impl<'a> Normal<'a> {
    fn of(answer: &'a Answer) -> Self {
        let mut claims: Vec<_> = answer.new_claims.iter().flatten().map(Self::claim).collect();
        claims.sort();
        let existing =
            answer.existing.iter().map(|(node, pods)| (node.as_str(), sorted(pods))).collect();
        let unplaced = answer.unschedulable.keys().map(String::as_str).collect();
        Self { claims, existing, unplaced }
    }

    fn claim(claim: &'a NewClaim) -> NormalClaim<'a> {
        let mut requirements = claim.requirements.clone();
        for requirement in &mut requirements {
            requirement.values.sort();
        }
        requirements.sort();
        (&claim.node_pool, sorted(&claim.pods), requirements, sorted(&claim.instance_types))
    }
}

fn sorted(names: &[String]) -> Vec<&str> {
    let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
    names.sort_unstable();
    names
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Same => f.write_str("same"),
            Self::AsGood => f.write_str("as good"),
            Self::Better => f.write_str("better"),
            Self::Differs(difference) => write!(f, "differs: {difference}"),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unplaced { only_plan, only_reference } => write!(
                f,
                "left by the plan alone: {}; by the reference alone: {}",
                some_of(only_plan),
                some_of(only_reference)
            ),
            Self::UnplacedCount { plan, reference: [least, most] } => {
                write!(f, "{plan} pods left, the reference leaves {least} to {most}")
            }
            Self::PlacesMore { pods } => {
                write!(f, "places pods that the reference leaves: {}", some_of(pods))
            }
            Self::Price { plan, reference } => {
                write!(f, "{plan} USD per hour, the reference pays {reference} at most")
            }
            Self::Machines { plan, reference } => {
                write!(f, "{plan} machines, the reference needs {reference} at most")
            }
        }
    }
}

/// The first six names.
fn some_of(pods: &[String]) -> String {
    const SHOWN: usize = 6;
    if pods.is_empty() {
        return "none".to_owned();
    }
    let shown = pods.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    match pods.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
