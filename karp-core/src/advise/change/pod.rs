//! Changes of pods: what they ask for, demand of nodes and of other pods; not of what surrounds them.

use std::{fmt, sync::Arc};

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::{Likeness, Size};
use crate::{
    model::{
        HostPort, Operator, Pod, PodAffinityTerm, PodId, PodSpec, PodTerms, RequirementEntry,
        ResourceName, Taint, Toleration, TolerationOperator, WeightedPodAffinityTerm,
        WhenUnsatisfiable, amount_text,
    },
    snapshot::Snapshot,
};

/// A change of pods, as their workload's template would make it.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "kebab-case", rename_all_fields = "camelCase", tag = "what")]
pub enum PodChange {
    /// They ask for less of a resource.
    Request {
        /// The resource.
        resource: ResourceName,
        /// What they ask for, in the resource's unit.
        from: i64,
        /// The most with which they have a place; 0 = they don't ask for it.
        to: i64,
    },
    /// They tolerate a taint.
    Tolerate {
        /// The taint.
        taint: Taint,
    },
    /// They no longer demand a label by their node selector.
    DropSelector {
        /// The label, as written.
        key: String,
        /// Its value.
        value: String,
    },
    /// They no longer demand something of a label in their node terms; when a term has no other demand, they have no demand of this kind.
    DropDemand {
        /// The demand.
        demand: RequirementEntry,
    },
    /// They name the label that was meant.
    RenameKey {
        /// As written.
        from: String,
        /// As it is known.
        to: String,
    },
    /// They demand nothing of fields of a node.
    DropFields,
    /// A spread constraint allows a larger difference.
    MaxSkew {
        /// Place of the constraint in the list, from 0.
        place: usize,
        /// Its label.
        topology_key: String,
        /// The difference.
        from: u32,
        /// The least with which they have a place.
        to: u32,
    },
    /// A spread constraint wants fewer domains.
    MinDomains {
        /// Place of the constraint in the list, from 0.
        place: usize,
        /// Its label.
        topology_key: String,
        /// How many.
        from: u32,
        /// The most with which they have a place.
        to: u32,
    },
    /// A spread constraint becomes a wish.
    SoftSpread {
        /// Place of the constraint in the list, from 0.
        place: usize,
        /// Its label.
        topology_key: String,
    },
    /// A demand to be near other pods becomes a wish.
    SoftNear {
        /// Place of the term among the required ones, from 0.
        place: usize,
        /// Its label.
        topology_key: String,
    },
    /// A demand to be away from other pods becomes a wish.
    SoftAway {
        /// Place of the term among the required ones, from 0.
        place: usize,
        /// Its label.
        topology_key: String,
    },
    /// They don't take a port of their host.
    FreeHostPort {
        /// The port.
        port: HostPort,
    },
    /// They do without a volume.
    DropVolume {
        /// Its name inside the pod.
        volume: String,
    },
    /// They do without dynamic resources.
    DropResourceClaims,
}

/// Weight of a wish that was a demand: as much as a wish can have.
const HEAVIEST: i32 = 100;

impl PodChange {
    /// Changes every pod that is like one.
    pub(super) fn apply(&self, like: &PodId, snapshot: &mut Snapshot) {
        let Some(first) = snapshot.pods.iter().find(|pod| pod.id == *like) else { return };
        let likeness = Likeness::of(first);
        let mut is_like = likeness.test();
        // Pods that share a spec go on sharing one.
        let mut changed: FxHashMap<*const PodSpec, Arc<PodSpec>> = FxHashMap::default();
        let leaving = leaving(snapshot);
        for pod in &mut snapshot.pods {
            if !(self.is_for(pod, &leaving) && is_like(pod)) {
                continue;
            }
            let spec = changed.entry(Arc::as_ptr(&pod.spec)).or_insert_with(|| {
                let mut spec = (*pod.spec).clone();
                self.edit(&mut spec);
                Arc::new(spec)
            });
            let spec = Arc::clone(spec);
            Arc::make_mut(pod).spec = spec;
        }
    }

    /// Whether a pod looks for a place, or keeps others from one by what is changed.
    fn is_for(&self, pod: &Pod, leaving: &[String]) -> bool {
        match &pod.status.node {
            None => true,
            Some(node) => {
                matches!(self, Self::SoftAway { .. })
                    || leaving.binary_search_by(|own| own.as_str().cmp(node.as_str())).is_ok()
            }
        }
    }

    fn edit(&self, spec: &mut PodSpec) {
        match self {
            Self::Request { resource, to: 0, .. } => {
                let kept = spec.requests.iter().filter(|(name, _)| *name != resource);
                spec.requests = kept.map(|(name, amount)| (name.clone(), amount)).collect();
            }
            Self::Request { resource, to, .. } => spec.requests.set(resource.clone(), *to),
            Self::Tolerate { taint } => spec.tolerations.push(toleration(taint)),
            Self::DropSelector { key, .. } => {
                spec.node_selector.remove(key);
            }
            Self::DropDemand { demand } => drop_demand(spec, demand),
            Self::RenameKey { from, to } => rename(spec, from, to),
            Self::DropFields => {
                let terms = &mut spec.node_affinity.required;
                for term in terms.iter_mut() {
                    term.match_fields.clear();
                }
                if terms.iter().any(|term| term.match_expressions.is_empty()) {
                    terms.clear();
                }
            }
            Self::MaxSkew { place, to, .. } => {
                spec.topology_spread.get_mut(*place).into_iter().for_each(|one| one.max_skew = *to);
            }
            Self::MinDomains { place, to, .. } => spec
                .topology_spread
                .get_mut(*place)
                .into_iter()
                .for_each(|one| one.min_domains = Some(*to)),
            Self::SoftSpread { place, .. } => {
                let one = spec.topology_spread.get_mut(*place).into_iter();
                one.for_each(|one| one.when_unsatisfiable = WhenUnsatisfiable::ScheduleAnyway);
            }
            Self::SoftNear { place, .. } => soften(&mut spec.pod_affinity, *place),
            Self::SoftAway { place, .. } => soften(&mut spec.pod_anti_affinity, *place),
            Self::FreeHostPort { port } => spec.host_ports.retain(|own| own != port),
            Self::DropVolume { volume } => spec.volumes.retain(|own| own.name != *volume),
            Self::DropResourceClaims => spec.resource_claims.clear(),
        }
    }

    pub(super) fn share(&self) -> u32 {
        match self {
            Self::Request { from, to, .. } => Size::between(*from, *to),
            Self::MaxSkew { from, to, .. } | Self::MinDomains { from, to, .. } => {
                Size::between(i64::from(*from), i64::from(*to))
            }
            Self::Tolerate { .. }
            | Self::RenameKey { .. }
            | Self::SoftSpread { .. }
            | Self::SoftNear { .. }
            | Self::SoftAway { .. } => Size::HALF,
            Self::DropSelector { .. }
            | Self::DropDemand { .. }
            | Self::DropFields
            | Self::FreeHostPort { .. }
            | Self::DropVolume { .. }
            | Self::DropResourceClaims => Size::WHOLE,
        }
    }

    pub(super) fn describe(&self, like: &PodId, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whose = format_args!("of pods like `{like}`");
        match self {
            Self::Request { resource, from, to: 0 } => write!(
                f,
                "drop the request for {} of {resource} {whose}",
                amount_text(resource, *from)
            ),
            Self::Request { resource, from, to } => write!(
                f,
                "lower the {resource} request {whose} from {} to {}, by {}",
                amount_text(resource, *from),
                amount_text(resource, *to),
                amount_text(resource, from.saturating_sub(*to))
            ),
            Self::Tolerate { taint } => write!(f, "let pods like `{like}` tolerate {taint}"),
            Self::DropSelector { key, value } => {
                write!(f, "drop {key}={value} from the node selector {whose}")
            }
            Self::DropDemand { demand } => write!(
                f,
                "drop {} {}{} from the node affinity {whose}",
                demand.key,
                demand.operator,
                Listed(demand)
            ),
            Self::RenameKey { from, to } => {
                write!(f, "write `{to}` where the node demands {whose} say `{from}`")
            }
            Self::DropFields => write!(f, "drop matchFields from the node affinity {whose}"),
            Self::MaxSkew { topology_key, from, to, .. } => {
                write!(f, "raise maxSkew over {topology_key} {whose} from {from} to {to}")
            }
            Self::MinDomains { topology_key, from, to, .. } => {
                write!(f, "lower minDomains over {topology_key} {whose} from {from} to {to}")
            }
            Self::SoftSpread { topology_key, .. } => {
                write!(f, "make the spread over {topology_key} {whose} ScheduleAnyway")
            }
            Self::SoftNear { topology_key, .. } => {
                write!(f, "make the affinity over {topology_key} {whose} preferred")
            }
            Self::SoftAway { topology_key, .. } => {
                write!(f, "make the anti-affinity over {topology_key} {whose} preferred")
            }
            Self::FreeHostPort { port } => {
                write!(f, "free the host port {}/{} {whose}", port.port, port.protocol)
            }
            Self::DropVolume { volume } => write!(f, "drop the volume `{volume}` {whose}"),
            Self::DropResourceClaims => write!(f, "drop the resource claims {whose}"),
        }
    }
}

/// Values of a demand in brackets; nothing where there are none.
pub(super) struct Listed<'a>(pub(super) &'a RequirementEntry);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.values.is_empty() { Ok(()) } else { write!(f, " [{}]", self.0.values.join(" ")) }
    }
}

/// Names of nodes that are on their way out, in order: their pods look for other places.
fn leaving(snapshot: &Snapshot) -> Vec<String> {
    let states = crate::snapshot::state_nodes(snapshot);
    let mut names: Vec<String> = states
        .iter()
        .filter(|state| state.deleting)
        .filter_map(|state| state.node.as_ref().map(|node| node.name.to_string()))
        .collect();
    names.sort_unstable();
    names
}

/// The consent to exactly one taint.
pub(in crate::advise) fn toleration(taint: &Taint) -> Toleration {
    let one = if taint.value.is_empty() {
        Toleration::exists(&taint.key).with_operator(TolerationOperator::Exists)
    } else {
        Toleration::equal(&taint.key, &taint.value)
    };
    one.with_effect(taint.effect)
}

/// Removes a demand from all terms. A term without demands is met by every node, so that nothing is demanded then.
fn drop_demand(spec: &mut PodSpec, demand: &RequirementEntry) {
    let terms = &mut spec.node_affinity.required;
    let had = terms.len();
    for term in terms.iter_mut() {
        term.match_expressions.retain(|own| own != demand);
    }
    let is_bare = |term: &crate::model::NodeSelectorTerm| {
        term.match_expressions.is_empty() && term.match_fields.is_empty()
    };
    if had > 0 && terms.iter().any(is_bare) {
        terms.clear();
    }
    if demand.operator == Operator::DoesNotExist {
        // A wish can keep pods from all pools, too.
        spec.node_affinity
            .preferred
            .retain(|wish| !wish.preference.match_expressions.contains(demand));
    }
}

fn rename(spec: &mut PodSpec, from: &str, to: &str) {
    if let Some(value) = spec.node_selector.remove(from) {
        spec.node_selector.insert(to.to_owned(), value);
    }
    let terms = spec.node_affinity.required.iter_mut();
    for entry in terms.flat_map(|term| &mut term.match_expressions) {
        if entry.key == from {
            to.clone_into(&mut entry.key);
        }
    }
}

/// Makes a required term a wish.
fn soften(terms: &mut PodTerms, place: usize) {
    if place >= terms.required.len() {
        return;
    }
    let pod_affinity_term: PodAffinityTerm = terms.required.remove(place);
    terms.preferred.push(WeightedPodAffinityTerm { weight: HEAVIEST, pod_affinity_term });
}
