//! The node class of EC2: its definition, its validation, what it adds to the core's registry.
//!
//! What the class says about the capacity of its machines is read in `reading`. Not here: the instance types themselves, and launches.
//!
//! A new field of `EC2NodeClass` goes into `spec`, or into the module of its block (`selector`,
//! `device`, `kubelet`), into the definition under `crds/`, and, if machines must be replaced when
//! it changes, into `drift_hash`.

mod crd;
mod device;
mod drift_hash;
mod family;
pub mod kubelet;
pub mod label_rules;
mod reading;
mod registry;
mod selector;
mod spec;
mod status;
mod tag;

pub use self::crd::definitions;
pub use self::drift_hash::{hash_version, node_class_hash};
pub(crate) use self::family::aliases;
pub use self::reading::{AmiFamily, ParseAmiFamilyError};
pub(crate) use self::reading::{
    ClassReading, ClassSpec, FieldError, NetworkInterface, Reservation, Threshold,
};
pub use self::registry::registry;
