//! All constraints with the pods that count for each: those that stay where they are, then each pod that is placed.

use std::{collections::BTreeSet, sync::Arc};

use rustc_hash::FxHashMap;

use super::{
    constraint::{Constraint, Kind},
    domains::{Domains, single},
    group::{Asker, Group, Refusal},
};
use crate::{
    check::{form::Form, world::World},
    model::{Labels, NodeName, Pod, PodId, Requirement, Requirements, SelectorOperator, Taint},
};

/// All constraints with their counts.
pub(super) struct Census<'w> {
    world: &'w World<'w>,
    domains: Domains<'w>,
    groups: Vec<Group>,
    ids: FxHashMap<Constraint, usize>,
    /// Constraints about pods with a certain label, by that label; the others.
    by_label: FxHashMap<(String, String), Vec<usize>>,
    others: Vec<usize>,
}

impl<'w> Census<'w> {
    pub(super) fn new(world: &'w World<'w>) -> Self {
        Self {
            world,
            domains: Domains::new(world),
            groups: Vec::new(),
            ids: FxHashMap::default(),
            by_label: FxHashMap::default(),
            others: Vec::new(),
        }
    }

    /// Places of constraints in the list of all; new ones are added.
    pub(super) fn note(&mut self, constraints: Vec<Constraint>) -> Vec<usize> {
        let mut noted: Vec<usize> =
            constraints.into_iter().map(|constraint| self.group(constraint)).collect();
        noted.sort_unstable();
        noted.dedup();
        noted
    }

    fn group(&mut self, constraint: Constraint) -> usize {
        if let Some(&known) = self.ids.get(&constraint) {
            return known;
        }
        let id = self.groups.len();
        let known = self.domains.known(&constraint);
        match demanded_label(&constraint) {
            Some(label) => self.by_label.entry(label).or_default().push(id),
            None => self.others.push(id),
        }
        self.ids.insert(constraint.clone(), id);
        let counts = known.into_iter().map(|domain| (domain, 0)).collect();
        self.groups.push(Group { constraint, counts });
        id
    }

    /// Constraints about a pod: those that count it, and those that reject it.
    pub(super) fn about(&self, namespace: &str, labels: &Labels) -> (Vec<usize>, Vec<usize>) {
        let labelled = labels
            .iter()
            .filter_map(|(key, value)| self.by_label.get(&(key.clone(), value.clone())));
        let mut all: Vec<usize> = labelled.flatten().chain(&self.others).copied().collect();
        all.sort_unstable();
        let selecting = all.into_iter().filter_map(|id| Some((id, self.groups.get(id)?)));
        let selecting = selecting.filter(|(_, group)| group.constraint.selects(namespace, labels));
        let (rejecting, counting): (Vec<_>, Vec<_>) =
            selecting.partition(|(_, group)| group.constraint.kind == Kind::Rejected);
        let ids = |those: Vec<(usize, &Group)>| those.into_iter().map(|(id, _)| id).collect();
        (ids(counting), ids(rejecting))
    }

    /// Counts the pods that stay where they are; to be called when all constraints of others are noted.
    pub(super) fn count_bound(&mut self, moving: &BTreeSet<&PodId>) {
        let world = self.world;
        let stations: FxHashMap<&NodeName, usize> =
            self.domains.stations.iter().enumerate().map(|(at, one)| (one.name, at)).collect();
        let stays = |pod: &&'w Arc<Pod>| !pod.is_finished() && !moving.contains(&pod.id);
        let bound = world.snapshot.pods.iter().filter(stays).filter_map(|pod| {
            let station = stations.get(pod.status.node.as_ref()?)?;
            Some((&**pod, *station))
        });
        let bound: Vec<(&Pod, usize)> = bound.collect();
        for &(pod, station) in &bound {
            for group in self.note(Constraint::rejections(pod, world)) {
                self.count_on(station, group);
            }
        }
        let mut about = FxHashMap::default();
        for &(pod, station) in bound.iter().filter(|(pod, _)| pod.status.deleting_since.is_none()) {
            let key = (pod.id.namespace(), &*pod.labels);
            let about = about.entry(key).or_insert_with(|| self.about(key.0, key.1).0);
            for &mut group in about {
                self.count_on(station, group);
            }
        }
    }

    /// Counts one pod on a node, if the node counts.
    fn count_on(&mut self, station: usize, group: usize) {
        let station = self.domains.stations.get(station);
        let (Some(station), Some(group)) = (station, self.groups.get_mut(group)) else { return };
        let constraint = &group.constraint;
        let filter = &constraint.filter;
        if !filter.is_open() && !filter.accepts(&station.labels, station.taints) {
            return;
        }
        let host = Some(&*station.host).filter(|_| constraint.is_over_hosts());
        if let Some(domain) = host.or_else(|| single(&station.labels, &constraint.key)) {
            group.add(domain);
        }
    }

    /// What a place that would be `place` with the pod on it has to be for all of these constraints, each asked about `place` alone.
    pub(super) fn narrowed(
        &self,
        asked: impl Iterator<Item = usize>,
        (pod, form): (&Pod, &Form<'_>),
        place: &Requirements,
    ) -> Result<Requirements, Refusal> {
        let mut narrowed = place.clone();
        for group in asked.filter_map(|id| self.groups.get(id)) {
            let key = &group.constraint.key;
            let own = form.strict.get_or_exists(key);
            let asker = Asker { namespace: pod.id.namespace(), labels: &pod.labels, own: &own };
            let allowed = group.allowed(asker, &place.get_or_exists(key))?;
            narrowed.add(allowed.clone());
            if narrowed.get(key).is_some_and(Requirement::is_contradiction) {
                return Err(Refusal::Domain(allowed));
            }
        }
        Ok(narrowed)
    }

    /// Counts a pod that was put on a place that is `place` now: those who keep others away, everywhere where the place may be.
    pub(super) fn record(
        &mut self,
        (counted_by, rejects): (&[usize], &[usize]),
        place: &Requirements,
        taints: &[Taint],
    ) {
        for &id in counted_by.iter().chain(rejects) {
            let Some(group) = self.groups.get_mut(id) else { continue };
            let constraint = &group.constraint;
            if !constraint.filter.accepts(place, taints) {
                continue;
            }
            let listed = place.get(&constraint.key).filter(|own| !own.is_complement());
            let domains: Vec<&str> = listed.into_iter().flat_map(Requirement::values).collect();
            let counts_all = matches!(constraint.kind, Kind::Away | Kind::Rejected);
            if counts_all || domains.len() == 1 {
                for domain in domains {
                    group.add(domain);
                }
            }
        }
    }
}

/// A label that all pods have that a constraint is about.
fn demanded_label(constraint: &Constraint) -> Option<(String, String)> {
    let selector = constraint.selector.as_ref()?;
    let exact = selector.match_labels.iter().next();
    exact.map(|(key, value)| (key.clone(), value.clone())).or_else(|| {
        selector.match_expressions.iter().find_map(|one| match (one.operator, &*one.values) {
            (SelectorOperator::In, [value]) => Some((one.key.clone(), value.clone())),
            _ => None,
        })
    })
}
