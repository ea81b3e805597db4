//! Pods grouped by what they ask for, and what is wrong with it; not what is left of it when they are relaxed.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{
    forms::{Forms, Shape, ShapeId},
    names::Collector,
    pending::Pending,
    ports::Ports,
    problem::Origin,
    reader::Reader,
    resource::{Axis, Requests},
    table::Table,
    topology::{LabelsId, ShapeTerms},
    volumes::VolumesId,
};
use crate::{
    explain::{Reason, Unsupported},
    model::{
        Labels, Operator, Pod, PodSpec, RequirementEntry, Vocabulary, check_label_value,
        check_qualified_name, label,
    },
    policy::{Policy, PreferencePolicy},
};

/// Pods that can't be told apart by anything that is read.
#[derive(Clone, Debug)]
pub(super) struct Group<'s> {
    /// One of them.
    pub(super) pod: &'s Arc<Pod>,
    /// What they do at the moment: pods that run already or don't exist are not validated.
    pub(super) origin: Origin,
    /// How many there are.
    pub(super) pods: usize,
}

impl Group<'_> {
    /// Whether the pods run already.
    pub(super) fn is_running(&self) -> bool {
        !matches!(self.origin, Origin::IsVirtual | Origin::Waits)
    }
}

/// Groups pods by their specs, labels and namespaces: yields the groups and each pod's.
///
/// By pointer first: a snapshot's builder makes equal specs and labels one allocation.
pub(super) fn group<'s>(pending: &[Pending<'s>]) -> (Vec<Group<'s>>, Vec<usize>) {
    type Key<'s> = (*const PodSpec, *const Labels, &'s str, Origin);
    let mut slots: FxHashMap<Key<'_>, usize> = FxHashMap::default();
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut of_pod = Vec::with_capacity(pending.len());
    for &Pending { pod, origin } in pending {
        let key = (Arc::as_ptr(&pod.spec), Arc::as_ptr(&pod.labels), pod.id.namespace(), origin);
        let slot = *slots.entry(key).or_insert_with(|| {
            groups.push(Group { pod, origin, pods: 0 });
            groups.len() - 1
        });
        if let Some(group) = groups.get_mut(slot) {
            group.pods += 1;
        }
        of_pod.push(slot);
    }
    (groups, of_pod)
}

/// Notes what a pod demands.
pub(super) fn note(reader: Reader<'_>, collector: &mut Collector, spec: &PodSpec) {
    reader.note_labels(collector, &spec.node_selector);
    let wishes = spec.node_affinity.preferred.iter().map(|wish| &wish.preference);
    for term in spec.node_affinity.required.iter().chain(wishes) {
        reader.note_entries(collector, &term.match_expressions);
    }
}

/// Labels over whose values the pod is spread, kept near to or away from others; the host name is not one of them.
pub(super) fn topology_keys(spec: &PodSpec) -> impl Iterator<Item = &str> {
    let terms = [&spec.pod_affinity, &spec.pod_anti_affinity].into_iter().flat_map(|terms| {
        let preferred = terms.preferred.iter().map(|wish| &wish.pod_affinity_term);
        terms.required.iter().chain(preferred).map(|term| term.topology_key.as_str())
    });
    let spread = spec.topology_spread.iter().map(|spread| spread.topology_key.as_str());
    spread.chain(terms).filter(|key| *key != label::HOSTNAME)
}

/// Reads what pods ask for.
pub(super) struct ShapeReader<'a> {
    pub(super) reader: Reader<'a>,
    pub(super) axis: &'a Axis,
    pub(super) policy: &'a Policy,
}

impl ShapeReader<'_> {
    /// The shape of a group.
    pub(super) fn shape(
        &self,
        group: &Group<'_>,
        (terms, labels, volumes): (ShapeTerms, LabelsId, VolumesId),
        forms: &mut Forms,
        (requests, ports): (&mut Requests, &mut Ports),
    ) -> Shape {
        let spec = &group.pod.spec;
        let algebra = &mut forms.algebra;
        let selector = self.reader.labels(algebra, &spec.node_selector, None);
        let required = spec
            .node_affinity
            .required
            .iter()
            .map(|term| self.reader.entries(algebra, &term.match_expressions))
            .collect();
        let mut wishes: Vec<_> = match self.policy.preferences {
            PreferencePolicy::Ignore => Vec::new(),
            PreferencePolicy::Respect => spec.node_affinity.preferred.iter().collect(),
        };
        wishes.sort_by_key(|wish| std::cmp::Reverse(wish.weight));
        let preferred = wishes
            .into_iter()
            .map(|wish| self.reader.entries(algebra, &wish.preference.match_expressions))
            .collect();
        Shape {
            is_moved: group.origin == Origin::IsMoved,
            request: requests.pod(self.axis, &spec.requests),
            ports: ports.intern(&spec.host_ports),
            tolerations: forms.tolerance.tolerations(&spec.tolerations),
            selector,
            required,
            preferred,
            volumes,
            terms,
            labels,
            rejects_in: Vec::new(),
        }
    }
}

/// Interned shapes.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    /// By id.
    pub(super) rows: Table<ShapeId, Shape>,
    ids: FxHashMap<Shape, ShapeId>,
}

impl Shapes {
    /// Interns a shape.
    pub(super) fn intern(&mut self, shape: Shape) -> ShapeId {
        if let Some(&id) = self.ids.get(&shape) {
            return id;
        }
        let id = self.rows.push(shape.clone());
        self.ids.insert(shape, id);
        id
    }
}

/// Why a pod can't be placed whatever there is: its demands are against the rules, or not decided on yet.
pub(super) fn refusal(
    group: &Group<'_>,
    vocabulary: &Vocabulary,
    policy: &Policy,
) -> Option<Reason> {
    let spec = &group.pod.spec;
    let invalid = if group.origin == Origin::Waits { invalid(spec, vocabulary) } else { None };
    invalid.or_else(|| devices(spec, policy))
}

/// Why a pod with dynamic resource claims is refused.
fn devices(spec: &PodSpec, policy: &Policy) -> Option<Reason> {
    let reason = if policy.ignore_dynamic_resources {
        Reason::DynamicResourcesIgnored
    } else {
        Reason::Unsupported(Unsupported::DynamicResources)
    };
    (!spec.resource_claims.is_empty()).then_some(reason)
}

/// The first demand that is against the rules.
fn invalid(spec: &PodSpec, vocabulary: &Vocabulary) -> Option<Reason> {
    if opts_out(spec, vocabulary) {
        return Some(Reason::OptedOut);
    }
    let selector = spec
        .node_selector
        .iter()
        .map(|(key, value)| RequirementEntry::new(key, Operator::In, [value.as_str()]));
    let mut demands = selector.chain(
        spec.node_affinity.required.iter().flat_map(|term| term.match_expressions.iter().cloned()),
    );
    let invalid = demands.find_map(|entry| invalid_entry(&entry, vocabulary));
    let has_fields = spec.node_affinity.required.iter().any(|term| !term.match_fields.is_empty());
    invalid.or_else(|| has_fields.then_some(Reason::Unsupported(Unsupported::MatchFields)))
}

/// Whether the pod demands a machine of no pool.
fn opts_out(spec: &PodSpec, vocabulary: &Vocabulary) -> bool {
    let first = spec.node_affinity.required.first();
    let heaviest = spec.node_affinity.preferred.iter().rev().max_by_key(|wish| wish.weight);
    first
        .into_iter()
        .chain(heaviest.map(|wish| &wish.preference))
        .flat_map(|term| &term.match_expressions)
        .any(|entry| {
            entry.operator == Operator::DoesNotExist
                && vocabulary.canonical_key(&entry.key) == label::NODE_POOL
        })
}

fn invalid_entry(entry: &RequirementEntry, vocabulary: &Vocabulary) -> Option<Reason> {
    let key = vocabulary.canonical_key(&entry.key);
    if vocabulary.is_restricted(key) {
        return Some(Reason::RestrictedLabel { key: key.to_owned() });
    }
    let problem = problem(entry, key, vocabulary)?;
    Some(Reason::InvalidRequirement { key: key.to_owned(), problem })
}

/// What is wrong with a demand on a label under its current key.
pub(super) fn problem(
    entry: &RequirementEntry,
    key: &str,
    vocabulary: &Vocabulary,
) -> Option<String> {
    if let Err(error) = check_qualified_name(key) {
        return Some(error.to_string());
    }
    if let Some(error) = entry.values.iter().find_map(|value| check_label_value(value).err()) {
        return Some(error.to_string());
    }
    if entry.operator.is_bound() {
        let is_number = |value: &String| value.parse::<i64>().is_ok_and(|number| number >= 0);
        let is_single = entry.values.len() == 1 && entry.values.iter().all(is_number);
        return (!is_single)
            .then(|| format!("operator {} expects one non-negative integer", entry.operator));
    }
    if entry.operator != Operator::In {
        return None;
    }
    if entry.values.is_empty() {
        return Some("operator In expects at least one value".to_owned());
    }
    let closed = vocabulary.closed_values(key)?;
    let is_known = entry.values.iter().any(|value| closed.contains(value));
    (!is_known).then(|| {
        let known: Vec<&str> = closed.iter().map(String::as_str).collect();
        format!("none of its values is one of {}", known.join(", "))
    })
}
