//! Changes that could help, reason by reason; not whether they do.
//!
//! | Reason | Changes |
//! |---|---|
//! | `contradiction`, `invalid-requirement`, `opted-out` | drop one of the pod's demands on the label |
//! | `label-unknown` | write the key that was meant; a label in the pool's template; drop the pod's demand |
//! | `limit-exceeded`, `node-limit-reached` | raise the pool's limit |
//! | `min-values` | lower the pool's `minValues`; the policy `BestEffort` |
//! | `no-instance-type` | lower a request; drop one of the pod's demands on labels; drop a requirement of the pool; free a host port; raise a limit of the pool |
//! | `no-types-in-pool` | drop a requirement of the pool |
//! | `no-dynamic-pool`, `pool-excluded` | mend what keeps a pool from being used |
//! | `pod-affinity` | make the pod's term on the label a wish |
//! | `pod-anti-affinity` | make the pod's term on the label a wish, or that of the pods that avoid it |
//! | `requirement-conflict` | drop the pod's demand; drop the pool's requirement, or add to it what the pod demands |
//! | `reservation` | the policy `Fallback` |
//! | `restricted-label` | drop the pod's demand, or the pool's |
//! | `taint-not-tolerated` | a toleration; remove the taint from the pool |
//! | `topology-spread` | raise `maxSkew`; lower `minDomains`; `ScheduleAnyway`, of the policy's default constraint, too |
//! | `unsupported` | drop what is not decided on |
//! | `volume` | make or mend the object that is named; drop the volume |
//! | `volume-topology` | drop the pod's demand on a label of the places, or the pool's, or add a place to the pool's; drop the volume |
//! | `work-limit` | no limit in the policy; none where the caller ended the round |
//!
//! Where there are nodes, lower requests are tried whatever the reason: a node may have room for less.
//!
//! Of pods that don't exist, but stand for the room of a capacity buffer, nothing is changed: what surrounds them may be.

mod company;
mod label;
mod reason;
mod storage;

pub(super) use self::reason::candidates;
use super::{Change, PodChange, PoolChange, Size};
use crate::model::{NodePoolName, PodId};

/// A change that could help, or one number that could be turned.
pub(super) enum Candidate {
    /// As it is.
    Fixed(Change),
    /// With the least step that helps.
    Turned(Dial),
}

/// A number that can be turned step by step.
pub(super) struct Dial {
    /// The change after so many steps.
    pub(super) turn: Box<dyn Fn(u64) -> Change>,
    /// Where the answer perhaps is.
    pub(super) guess: u64,
    /// The most steps.
    pub(super) most: u64,
}

impl Candidate {
    /// How large the change will be, as far as it can be told before.
    pub(super) fn expected_size(&self) -> Size {
        match self {
            Self::Fixed(change) => change.size(),
            Self::Turned(dial) => (dial.turn)(dial.guess).size(),
        }
    }

    /// What tells it from others.
    pub(super) fn identity(&self) -> Change {
        match self {
            Self::Fixed(change) => change.clone(),
            Self::Turned(dial) => (dial.turn)(0),
        }
    }
}

/// A change of pods like this one.
fn pods(like: &PodId, change: PodChange) -> Candidate {
    Candidate::Fixed(Change::Pods { like: like.clone(), change })
}

/// A change of a pool.
fn pool(node_pool: &NodePoolName, change: PoolChange) -> Candidate {
    Candidate::Fixed(Change::Pool { node_pool: node_pool.clone(), change })
}
