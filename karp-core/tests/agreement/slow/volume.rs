//! Volumes of pods: what is wrong with them, where they can be used, and how many a node holds.

use std::collections::BTreeSet;

use karp_core::{
    explain::{Reason, VolumeProblem},
    model::{PersistentVolumeClaim, Pod, PodVolume, Requirements, label},
    snapshot::{Snapshot, StateNode},
};

use super::terms;

/// Driver, namespace and claim.
pub(crate) type Disk = (String, String, String);

/// What is known of one volume of a pod.
struct Known {
    driver: Option<String>,
    /// What a machine must be, one of these; none = anything.
    places: Vec<Requirements>,
}

/// The first volume that is not in order; a pod that runs already is only asked where its volumes are.
pub(crate) fn refusal(pod: &Pod, runs: bool, snapshot: &Snapshot) -> Option<Reason> {
    let of = |volume: &PodVolume, problem| Reason::Volume { claim: volume.claim.clone(), problem };
    for volume in &pod.spec.volumes {
        if let Err(problem) = known(pod, volume, snapshot) {
            return Some(of(volume, problem));
        }
        if let Some(problem) = disorder(pod, volume, snapshot).filter(|_| !runs) {
            return Some(of(volume, problem));
        }
    }
    let mut before = Vec::new();
    for volume in &pod.spec.volumes {
        before.push(volume.clone());
        if places_of(pod, &before, snapshot).is_empty() {
            return Some(of(volume, VolumeProblem::Elsewhere));
        }
    }
    None
}

/// What a machine must be for all volumes, alternative by alternative.
pub(crate) fn places(pod: &Pod, snapshot: &Snapshot) -> Vec<Requirements> {
    places_of(pod, &pod.spec.volumes, snapshot)
}

fn places_of(pod: &Pod, volumes: &[PodVolume], snapshot: &Snapshot) -> Vec<Requirements> {
    let mut all = vec![Requirements::new()];
    for volume in volumes {
        let Ok(known) = known(pod, volume, snapshot) else { continue };
        if known.places.is_empty() {
            continue;
        }
        let mut product = Vec::new();
        for first in &all {
            for second in &known.places {
                let both = terms::both(first, second);
                if !both.iter().any(karp_core::model::Requirement::is_contradiction) {
                    product.push(both);
                }
            }
        }
        all = product;
    }
    all
}

/// Volumes that a driver attaches.
pub(crate) fn disks(pod: &Pod, snapshot: &Snapshot) -> BTreeSet<Disk> {
    let disk = |volume: &PodVolume| {
        let driver = known(pod, volume, snapshot).ok()?.driver?;
        Some((driver, pod.id.namespace().to_owned(), volume.claim.clone()))
    };
    pod.spec.volumes.iter().filter_map(disk).collect()
}

/// Whether a node with `there` can hold `more`: no driver that something is added to gets more than it can attach.
pub(crate) fn fits(
    state: &StateNode,
    there: &BTreeSet<Disk>,
    more: &BTreeSet<Disk>,
    snapshot: &Snapshot,
) -> bool {
    let Some(node) = &state.node else { return true };
    let Some(csi) = snapshot.csi_nodes.iter().find(|csi| csi.node == node.name) else {
        return true;
    };
    csi.limits.iter().all(|(driver, limit)| {
        let count = |set: BTreeSet<&Disk>| set.iter().filter(|disk| disk.0 == *driver).count();
        let before = count(there.iter().collect());
        let after = count(there.union(more).collect());
        after == before || after <= *limit as usize
    })
}

fn claim<'s>(
    pod: &Pod,
    volume: &PodVolume,
    snapshot: &'s Snapshot,
) -> Option<&'s PersistentVolumeClaim> {
    let own = |claim: &&std::sync::Arc<PersistentVolumeClaim>| {
        (claim.id.namespace(), claim.id.name()) == (pod.id.namespace(), volume.claim.as_str())
    };
    snapshot.volume_claims.iter().find(own).map(|claim| &**claim)
}

/// Claims, volumes and classes that are not as they must be for a pod that waits.
fn disorder(pod: &Pod, volume: &PodVolume, snapshot: &Snapshot) -> Option<VolumeProblem> {
    let claim = claim(pod, volume, snapshot);
    if claim.is_some_and(|claim| claim.deleting) {
        return Some(VolumeProblem::ClaimDeleting);
    }
    if claim.is_some_and(|claim| claim.phase == "Lost") {
        return Some(VolumeProblem::ClaimLost);
    }
    if let Some((claim, name)) = claim.and_then(|claim| Some((claim, claim.volume.clone()?))) {
        let bound = snapshot.volumes.iter().find(|volume| volume.name == name)?;
        if bound.deleting {
            return Some(VolumeProblem::VolumeDeleting { volume: name });
        }
        return (!claim.bind_completed).then_some(VolumeProblem::NotBound { volume: name });
    }
    let class = class(volume, claim, snapshot)?;
    let class = snapshot.storage_classes.iter().find(|one| one.name == class)?;
    class.binds_immediately.then(|| VolumeProblem::BindsImmediately { class: class.name.clone() })
}

/// Follows a volume to its driver and its places.
fn known(pod: &Pod, volume: &PodVolume, snapshot: &Snapshot) -> Result<Known, VolumeProblem> {
    let claim = claim(pod, volume, snapshot);
    if claim.is_none() && volume.ephemeral.is_none() {
        return Err(VolumeProblem::ClaimMissing);
    }
    let read = |terms: &[karp_core::model::NodeSelectorTerm], host_counts: bool| {
        let place = |term: &karp_core::model::NodeSelectorTerm| {
            let mut place = Requirements::new();
            terms::add_entries(&mut place, &term.match_expressions, &snapshot.vocabulary);
            if !host_counts {
                place.remove(label::HOSTNAME);
            }
            place
        };
        terms.iter().map(place).collect()
    };
    if let Some(name) = claim.and_then(|claim| claim.volume.clone()) {
        let bound = snapshot.volumes.iter().find(|one| one.name == name);
        let bound = bound.ok_or(VolumeProblem::VolumeMissing { volume: name })?;
        let places = read(&bound.node_affinity, !bound.is_host_local);
        return Ok(Known { driver: bound.driver.clone(), places });
    }
    let named = match claim {
        Some(claim) => claim.storage_class.clone(),
        None => volume.ephemeral.as_ref().and_then(|template| template.storage_class.clone()),
    };
    let class = class(volume, claim, snapshot)
        .and_then(|name| snapshot.storage_classes.iter().find(|class| class.name == name))
        .ok_or(VolumeProblem::ClassMissing { class: named })?;
    let places = read(&class.allowed_topologies, true);
    Ok(Known { driver: Some(class.provisioner.clone()), places })
}

/// Name of the class: the claim's, the template's, or that of the newest default class.
fn class(
    volume: &PodVolume,
    claim: Option<&PersistentVolumeClaim>,
    snapshot: &Snapshot,
) -> Option<String> {
    let named = match claim {
        Some(claim) => claim.storage_class.clone(),
        None => volume.ephemeral.as_ref()?.storage_class.clone(),
    };
    named.or_else(|| {
        let mut defaults: Vec<_> =
            snapshot.storage_classes.iter().filter(|class| class.is_default).collect();
        defaults.sort_by_key(|class| (class.created_at, class.name.clone()));
        defaults.last().map(|class| class.name.clone())
    })
}
