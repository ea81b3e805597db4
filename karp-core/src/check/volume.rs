//! Rule: nodes hold the volumes of their pods; and where volumes can be used, for the rules that ask for it.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Violation,
    refusal::holds,
    world::{Node, World},
};
use crate::{
    explain::VolumeProblem,
    model::{
        NodeName, NodeSelectorTerm, PersistentVolume, PersistentVolumeClaim, Pod, PodVolume,
        Requirement, StorageClass, label,
    },
    snapshot::Snapshot,
};

/// A driver and the namespace and name of a claim.
type Disk<'a> = (&'a str, &'a str, &'a str);

/// Claims and volumes of a snapshot, found by their names.
pub(super) struct Storage<'s> {
    claims: BTreeMap<(&'s str, &'s str), &'s PersistentVolumeClaim>,
    volumes: BTreeMap<&'s str, &'s PersistentVolume>,
}

impl<'s> Storage<'s> {
    pub(super) fn new(snapshot: &'s Snapshot) -> Self {
        let claims = snapshot.volume_claims.iter().rev();
        let volumes = snapshot.volumes.iter().rev();
        Self {
            claims: claims.map(|own| ((own.id.namespace(), own.id.name()), &**own)).collect(),
            volumes: volumes.map(|own| (own.name.as_str(), &**own)).collect(),
        }
    }
}

/// Most combinations of places that are told apart.
const MOST_PLACES: usize = 1_024;

pub(super) fn nodes_hold_their_volumes(world: &World<'_>, found: &mut Vec<Violation>) {
    for (name, ids) in &world.plan.existing {
        let Some(node) = world.nodes.get(name.as_str()) else { continue };
        if let Some((driver, needed, limit)) = excess(node, &world.pods_of(ids), world) {
            let (node, driver) = (name.clone(), driver.to_owned());
            found.push(Violation::Volumes { node, driver, needed, limit });
        }
    }
}

/// Whether a node can hold the volumes of a further pod.
pub(super) fn can_hold(node: &Node, placed: &[&Pod], pod: &Pod, world: &World<'_>) -> bool {
    let mut all = placed.to_vec();
    all.push(pod);
    // What is there already may be too much: that refuses only who adds to it.
    excess(node, &all, world).is_none()
}

/// The first driver of which pods bring more volumes to a node than it can hold.
fn excess<'w>(node: &Node, pods: &[&'w Pod], world: &World<'w>) -> Option<(&'w str, usize, u32)> {
    let name: &NodeName = &node.state.node.as_ref()?.name;
    let limits = &world.snapshot.csi_nodes.iter().find(|one| one.node == *name)?.limits;
    let there: BTreeSet<Disk<'_>> = world
        .bound_to(name)
        .filter(|pod| !pod.is_finished())
        .flat_map(|pod| disks(pod, world))
        .collect();
    let brought: BTreeSet<Disk<'_>> = pods.iter().flat_map(|pod| disks(pod, world)).collect();
    limits.iter().find_map(|(driver, &limit)| {
        let of_driver = |disk: &&Disk<'_>| disk.0 == driver;
        let all = there.union(&brought).filter(of_driver).count();
        let adds = brought.difference(&there).any(|disk| disk.0 == driver);
        (adds && all > limit as usize).then_some((driver.as_str(), all, limit))
    })
}

fn disks<'a>(pod: &'a Pod, world: &'a World<'_>) -> Vec<Disk<'a>> {
    let driver = |volume: &'a PodVolume| {
        let driver = match source(pod, volume, world)? {
            Source::Volume(volume) => volume.driver.as_deref()?,
            Source::Class(class) => driver_of(class),
        };
        Some((driver, pod.id.namespace(), volume.claim.as_str()))
    };
    pod.spec.volumes.iter().filter_map(driver).collect()
}

/// Where a volume is or comes from.
enum Source<'a> {
    Volume(&'a PersistentVolume),
    Class(&'a StorageClass),
}

fn source<'a>(pod: &Pod, volume: &'a PodVolume, world: &'a World<'_>) -> Option<Source<'a>> {
    match claim_of(pod, volume, world) {
        None if volume.ephemeral.is_none() => None,
        Some(PersistentVolumeClaim { volume: Some(name), .. }) => {
            world.storage.volumes.get(name.as_str()).map(|volume| Source::Volume(volume))
        }
        claim => class_of(volume, claim, world.snapshot).map(Source::Class),
    }
}

fn claim_of<'a>(
    pod: &Pod,
    volume: &PodVolume,
    world: &'a World<'_>,
) -> Option<&'a PersistentVolumeClaim> {
    world.storage.claims.get(&(pod.id.namespace(), volume.claim.as_str())).copied()
}

fn class_of<'a>(
    volume: &PodVolume,
    claim: Option<&PersistentVolumeClaim>,
    snapshot: &'a Snapshot,
) -> Option<&'a StorageClass> {
    let template = volume.ephemeral.as_ref();
    let name = claim.map_or_else(
        || template.and_then(|template| template.storage_class.clone()),
        |claim| claim.storage_class.clone(),
    );
    let classes = snapshot.storage_classes.iter().map(|class| &**class);
    match name {
        Some(name) => classes.into_iter().find(|class| class.name == name),
        None => classes
            .filter(|class| class.is_default)
            .max_by(|a, b| (a.created_at, &a.name).cmp(&(b.created_at, &b.name))),
    }
}

/// The driver that serves a class today, whichever name the class uses for it.
fn driver_of(class: &StorageClass) -> &str {
    match class.provisioner.as_str() {
        "kubernetes.io/aws-ebs" => "ebs.csi.aws.com",
        "kubernetes.io/azure-disk" => "disk.csi.azure.com",
        "kubernetes.io/azure-file" => "file.csi.azure.com",
        "kubernetes.io/cinder" => "cinder.csi.openstack.org",
        "kubernetes.io/gce-pd" => "pd.csi.storage.gke.io",
        "kubernetes.io/portworx-volume" => "pxd.portworx.com",
        "kubernetes.io/vsphere-volume" => "csi.vsphere.vmware.com",
        other => other,
    }
}

/// What a machine must be for all volumes of a pod, alternative by alternative; one that asks for nothing when they can be used everywhere.
pub(super) fn alternatives(pod: &Pod, world: &World<'_>) -> Vec<Vec<Requirement>> {
    let mut all = vec![Vec::new()];
    for volume in &pod.spec.volumes {
        let own = terms(pod, volume, world);
        if !own.is_empty() {
            all = product(&all, &own);
        }
    }
    all
}

/// Each of the first with each of the second, without those that exclude each other.
fn product(first: &[Vec<Requirement>], second: &[Vec<Requirement>]) -> Vec<Vec<Requirement>> {
    let pairs = first.iter().flat_map(|a| second.iter().map(move |b| [&a[..], &b[..]].concat()));
    let mut all: Vec<Vec<Requirement>> = Vec::new();
    for pair in pairs {
        let joined: crate::model::Requirements = pair.iter().cloned().collect();
        let joined: Vec<Requirement> = joined.iter().cloned().collect();
        if !joined.iter().any(Requirement::is_contradiction) && !all.contains(&joined) {
            all.push(joined);
        }
        if all.len() > MOST_PLACES {
            break;
        }
    }
    all
}

fn terms(pod: &Pod, volume: &PodVolume, world: &World<'_>) -> Vec<Vec<Requirement>> {
    let (terms, is_host_local): (&[NodeSelectorTerm], bool) = match source(pod, volume, world) {
        Some(Source::Volume(volume)) => (&volume.node_affinity, volume.is_host_local),
        Some(Source::Class(class)) => (&class.allowed_topologies, false),
        None => (&[], false),
    };
    let counts = |one: &Requirement| !is_host_local || one.key() != label::HOSTNAME;
    terms
        .iter()
        .map(|term| {
            let entries = term.match_expressions.iter();
            let entries = entries
                .map(|entry| Requirement::from(entry).normalized(&world.snapshot.vocabulary));
            entries.filter(counts).collect()
        })
        .collect()
}

/// Whether a volume of the pod with this claim has this problem.
pub(super) fn has_problem(
    pod: &Pod,
    claim: &str,
    problem: &VolumeProblem,
    world: &World<'_>,
) -> Result<(), String> {
    let mut volumes = pod.spec.volumes.iter().filter(|volume| volume.claim == claim);
    let is_true = volumes.any(|volume| is_in_state(pod, volume, problem, world));
    holds(is_true, "its volume claim is not in that state")
}

fn is_in_state(pod: &Pod, volume: &PodVolume, problem: &VolumeProblem, world: &World<'_>) -> bool {
    let snapshot = world.snapshot;
    let own = claim_of(pod, volume, world);
    let bound = own.and_then(|own| own.volume.as_deref());
    let there = bound.and_then(|name| world.storage.volumes.get(name));
    let class = class_of(volume, own, snapshot).filter(|_| bound.is_none());
    match problem {
        VolumeProblem::ClaimMissing => own.is_none() && volume.ephemeral.is_none(),
        VolumeProblem::ClaimDeleting => own.is_some_and(|own| own.deleting),
        VolumeProblem::ClaimLost => own.is_some_and(|own| own.phase == "Lost"),
        VolumeProblem::ClassMissing { .. } => bound.is_none() && class.is_none(),
        VolumeProblem::BindsImmediately { .. } => class.is_some_and(|one| one.binds_immediately),
        VolumeProblem::NotBound { .. } => {
            there.is_some() && own.is_some_and(|own| !own.bind_completed)
        }
        VolumeProblem::VolumeMissing { .. } => bound.is_some() && there.is_none(),
        VolumeProblem::VolumeDeleting { .. } => there.is_some_and(|one| one.deleting),
        VolumeProblem::UnsupportedDriver { driver } => {
            let is = there.and_then(|one| one.driver.as_deref()).or_else(|| class.map(driver_of));
            world.policy.volumes.unsupported_drivers.contains(driver) && is == Some(driver)
        }
        VolumeProblem::UnsupportedTopology { key, .. } => {
            let mut keys = terms(pod, volume, world).into_iter().flatten();
            let key = snapshot.vocabulary.canonical_key(key);
            world.policy.volumes.unsupported_topology_keys.contains(key)
                && keys.any(|one| one.key() == key)
        }
        VolumeProblem::Elsewhere => alternatives(pod, world).is_empty(),
        VolumeProblem::TooManyPlaces { most } => {
            *most == MOST_PLACES && alternatives(pod, world).len() > MOST_PLACES
        }
    }
}
