//! Constraints that are read but not decided on yet: refused or reported, never ignored silently.

use crate::{
    explain::Unsupported,
    model::{Finding, PodSpec, Severity},
    policy::Policy,
};

/// The first hard constraint of a pod that is not decided on yet.
pub(super) fn hard(spec: &PodSpec) -> Option<Unsupported> {
    (!spec.resource_claims.is_empty()).then_some(Unsupported::DynamicResources)
}

/// Reports objects and settings that are not decided on yet.
pub(super) fn objects(policy: &Policy, findings: &mut Vec<Finding>) {
    let ignored = |object: String, what: &str| {
        Finding::new(
            "unsupported",
            Severity::Warning,
            object,
            format!("{what} are not decided on yet; it was ignored"),
        )
    };
    if !policy.default_spread.is_empty() {
        findings
            .push(ignored("Policy".to_owned(), "default spread constraints").at("defaultSpread"));
    }
}
