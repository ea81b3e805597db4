//! What is wrong with a volume of a pod, so that the pod can go nowhere; not where a sound volume can be used.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What is wrong with a volume of a pod.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "kebab-case", rename_all_fields = "camelCase", tag = "kind")]
pub enum VolumeProblem {
    /// The storage class binds volumes before a pod is placed, and has not bound this one.
    BindsImmediately {
        /// The storage class.
        class: String,
    },
    /// The claim is being deleted.
    ClaimDeleting,
    /// The claim lost its volume.
    ClaimLost,
    /// There is no such claim.
    ClaimMissing,
    /// There is no such storage class.
    ClassMissing {
        /// Its name; none = the claim names none, and there is no default class.
        class: Option<String>,
    },
    /// The volume can't be used anywhere where the other volumes of the pod can be.
    Elsewhere,
    /// The claim names a volume, and the binding was not carried to its end.
    NotBound {
        /// The volume.
        volume: String,
    },
    /// The volumes of the pod can be used in more combinations of places than are told apart.
    TooManyPlaces {
        /// How many are.
        most: usize,
    },
    /// The driver is one that the provider does not support.
    UnsupportedDriver {
        /// The driver.
        driver: String,
    },
    /// The storage class limits volumes by a label that the provider does not support.
    UnsupportedTopology {
        /// The storage class.
        class: String,
        /// The label key.
        key: String,
    },
    /// The volume is being deleted.
    VolumeDeleting {
        /// The volume.
        volume: String,
    },
    /// The volume that the claim names is not there.
    VolumeMissing {
        /// The volume.
        volume: String,
    },
}

impl fmt::Display for VolumeProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BindsImmediately { class } => write!(
                f,
                "the storage class `{class}` binds volumes at once, and has not bound this one"
            ),
            Self::ClaimDeleting => f.write_str("it is being deleted"),
            Self::ClaimLost => f.write_str("it lost its volume"),
            Self::ClaimMissing => f.write_str("it does not exist"),
            Self::ClassMissing { class: Some(class) } => {
                write!(f, "the storage class `{class}` does not exist")
            }
            Self::ClassMissing { class: None } => {
                f.write_str("it names no storage class, and there is no default one")
            }
            Self::Elsewhere => {
                f.write_str("its volume can be used nowhere where the pod's other volumes can be")
            }
            Self::NotBound { volume } => {
                write!(f, "its binding to the volume `{volume}` is not complete")
            }
            Self::TooManyPlaces { most } => {
                write!(
                    f,
                    "the pod's volumes can be used in more than {most} combinations of places"
                )
            }
            Self::UnsupportedDriver { driver } => {
                write!(f, "the driver `{driver}` is not supported")
            }
            Self::UnsupportedTopology { class, key } => write!(
                f,
                "the storage class `{class}` limits volumes by the label `{key}`, which is not supported"
            ),
            Self::VolumeDeleting { volume } => {
                write!(f, "its volume `{volume}` is being deleted")
            }
            Self::VolumeMissing { volume } => write!(f, "its volume `{volume}` does not exist"),
        }
    }
}
