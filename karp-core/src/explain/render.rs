//! Prose for one pod without a place: what it asks for, what each pool says, what would help; not the reasons themselves.

use std::{fmt, sync::Arc};

use super::{PoolRefusal, Reason, Unplaced};
use crate::{
    model::{Pod, amount_text},
    snapshot::Snapshot,
};

/// An explanation, ready to be printed.
///
/// Pools with the same reason are named together; at most five lines of reasons, then a count.
#[derive(Clone, Debug)]
pub struct Explanation {
    unplaced: Unplaced,
    pod: Option<Arc<Pod>>,
    helps: bool,
}

/// Most lines of reasons.
const LINES: usize = 5;

impl Unplaced {
    /// Says in prose why the pod has no place, and what would help.
    pub fn explain(&self, snapshot: &Snapshot) -> Explanation {
        let pod = snapshot.pods.iter().find(|pod| pod.id == self.pod).map(Arc::clone);
        Explanation { unplaced: self.clone(), pod, helps: true }
    }
}

impl Explanation {
    /// The reasons alone, without what would lift each; for those who say better what helps.
    #[must_use]
    pub const fn reasons_alone(mut self) -> Self {
        self.helps = false;
        self
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pod `{}` has no place", self.unplaced.pod)?;
        if let Some(pod) = self.pod.as_ref().filter(|pod| !pod.spec.requests.is_empty()) {
            write!(f, "; it asks for ")?;
            for (index, (name, amount)) in pod.spec.requests.iter().enumerate() {
                let comma = if index == 0 { "" } else { ", " };
                write!(f, "{comma}{name} {}", amount_text(name, amount))?;
            }
        }
        writeln!(f)?;
        let groups = grouped(&self.unplaced.reasons);
        for (reason, pools) in groups.iter().take(LINES) {
            match pools.as_slice() {
                [] => writeln!(f, "  {reason}")?,
                pools => writeln!(f, "  {}: {reason}", pools.join(", "))?,
            }
            if let Some(help) = help(reason).filter(|_| self.helps) {
                writeln!(f, "    → {help}")?;
            }
        }
        match groups.len().saturating_sub(LINES) {
            0 => Ok(()),
            more => writeln!(f, "  and {more} more reasons"),
        }
    }
}

/// Reasons in the order of their first pool, each with the pools that give it.
fn grouped(refusals: &[PoolRefusal]) -> Vec<(&Reason, Vec<String>)> {
    let mut groups: Vec<(&Reason, Vec<String>)> = Vec::new();
    for refusal in refusals {
        let pool = refusal.node_pool.as_ref().map(ToString::to_string);
        match groups.iter_mut().find(|(reason, _)| **reason == refusal.reason) {
            Some((_, pools)) => pools.extend(pool),
            None => groups.push((&refusal.reason, pool.into_iter().collect())),
        }
    }
    groups
}

/// The nearest thing to do about a reason, if there is one that surely lifts it.
fn help(reason: &Reason) -> Option<String> {
    match reason {
        Reason::TaintNotTolerated { taint } => {
            Some(format!("a toleration for {taint} would lift this"))
        }
        Reason::LabelUnknown { key, .. } => {
            Some(format!("a label or requirement `{key}` in the pool's template would lift this"))
        }
        Reason::LimitExceeded { resource, remaining, needed } => Some(format!(
            "raising the pool's {resource} limit by {} would lift this",
            amount_text(resource, needed.saturating_sub(*remaining))
        )),
        Reason::NodeLimitReached => {
            Some("raising the pool's limit on nodes would lift this".to_owned())
        }
        Reason::InvalidRequirement { .. }
        | Reason::MinValues { .. }
        | Reason::NoInstanceType(_)
        | Reason::Contradiction { .. }
        | Reason::DynamicResourcesIgnored
        | Reason::NoTypesInPool
        | Reason::NoDynamicPool
        | Reason::OptedOut
        | Reason::PodAffinity { .. }
        | Reason::PodAntiAffinity { .. }
        | Reason::PoolExcluded { .. }
        | Reason::RequirementConflict { .. }
        | Reason::Reservation
        | Reason::RestrictedLabel { .. }
        | Reason::TopologySpread { .. }
        | Reason::Unsupported(_)
        | Reason::Volume { .. }
        | Reason::VolumeTopology { .. }
        | Reason::WorkLimit => None,
    }
}
