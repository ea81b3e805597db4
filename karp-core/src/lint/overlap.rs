//! Pools between which nothing but their names decides, with a pod that proves it; not which of them should win.

use std::{collections::BTreeSet, fmt::Write as _};

use super::{
    Rule, Settings,
    cluster::Cluster,
    instance_types::different_values,
    offer::{PoolOffer, TypeOffer, agree},
};
use crate::{
    model::{
        CapacityType, Effect, Finding, InstanceTypeName, Labels, NodePoolName, Offering, Pod,
        Requirements, ResourceName, Resources, Severity, Taint, Toleration, Undefined, Vocabulary,
        check_label_value, label,
    },
    snapshot::Snapshot,
};

/// Pools of one weight that would buy the same machine for the same pod.
pub(super) const POOLS: Rule = Rule::new(
    "overlapping-pools",
    Severity::Warning,
    "nothing but the name decides between two pools",
    "give one of them a `weight`, or set them apart: by requirements that exclude each other, or by a taint on each",
);

/// Two pools of one weight, and a pod that either would buy a machine for.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Overlap {
    /// The pools, in the order of their names.
    pub pools: [NodePoolName; 2],
    /// A pod that both accept: it demands what they have in common and tolerates the taints of both.
    pub pod: Pod,
    /// A type that both could buy for it.
    pub instance_type: InstanceTypeName,
    /// Whether every pod that the taints of one let in is let in by those of the other; if not, only pods that tolerate more may go to either.
    pub is_mutual: bool,
}

/// Every pair of pools between which only the name decides, in the order of names.
///
/// Two pools overlap when they have one weight, some type that can be bought now meets the requirements of both, and the tolerations that
/// one of them asks for are enough for the other. That plain pods may go to either of two pools whose requirements exclude each other is no overlap: what
/// is bought for them is told by the requirements. Neither is a pod that tolerates two taints for which no pool asks together.
///
/// Each pod is proven against either pool: labels, taints, sizes with all daemon sets on the machine, `minValues`, limits. Usage of limits is not looked at.
///
/// # Example: a team that thought its own pool would be used
///
/// ```
/// use karp_core::{
///     lint::{Settings, overlaps},
///     model::{CapacityType::OnDemand, InstanceType, NodePool, usd},
///     snapshot::Snapshot,
/// };
///
/// let large = InstanceType::new("m.large").cpu("2").memory("8Gi").offering("z1", OnDemand, usd("0.096"));
/// let snapshot = Snapshot::builder("2026-01-15T12:00:00Z".parse()?)
///     .instance_types([large])
///     .node_pools([NodePool::new("general"), NodePool::new("search").label("team", "search")])
///     .build()?;
/// let overlaps = overlaps(&snapshot, &Settings::default());
/// assert_eq!(overlaps[0].pools.clone().map(|pool| pool.to_string()), ["general", "search"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn overlaps(snapshot: &Snapshot, settings: &Settings) -> Vec<Overlap> {
    overlapping(&Cluster::new(snapshot, settings))
}

/// One finding per pool and kind of overlap, about the first partner; with many pools that all overlap, pairs would be too many to read.
pub(super) fn find(cluster: &Cluster<'_>) -> Vec<Finding> {
    let overlaps = overlapping(cluster);
    let mut findings = Vec::new();
    for is_mutual in [true, false] {
        let mut rest: Vec<&Overlap> =
            overlaps.iter().filter(|overlap| overlap.is_mutual == is_mutual).collect();
        while let Some(&first) = rest.first() {
            let [pool, _] = &first.pools;
            let before = rest.len();
            rest.retain(|overlap| overlap.pools.first() != Some(pool));
            findings.push(finding(first, before - rest.len() - 1));
        }
    }
    findings
}

fn finding(overlap: &Overlap, others: usize) -> Finding {
    let [pool, partner] = &overlap.pools;
    let mut partners = format!("`{partner}`");
    if others > 0 {
        let _ = write!(partners, " (and {others} more)");
    }
    let whom = if overlap.is_mutual { "" } else { " that tolerates the taints" };
    let message = format!(
        "a pod{whom} fits it and {partners} alike, neither weighs more, and the later name wins: for example, {} gets {} from either",
        shown(&overlap.pod),
        overlap.instance_type
    );
    let finding = POOLS.finding(format!("NodePool {pool}"), message).at("spec.weight");
    if overlap.is_mutual { finding } else { Finding { severity: Severity::Info, ..finding } }
}

/// A pod as one line of YAML.
fn shown(pod: &Pod) -> String {
    let selector: Vec<String> =
        pod.spec.node_selector.iter().map(|(key, value)| format!("{key}: {value}")).collect();
    let tolerations: Vec<String> = pod.spec.tolerations.iter().map(ToString::to_string).collect();
    let mut parts = vec![format!("requests: {}", pod.spec.requests)];
    if !selector.is_empty() {
        parts.push(format!("nodeSelector: {{{}}}", selector.join(", ")));
    }
    if !tolerations.is_empty() {
        parts.push(format!("tolerating {}", tolerations.join(", ")));
    }
    format!("one with {}", parts.join("; "))
}

fn overlapping(cluster: &Cluster<'_>) -> Vec<Overlap> {
    let daemons = daemon_requests(cluster.snapshot);
    let judge = Judge { words: cluster.words(), daemons: &daemons };
    let mut overlaps = Vec::new();
    for (index, one) in cluster.pools.iter().enumerate() {
        for other in cluster.pools.iter().skip(index + 1) {
            if one.pool.weight == other.pool.weight {
                overlaps.extend(judge.overlap(one, other));
            }
        }
    }
    overlaps
}

/// What all daemon sets ask for together: more than is ever on one machine, so that what fits beside it fits for certain.
fn daemon_requests(snapshot: &Snapshot) -> Resources {
    let one_pod = Resources::new().with(ResourceName::PODS, 1);
    let pods = snapshot.pods.iter().filter(|pod| pod.is_daemon()).map(|pod| &pod.spec.requests);
    let most_of_pods = Resources::max_of(pods);
    let sets = snapshot.daemon_sets.iter();
    let each = sets.map(|set| set.template.spec.requests.max(&most_of_pods).merge(&one_pod));
    let each: Vec<Resources> = each.collect();
    Resources::sum_of(&each)
}

/// Judges whether pools would buy a machine for a pod.
#[derive(Clone, Copy, Debug)]
struct Judge<'a> {
    words: &'a Vocabulary,
    daemons: &'a Resources,
}

impl Judge<'_> {
    /// The proof that two pools of one weight overlap.
    fn overlap(self, one: &PoolOffer<'_>, other: &PoolOffer<'_>) -> Option<Overlap> {
        let sells = |offer: &PoolOffer<'_>| {
            offer.is_open && offer.pool.is_ready() && !offer.pool.is_static()
        };
        if !sells(one) || !sells(other) || soft_taints(one) != soft_taints(other) {
            return None;
        }
        let (to_one, to_other) = (tolerations(one), tolerations(other));
        let (goes_back, goes_over) = (one.tolerated_by(&to_other), other.tolerated_by(&to_one));
        if !goes_back && !goes_over {
            return None;
        }
        let joint = joint(one, other)?;
        let mut pod = Pod::new("example").request("cpu", "100m").request("memory", "128Mi");
        pod.spec_mut().tolerations = if goes_over { to_one } else { to_other };
        let (kind, offering) = self.sold_by_both(one, other, &joint, &pod)?;
        let mut choosy = pod.clone();
        choosy.spec_mut().node_selector = self.selector(&joint, kind, offering);
        let proven = [choosy, pod]
            .into_iter()
            .find(|pod| self.accepts(one, pod) && self.accepts(other, pod));
        Some(Overlap {
            pools: [one.pool.name.clone(), other.pool.name.clone()],
            pod: proven?,
            instance_type: kind.kind.name.clone(),
            is_mutual: goes_back && goes_over,
        })
    }

    /// A type that both pools can buy for the pod under what both require, and an offering of it.
    fn sold_by_both<'a>(
        self,
        one: &'a PoolOffer<'_>,
        other: &PoolOffer<'_>,
        joint: &Requirements,
        pod: &Pod,
    ) -> Option<(&'a TypeOffer<'a>, &'a Offering)> {
        one.types.iter().find_map(|kind| {
            let same = other.types.binary_search_by(|there| there.kind.name.cmp(&kind.kind.name));
            let same = other.types.get(same.ok()?)?;
            let fits = self.has_room(one, kind, pod) && self.has_room(other, same, pod);
            // The order in which offerings are listed decides nothing.
            let by_label =
                |own: &&Offering| (own.zone().map(str::to_owned), own.capacity_type(), own.price);
            let offering = self.offerings(kind, joint).min_by_key(by_label).filter(|_| fits)?;
            self.offerings(same, joint).next().map(|_| (kind, offering))
        })
    }

    /// Demands on every well-known label that the pools restrict, with the values of a type; none where pools ask for different values.
    fn selector(self, joint: &Requirements, kind: &TypeOffer<'_>, offering: &Offering) -> Labels {
        if joint.has_min_values() {
            return Labels::new();
        }
        let keys =
            joint.keys().filter(|key| *key != label::NODE_POOL && self.words.is_well_known(key));
        let pinned = keys.filter_map(|key| {
            let of_type = || {
                let listed = kind.requirements.get(key).filter(|own| !own.is_complement())?;
                listed.values().find(|value| joint.get(key).is_some_and(|all| all.has(value)))
            };
            let value = offering.single(key).or_else(of_type)?;
            let is_known = self.words.closed_values(key).is_none_or(|known| known.contains(value));
            (is_known && check_label_value(value).is_ok())
                .then(|| (key.to_owned(), value.to_owned()))
        });
        pinned.collect()
    }

    /// Whether the pool would buy a machine for the pod, had it bought none before.
    fn accepts(self, offer: &PoolOffer<'_>, pod: &Pod) -> bool {
        let demand = Requirements::from_labels(&pod.spec.node_selector);
        let required = &offer.requirements;
        if required.has(label::HOSTNAME)
            || !required.is_compatible(&demand, Undefined::WellKnown(self.words))
        {
            return false;
        }
        let mut joint = required.clone();
        joint.add_all(&demand);
        let would_do = |kind: &&TypeOffer<'_>| {
            kind.agrees_with(&joint)
                && self.has_room(offer, kind, pod)
                && self.offerings(kind, &joint).next().is_some()
        };
        let mut types = offer.types.iter().filter(would_do);
        if !joint.has_min_values() {
            return types.next().is_some();
        }
        let types: Vec<&TypeOffer<'_>> = types.collect();
        let has_values = joint.iter().all(|requirement| {
            let least = requirement.min_values().unwrap_or(0);
            let there = different_values(requirement.key(), types.iter().copied());
            there >= usize::try_from(least).unwrap_or(usize::MAX)
        });
        !types.is_empty() && has_values
    }

    /// Offerings that can be bought now, at the size of the type itself; reserved ones are for those who paid for them.
    fn offerings<'a>(
        self,
        kind: &TypeOffer<'a>,
        joint: &Requirements,
    ) -> impl Iterator<Item = &'a Offering> {
        kind.offerings_under(joint, self.words).filter(|offering| {
            offering.available
                && offering.capacity_type() != Some(CapacityType::Reserved)
                && offering.capacity_override.is_none()
                && offering.overhead_override.is_none()
        })
    }

    /// Whether the pod and all daemons fit on the type, and the type under the pool's limits.
    fn has_room(self, offer: &PoolOffer<'_>, kind: &TypeOffer<'_>, pod: &Pod) -> bool {
        let one_pod = Resources::new().with(ResourceName::PODS, 1);
        let needed = pod.spec.requests.merge(&one_pod).merge(self.daemons);
        let has_room = needed.fits(&kind.kind.allocatable());
        let mut limits = offer.pool.limits.iter().flat_map(Resources::iter);
        has_room
            && limits.all(|(resource, limit)| {
                let taken = kind.kind.capacity.amount(resource);
                limit >= if *resource == ResourceName::NODES { taken.max(1) } else { taken }
            })
    }
}

/// What both pools require, apart from their own names and classes; none when they exclude each other.
fn joint(one: &PoolOffer<'_>, other: &PoolOffer<'_>) -> Option<Requirements> {
    let shared = |offer: &PoolOffer<'_>| {
        let mut requirements = offer.requirements.clone();
        requirements.remove(label::NODE_POOL);
        requirements.remove(&offer.pool.template.node_class.label_key());
        requirements
    };
    let (mut joint, other) = (shared(one), shared(other));
    if !agree(&joint, &other) {
        return None;
    }
    joint.add_all(&other);
    Some(joint)
}

/// Consent to exactly the taints of a pool.
fn tolerations(offer: &PoolOffer<'_>) -> Vec<Toleration> {
    let taints: BTreeSet<&Taint> = offer.hard_taints().collect();
    let consent = |taint: &Taint| {
        Toleration::equal(taint.key.as_str(), taint.value.as_str()).with_effect(taint.effect)
    };
    taints.into_iter().map(consent).collect()
}

/// Taints that let pods in when nothing else is left: of two pools, that without them is tried first.
fn soft_taints<'a>(offer: &'a PoolOffer<'_>) -> BTreeSet<&'a Taint> {
    let taints = offer.pool.template.taints.iter();
    taints.filter(|taint| taint.effect == Effect::PreferNoSchedule).collect()
}
