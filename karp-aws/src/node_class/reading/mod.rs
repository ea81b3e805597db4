//! What an `EC2NodeClass` says about the capacity of its machines; not its validation, and nothing that a launch needs.

mod ami_family;
mod class_spec;
#[cfg(test)]
mod class_spec_test;
mod error;
mod kubelet;
mod raw;
mod threshold;

pub use self::ami_family::{AmiFamily, ParseAmiFamilyError};
pub(crate) use self::{
    class_spec::{ClassReading, ClassSpec, NetworkInterface, Reservation},
    error::FieldError,
    threshold::Threshold,
};
