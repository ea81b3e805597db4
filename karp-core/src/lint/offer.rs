//! What a pool offers to pods: its machines' labels, and the types that they can be; not which pods there are.

use std::borrow::Cow;

use crate::{
    budget::PoolBudgets,
    model::{
        Effect, InstanceType, NodePool, Offering, PodSpec, Requirement, RequirementEntry,
        Requirements, Taint, Toleration, Undefined, Vocabulary, label, untolerated,
    },
    snapshot::Snapshot,
};

/// A pool, and what it offers.
#[derive(Clone, Debug)]
pub(super) struct PoolOffer<'a> {
    pub(super) pool: &'a NodePool,
    /// `NodePool general`.
    pub(super) object: String,
    /// What its machines are before any pod is on them, under the provider's names of keys and values.
    pub(super) requirements: Requirements,
    /// Types that meet the requirements and are offered where they demand it, whether there are any left or not.
    pub(super) types: Vec<TypeOffer<'a>>,
    /// Whether the pool can sell anything at all: its types are known and nothing keeps it from being used.
    pub(super) is_open: bool,
    /// How its nodes may be disrupted.
    pub(super) budgets: PoolBudgets,
}

/// A type under the provider's names of keys and values.
#[derive(Clone, Debug)]
pub(super) struct TypeOffer<'a> {
    pub(super) kind: &'a InstanceType,
    pub(super) requirements: Cow<'a, Requirements>,
}

impl<'a> PoolOffer<'a> {
    /// Reads a pool of the snapshot.
    pub(super) fn new(pool: &'a NodePool, snapshot: &'a Snapshot) -> Self {
        let words = &snapshot.vocabulary;
        let requirements = requirements(pool, words);
        let types = snapshot.types_of(&pool.name);
        let is_used =
            !snapshot.excluded_pools.contains_key(&pool.name) && pool.deleting_since.is_none();
        let offers = types.iter().map(|kind| TypeOffer::new(kind, words));
        Self {
            pool,
            object: format!("NodePool {}", pool.name),
            types: offers.filter(|offer| offer.is_sold_under(&requirements, words)).collect(),
            requirements,
            is_open: is_used && !types.is_empty(),
            budgets: PoolBudgets::read(&pool.disruption.budgets),
        }
    }

    /// Taints that keep pods away.
    pub(super) fn hard_taints(&self) -> impl Iterator<Item = &'a Taint> {
        self.pool.template.taints.iter().filter(|taint| taint.effect != Effect::PreferNoSchedule)
    }

    /// Whether a pod could run on a machine of the pool as far as labels and taints decide it, whatever its size.
    pub(super) fn may_hold(&self, spec: &PodSpec, words: &Vocabulary) -> bool {
        self.tolerated_by(&spec.tolerations)
            && demands(spec, words).iter().any(|demand| self.meets(demand, words))
    }

    /// Whether tolerations cover all hard taints.
    pub(super) fn tolerated_by(&self, tolerations: &[Toleration]) -> bool {
        untolerated(self.hard_taints(), tolerations).next().is_none()
    }

    fn meets(&self, demand: &Requirements, words: &Vocabulary) -> bool {
        if !self.requirements.is_compatible(demand, Undefined::WellKnown(words)) {
            return false;
        }
        let mut joint = self.requirements.clone();
        joint.add_all(demand);
        !self.is_open || self.types.iter().any(|offer| offer.is_sold_under(&joint, words))
    }
}

impl<'a> TypeOffer<'a> {
    pub(super) fn new(kind: &'a InstanceType, words: &Vocabulary) -> Self {
        Self { kind, requirements: renamed(&kind.requirements, words) }
    }

    /// Whether its labels can be what is required, and some offering, available or not, is.
    pub(super) fn is_sold_under(&self, required: &Requirements, words: &Vocabulary) -> bool {
        self.agrees_with(required) && self.offerings_under(required, words).next().is_some()
    }

    /// Whether its labels can be what is required.
    pub(super) fn agrees_with(&self, required: &Requirements) -> bool {
        agree(&self.requirements, required)
    }

    /// Offerings that are what is required.
    pub(super) fn offerings_under(
        &self,
        required: &Requirements,
        words: &Vocabulary,
    ) -> impl Iterator<Item = &'a Offering> {
        self.kind.offerings.iter().filter(|offering| {
            let offered = renamed(&offering.requirements, words);
            required.is_compatible(&offered, Undefined::WellKnown(words))
        })
    }
}

/// Pools on whose machines pods of this spec may run, as far as labels and taints decide it, in the order of their names; whatever room there is.
///
/// For lints of providers: an agent that must stay off managed machines, for example, should have no pool here.
///
/// ```
/// use karp_core::{lint::pools_that_may_hold, model::{NodePool, Pod, label}, snapshot::Snapshot};
///
/// let snapshot = Snapshot::builder("2026-01-15T12:00:00Z".parse()?).node_pool(NodePool::new("general")).build()?;
/// let pod = Pod::new("web");
/// assert_eq!(pools_that_may_hold(&snapshot, &pod.spec).len(), 1);
/// let elsewhere = pod.on_nodes_with(label::NODE_POOL, "other");
/// assert!(pools_that_may_hold(&snapshot, &elsewhere.spec).is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn pools_that_may_hold<'a>(snapshot: &'a Snapshot, spec: &PodSpec) -> Vec<&'a NodePool> {
    let mut pools: Vec<&NodePool> = snapshot
        .node_pools
        .iter()
        .map(|pool| PoolOffer::new(pool, snapshot))
        .filter(|offer| offer.may_hold(spec, &snapshot.vocabulary))
        .map(|offer| offer.pool)
        .collect();
    pools.sort_by(|a, b| a.name.cmp(&b.name));
    pools
}

/// What a pool's machines are: what is required in it, and the labels that each carries.
fn requirements(pool: &NodePool, words: &Vocabulary) -> Requirements {
    let written = pool.template.requirements.iter().map(Requirement::from);
    let labels = pool.template.labels.iter();
    let labels = labels.map(|(key, value)| Requirement::equals(key, value.as_str()));
    let class = &pool.template.node_class;
    let class = (!class.kind.is_empty())
        .then(|| Requirement::equals(&class.label_key(), class.name.as_str()));
    let own = Requirement::equals(label::NODE_POOL, pool.name.as_str());
    let all = written.chain(labels).chain(class).chain([own]);
    all.map(|requirement| requirement.normalized(words)).collect::<Requirements>().offered()
}

/// What a pod demands of a node's labels: one set per alternative, none if no node of the future can do.
fn demands(spec: &PodSpec, words: &Vocabulary) -> Vec<Requirements> {
    let normalized = |requirement: Requirement| requirement.normalized(words);
    let selector: Requirements = spec
        .node_selector
        .iter()
        .map(|(key, value)| normalized(Requirement::equals(key, value.as_str())))
        .collect();
    let terms = &spec.node_affinity.required;
    if terms.is_empty() {
        return vec![selector];
    }
    let by_labels = terms.iter().filter(|term| term.match_fields.is_empty());
    let with_term = |entries: &[RequirementEntry]| {
        let mut demand = selector.clone();
        demand.extend(entries.iter().map(|entry| normalized(Requirement::from(entry))));
        demand
    };
    by_labels.map(|term| with_term(&term.match_expressions)).collect()
}

/// Whether every key that both sides restrict has a value in common, or may be absent on both.
pub(super) fn agree(one: &Requirements, other: &Requirements) -> bool {
    other.iter().all(|demand| {
        one.get(demand.key()).is_none_or(|own| {
            own.has_intersection(demand) || own.admits_absence() && demand.admits_absence()
        })
    })
}

/// Requirements under the provider's names; nothing is copied where they have them already.
pub(super) fn renamed<'a>(
    requirements: &'a Requirements,
    words: &Vocabulary,
) -> Cow<'a, Requirements> {
    let is_current = requirements.iter().all(|requirement| {
        let key = requirement.key();
        words.canonical_key(key) == key
            && requirement.values().all(|value| words.canonical_value(key, value) == value)
    });
    if is_current {
        return Cow::Borrowed(requirements);
    }
    Cow::Owned(requirements.iter().map(|requirement| requirement.normalized(words)).collect())
}
