//! Volume claims of pods, followed to where their volumes can be used and which driver attaches them; not who goes there.
//!
//! The rules: docs/src/scheduling.md, "Volumes".

use rustc_hash::FxHashMap;

use super::{names::Collector, reader::Reader};
use crate::{
    explain::{Reason, VolumeProblem},
    model::{
        NodeSelectorTerm, PersistentVolume, PersistentVolumeClaim, Pod, PodVolume,
        RequirementEntry, StorageClass, Vocabulary, label,
    },
    policy::VolumePolicy,
    snapshot::Snapshot,
};

/// Volume plugins that were once part of Kubernetes, and the drivers that took over.
///
/// <https://kubernetes.io/docs/concepts/storage/volumes/#csi-migration>
const MIGRATED: [(&str, &str); 7] = [
    ("kubernetes.io/aws-ebs", "ebs.csi.aws.com"),
    ("kubernetes.io/azure-disk", "disk.csi.azure.com"),
    ("kubernetes.io/azure-file", "file.csi.azure.com"),
    ("kubernetes.io/cinder", "cinder.csi.openstack.org"),
    ("kubernetes.io/gce-pd", "pd.csi.storage.gke.io"),
    ("kubernetes.io/portworx-volume", "pxd.portworx.com"),
    ("kubernetes.io/vsphere-volume", "csi.vsphere.vmware.com"),
];

/// Claims, volumes and classes by name.
pub(super) struct Storage<'s> {
    claims: FxHashMap<(&'s str, &'s str), &'s PersistentVolumeClaim>,
    volumes: FxHashMap<&'s str, &'s PersistentVolume>,
    classes: FxHashMap<&'s str, &'s StorageClass>,
    default_class: Option<&'s StorageClass>,
    policy: &'s VolumePolicy,
}

/// A volume that is not in order.
#[derive(Clone, Debug)]
pub(super) struct BadVolume {
    /// Name of its claim.
    pub(super) claim: String,
    /// What is wrong.
    pub(super) problem: VolumeProblem,
}

impl From<BadVolume> for Reason {
    fn from(BadVolume { claim, problem }: BadVolume) -> Self {
        Self::Volume { claim, problem }
    }
}

/// One volume of a pod: where it can be used, and what attaches it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mount<'s> {
    /// Name of the claim, in the pod's namespace.
    pub(super) claim: &'s str,
    /// Driver that attaches it, if there is one.
    pub(super) driver: Option<&'s str>,
    terms: &'s [NodeSelectorTerm],
    /// Whether host names in `terms` don't count: the volume moves with nothing but its machine.
    is_host_local: bool,
}

impl<'s> Storage<'s> {
    /// As the snapshot shows it.
    pub(super) fn of(snapshot: &'s Snapshot, policy: &'s VolumePolicy) -> Self {
        let classes = || snapshot.storage_classes.iter().map(|class| &**class);
        let default_class = classes()
            .filter(|class| class.is_default)
            .max_by(|a, b| (a.created_at, &a.name).cmp(&(b.created_at, &b.name)));
        Self {
            claims: snapshot
                .volume_claims
                .iter()
                .map(|claim| ((claim.id.namespace(), claim.id.name()), &**claim))
                .collect(),
            volumes: snapshot.volumes.iter().map(|one| (one.name.as_str(), &**one)).collect(),
            classes: classes().map(|class| (class.name.as_str(), class)).collect(),
            default_class,
            policy,
        }
    }

    /// The volumes of a pod that looks for a place.
    ///
    /// A pod that runs already (`is_running`) is not asked whether its claims are in order, only where its volumes are.
    pub(super) fn mounts(
        &self,
        pod: &'s Pod,
        is_running: bool,
        vocabulary: &Vocabulary,
    ) -> Result<Vec<Mount<'s>>, BadVolume> {
        let namespace = pod.id.namespace();
        let one = |volume: &'s PodVolume| {
            self.mount(namespace, volume, is_running, vocabulary)
                .map_err(|problem| BadVolume { claim: volume.claim.clone(), problem })
        };
        pod.spec.volumes.iter().map(one).collect()
    }

    fn mount(
        &self,
        namespace: &str,
        volume: &'s PodVolume,
        is_running: bool,
        vocabulary: &Vocabulary,
    ) -> Result<Mount<'s>, VolumeProblem> {
        let claim = self.claim(namespace, volume);
        match claim {
            None if volume.ephemeral.is_none() => return Err(VolumeProblem::ClaimMissing),
            Some(claim) if claim.deleting && !is_running => {
                return Err(VolumeProblem::ClaimDeleting);
            }
            Some(claim) if claim.phase == "Lost" && !is_running => {
                return Err(VolumeProblem::ClaimLost);
            }
            _ => {}
        }
        let mount = match claim.and_then(|claim| Some((claim, claim.volume.as_deref()?))) {
            Some((claim, name)) => self.bound(volume, (claim, name), is_running)?,
            None => self.unbound(volume, claim, is_running, vocabulary)?,
        };
        match mount.driver {
            Some(driver) if !is_running && self.policy.unsupported_drivers.contains(driver) => {
                Err(VolumeProblem::UnsupportedDriver { driver: driver.to_owned() })
            }
            _ => Ok(mount),
        }
    }

    /// A volume that is there.
    fn bound(
        &self,
        own: &'s PodVolume,
        (claim, name): (&PersistentVolumeClaim, &str),
        is_running: bool,
    ) -> Result<Mount<'s>, VolumeProblem> {
        let Some(&volume) = self.volumes.get(name) else {
            return Err(VolumeProblem::VolumeMissing { volume: name.to_owned() });
        };
        if volume.deleting && !is_running {
            return Err(VolumeProblem::VolumeDeleting { volume: name.to_owned() });
        }
        if !claim.bind_completed && !is_running {
            return Err(VolumeProblem::NotBound { volume: name.to_owned() });
        }
        Ok(Mount {
            claim: &own.claim,
            driver: volume.driver.as_deref(),
            terms: &volume.node_affinity,
            is_host_local: volume.is_host_local,
        })
    }

    /// A volume that will be made where its pod goes.
    fn unbound(
        &self,
        own: &'s PodVolume,
        claim: Option<&PersistentVolumeClaim>,
        is_running: bool,
        vocabulary: &Vocabulary,
    ) -> Result<Mount<'s>, VolumeProblem> {
        let named = class_name(own, claim);
        let Some(class) = self.class(named) else {
            return Err(VolumeProblem::ClassMissing { class: named.map(str::to_owned) });
        };
        if class.binds_immediately && !is_running {
            return Err(VolumeProblem::BindsImmediately { class: class.name.clone() });
        }
        let mut keys = class.allowed_topologies.iter().flat_map(|term| &term.match_expressions);
        let unsupported = |entry: &&RequirementEntry| {
            let key = vocabulary.canonical_key(&entry.key);
            self.policy.unsupported_topology_keys.contains(key)
        };
        if let Some(entry) = keys.find(unsupported).filter(|_| !is_running) {
            let (class, key) = (class.name.clone(), entry.key.clone());
            return Err(VolumeProblem::UnsupportedTopology { class, key });
        }
        Ok(Mount {
            claim: &own.claim,
            driver: Some(driver_of(class)),
            terms: &class.allowed_topologies,
            is_host_local: false,
        })
    }

    /// The driver that attaches a volume of a pod, as far as its objects are there.
    pub(super) fn driver(&self, namespace: &str, volume: &PodVolume) -> Option<&'s str> {
        let claim = self.claim(namespace, volume);
        if claim.is_none() && volume.ephemeral.is_none() {
            return None;
        }
        match claim.and_then(|claim| claim.volume.as_deref()) {
            Some(name) => self.volumes.get(name)?.driver.as_deref(),
            None => self.class(class_name(volume, claim)).map(driver_of),
        }
    }

    fn claim(&self, namespace: &str, volume: &PodVolume) -> Option<&'s PersistentVolumeClaim> {
        self.claims.get(&(namespace, volume.claim.as_str())).copied()
    }

    /// The class of this name; the newest default class where none is named.
    fn class(&self, name: Option<&str>) -> Option<&'s StorageClass> {
        match name {
            Some(name) => self.classes.get(name).copied(),
            None => self.default_class,
        }
    }
}

impl<'s> Mount<'s> {
    /// What a machine must be, alternative by alternative; nothing when the volume can be used everywhere.
    pub(super) fn terms(
        &self,
        vocabulary: &Vocabulary,
    ) -> impl Iterator<Item = Vec<&'s RequirementEntry>> {
        let counts = move |entry: &&RequirementEntry| {
            !(self.is_host_local && vocabulary.canonical_key(&entry.key) == label::HOSTNAME)
        };
        self.terms.iter().map(move |term| term.match_expressions.iter().filter(counts).collect())
    }

    /// Notes what the volume demands of machines.
    pub(super) fn note(&self, reader: Reader<'_>, collector: &mut Collector) {
        for term in self.terms(reader.vocabulary()) {
            reader.note_entries(collector, term);
        }
    }
}

/// The class that a claim names; for one that does not exist yet, that its template names.
fn class_name<'a>(
    volume: &'a PodVolume,
    claim: Option<&'a PersistentVolumeClaim>,
) -> Option<&'a str> {
    match claim {
        Some(claim) => claim.storage_class.as_deref(),
        None => volume.ephemeral.as_ref().and_then(|own| own.storage_class.as_deref()),
    }
}

/// The driver behind a class.
fn driver_of(class: &StorageClass) -> &str {
    let own = class.provisioner.as_str();
    MIGRATED.iter().find(|(old, _)| *old == own).map_or(own, |(_, driver)| driver)
}
