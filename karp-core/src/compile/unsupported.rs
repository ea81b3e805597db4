//! Constraints that are read but not decided on yet: refused, never ignored silently.

use crate::{explain::Unsupported, model::PodSpec};

/// The first hard constraint of a pod that is not decided on yet.
pub(super) fn hard(spec: &PodSpec) -> Option<Unsupported> {
    (!spec.resource_claims.is_empty()).then_some(Unsupported::DynamicResources)
}
