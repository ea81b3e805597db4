//! Changes of volumes and of where they can be used; not of other demands.

use super::{Candidate, label, reason::Subject};
use crate::{
    advise::{Change, PodChange, StorageChange},
    explain::VolumeProblem,
    model::{NodePoolName, ObjectId, Requirement},
};

/// Mends what is wrong with a volume, or does without it.
pub(super) fn mend(subject: &mut Subject<'_>, claim: &str, problem: &VolumeProblem) {
    let id = || ObjectId::new(subject.pod.id.namespace(), claim);
    let classes = || subject.snapshot.storage_classes.iter();
    let changes: Vec<StorageChange> = match problem {
        VolumeProblem::BindsImmediately { class } => {
            vec![StorageChange::BindLate { class: class.clone() }]
        }
        VolumeProblem::ClaimDeleting | VolumeProblem::ClaimLost | VolumeProblem::ClaimMissing => {
            vec![StorageChange::MakeClaim { claim: id() }]
        }
        VolumeProblem::ClassMissing { class: Some(class) } => {
            vec![StorageChange::MakeClass { class: class.clone() }]
        }
        VolumeProblem::ClassMissing { class: None } => classes()
            .map(|class| StorageChange::MakeDefault { class: class.name.clone() })
            .collect(),
        VolumeProblem::NotBound { .. } => vec![
            StorageChange::CompleteBinding { claim: id() },
            StorageChange::MakeClaim { claim: id() },
        ],
        VolumeProblem::VolumeDeleting { volume } | VolumeProblem::VolumeMissing { volume } => {
            vec![StorageChange::MakeVolume { volume: volume.clone() }]
        }
        VolumeProblem::Elsewhere
        | VolumeProblem::TooManyPlaces { .. }
        | VolumeProblem::UnsupportedDriver { .. }
        | VolumeProblem::UnsupportedTopology { .. } => Vec::new(),
    };
    let changes = changes.into_iter().map(|change| Candidate::Fixed(Change::Storage { change }));
    subject.found.extend(changes);
    let is_elsewhere =
        matches!(problem, VolumeProblem::Elsewhere | VolumeProblem::TooManyPlaces { .. });
    // Which of the volumes is the wrong one is not said.
    drop_volumes(subject, |own| is_elsewhere || own == claim);
}

/// Volumes that can be used in no place that pool and pod allow.
pub(super) fn elsewhere(
    subject: &mut Subject<'_>,
    alternatives: &[Vec<Requirement>],
    name: Option<&NodePoolName>,
) {
    for demanded in alternatives.iter().flatten() {
        label::of_conflict(subject, demanded, name);
    }
    drop_volumes(subject, |_| true);
}

fn drop_volumes(subject: &mut Subject<'_>, is_meant: impl Fn(&str) -> bool) {
    let volumes = subject.pod.spec.volumes.iter().filter(|volume| is_meant(&volume.claim));
    for volume in volumes.map(|volume| volume.name.clone()).collect::<Vec<_>>() {
        subject.pods(PodChange::DropVolume { volume });
    }
}
