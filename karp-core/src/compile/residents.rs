//! Pods that stay where they are, as far as other pods are placed by them; not what they take.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    forms::Forms,
    going::Going,
    nodes::NodeIx,
    pending::Pending,
    problem::Origin,
    table::Table,
    topology::{
        GroupId, Groups, LabelClasses, LabelsId, Resident, Share, Start, TermReader, shares, take,
    },
};
use crate::{
    model::{Labels, Pod, PodSpec},
    snapshot::Snapshot,
};

/// Pods that are bound, not finished, and not looking for another place.
pub(super) struct Residents<'s> {
    pods: Vec<ResidentPod<'s>>,
    /// Groups by which each kind of pod rejects others.
    rejections: Vec<Vec<GroupId>>,
}

struct ResidentPod<'s> {
    pod: &'s Arc<Pod>,
    station: usize,
    labels: LabelsId,
    rejections: usize,
}

type Kind<'s> = (*const PodSpec, *const Labels, &'s str);

/// Bound pods that keep others away, those that leave included.
pub(super) fn rejecting(snapshot: &Snapshot) -> Vec<&Arc<Pod>> {
    let bound = snapshot.pods.iter().filter(|pod| pod.status.node.is_some());
    bound.filter(|pod| !pod.spec.pod_anti_affinity.required.is_empty()).collect()
}

/// Bound pods that stay, with the names of their Nodes.
pub(super) fn staying<'s>(
    snapshot: &'s Snapshot,
    pending: &[Pending<'s>],
    going: &Going<'_>,
) -> Vec<(&'s Arc<Pod>, &'s str)> {
    let moving: FxHashSet<*const Pod> = pending
        .iter()
        .filter(|pending| match pending.origin {
            Origin::Waits | Origin::IsVirtual => false,
            Origin::Leaves => true,
            Origin::IsMoved => !going.any_may_go,
        })
        .map(|pending| Arc::as_ptr(pending.pod))
        .collect();
    snapshot
        .pods
        .iter()
        .filter(|pod| !pod.is_finished() && !moving.contains(&Arc::as_ptr(pod)))
        .filter_map(|pod| Some((pod, pod.status.node.as_ref()?.as_str())))
        .collect()
}

impl<'s> Residents<'s> {
    /// Nobody asks about them.
    pub(super) const fn none() -> Self {
        Self { pods: Vec::new(), rejections: Vec::new() }
    }

    /// Reads the pods that stay: what selectors see of them, and whom they reject.
    ///
    /// To be called when the constraints of all other pods are read.
    pub(super) fn read(
        staying: &[(&'s Arc<Pod>, &'s str)],
        stations: &FxHashMap<&str, usize>,
        reader: &TermReader<'_>,
        (forms, groups): (&mut Forms, &mut Groups),
    ) -> Self {
        let mut slots: FxHashMap<Kind<'s>, usize> = FxHashMap::default();
        let mut kinds = Vec::new();
        let mut found = Vec::new();
        for &(pod, node) in staying {
            let Some(&station) = stations.get(node) else { continue };
            let kind = (Arc::as_ptr(&pod.spec), Arc::as_ptr(&pod.labels), pod.id.namespace());
            let slot = *slots.entry(kind).or_insert_with(|| {
                kinds.push((pod, reader.rejections(pod, forms.algebra.names(), &mut groups.terms)));
                kinds.len() - 1
            });
            found.push((pod, station, slot));
        }
        // All constraints are read: now it is known which labels matter.
        groups.classes = LabelClasses::new(&groups.terms);
        let mut residents = Self { pods: Vec::new(), rejections: Vec::new() };
        let mut labels = Vec::new();
        for (pod, terms) in kinds {
            residents
                .rejections
                .push(groups.rejections(&terms, (&forms.algebra, &mut forms.tolerance)));
            labels.push(groups.classes.class(pod.id.namespace(), &pod.labels));
        }
        let resident = |(pod, station, rejections): (_, _, usize)| {
            let labels = *labels.get(rejections)?;
            Some(ResidentPod { pod, station, labels, rejections })
        };
        residents.pods = found.into_iter().filter_map(resident).collect();
        residents
    }

    /// Counts them.
    pub(super) fn count(&self, groups: &Groups, forms: &mut Forms) -> Table<GroupId, Start> {
        let residents = self.pods.iter().map(|own| self.resident(own));
        take(groups, residents, &forms.algebra, &mut forms.tolerance)
    }

    /// What groups count of the pods that could be moved, by their machines.
    pub(super) fn shares(
        &self,
        pending: &[Pending<'s>],
        groups: &Groups,
        forms: &mut Forms,
    ) -> Vec<(NodeIx, GroupId, Share)> {
        let may_move: FxHashSet<*const Pod> = pending
            .iter()
            .filter(|pending| pending.origin == Origin::IsMoved)
            .map(|pending| Arc::as_ptr(pending.pod))
            .collect();
        let mut found = Vec::new();
        for own in self.pods.iter().filter(|own| may_move.contains(&Arc::as_ptr(own.pod))) {
            let station = groups.stations.get(own.station);
            let Some(node) = station.and_then(|station| station.place) else { continue };
            let tables = (&forms.algebra, &mut forms.tolerance);
            shares(groups, &self.resident(own), tables, |group, share| {
                found.push((node, group, share));
            });
        }
        found
    }

    fn resident(&self, own: &ResidentPod<'s>) -> Resident<'_> {
        Resident {
            station: own.station,
            labels: own.labels,
            counts: own.pod.status.deleting_since.is_none(),
            rejects_in: self.rejections.get(own.rejections).map_or(&[], Vec::as_slice),
        }
    }
}
