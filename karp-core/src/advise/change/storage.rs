//! Changes of the objects behind volumes; not of pods that use them.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{
    model::{ObjectId, PersistentVolume, PersistentVolumeClaim, StorageClass},
    snapshot::Snapshot,
};

/// A change of the objects behind volumes.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "kebab-case", rename_all_fields = "camelCase", tag = "what")]
pub enum StorageChange {
    /// A claim is made anew, without a volume: of the class of the one that was there, else of the default class.
    MakeClaim {
        /// The claim.
        claim: ObjectId,
    },
    /// The binding of a claim to its volume is carried to its end.
    CompleteBinding {
        /// The claim.
        claim: ObjectId,
    },
    /// A volume is there to stay; one that was not there can be used everywhere.
    MakeVolume {
        /// The volume.
        volume: String,
    },
    /// There is a storage class that waits for the first pod.
    MakeClass {
        /// The class.
        class: String,
    },
    /// A storage class is the default one.
    MakeDefault {
        /// The class.
        class: String,
    },
    /// A storage class waits for the first pod.
    BindLate {
        /// The class.
        class: String,
    },
}

impl StorageChange {
    pub(super) fn apply(&self, snapshot: &mut Snapshot) {
        match self {
            Self::MakeClaim { claim } => {
                let mut made = PersistentVolumeClaim::new(claim.clone());
                let claims = &mut snapshot.volume_claims;
                if let Some(old) = claims.iter().find(|old| old.id == *claim) {
                    made.storage_class.clone_from(&old.storage_class);
                }
                claims.retain(|old| old.id != *claim);
                claims.push(Arc::new(made));
                claims.sort_by(|a, b| a.id.cmp(&b.id));
            }
            Self::CompleteBinding { claim } => {
                for own in snapshot.volume_claims.iter_mut().filter(|own| own.id == *claim) {
                    let own = Arc::make_mut(own);
                    own.bind_completed = true;
                    "Bound".clone_into(&mut own.phase);
                }
            }
            Self::MakeVolume { volume } => {
                let volumes = &mut snapshot.volumes;
                match volumes.iter_mut().find(|own| own.name == *volume) {
                    Some(own) => Arc::make_mut(own).deleting = false,
                    None => volumes.push(Arc::new(PersistentVolume::new(volume))),
                }
                volumes.sort_by(|a, b| a.name.cmp(&b.name));
            }
            Self::MakeClass { class } => {
                let classes = &mut snapshot.storage_classes;
                classes.push(Arc::new(StorageClass::new(class, "")));
                classes.sort_by(|a, b| a.name.cmp(&b.name));
            }
            Self::MakeDefault { class } => edit(snapshot, class, |own| own.is_default = true),
            Self::BindLate { class } => edit(snapshot, class, |own| own.binds_immediately = false),
        }
    }
}

fn edit(snapshot: &mut Snapshot, class: &str, change: impl Fn(&mut StorageClass)) {
    let own = snapshot.storage_classes.iter_mut().filter(|own| own.name == class);
    own.for_each(|own| change(Arc::make_mut(own)));
}

impl fmt::Display for StorageChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MakeClaim { claim } => {
                write!(f, "make the volume claim `{claim}` anew, without a volume")
            }
            Self::CompleteBinding { claim } => {
                write!(f, "complete the binding of the volume claim `{claim}`")
            }
            Self::MakeVolume { volume } => write!(f, "make the volume `{volume}`"),
            Self::MakeClass { class } => {
                write!(f, "make a storage class `{class}` with WaitForFirstConsumer")
            }
            Self::MakeDefault { class } => {
                write!(f, "make the storage class `{class}` the default one")
            }
            Self::BindLate { class } => {
                write!(f, "let the storage class `{class}` wait for the first consumer")
            }
        }
    }
}
