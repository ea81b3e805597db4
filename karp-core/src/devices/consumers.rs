//! Which claims a pod means, and who uses a claim; not what claims ask for.

use std::collections::BTreeMap;

use super::ClaimProblem;
use crate::model::{ObjectId, Pod, PodClaimSource, ResourceClaim, ResourceClaimTemplate};

/// A claim that a pod means.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a claim is there or is still to be made")]
pub enum ClaimRef<'c> {
    /// One that is there.
    There(&'c ResourceClaim),
    /// One that will be made for the pod.
    ToBeMade(&'c ResourceClaimTemplate),
}

/// The claims of a pod, in the order of its references.
///
/// A reference for which the pod's status says that no claim is needed is left out. One for which it says nothing yet, as of a pod that
/// exists only in manifests, means the claim that will be made of its template.
///
/// # Errors
///
/// [`ClaimProblem`] for the first reference that leads nowhere.
pub fn claims_of<'c>(
    pod: &Pod,
    claims: &BTreeMap<&ObjectId, &'c ResourceClaim>,
    templates: &BTreeMap<&ObjectId, &'c ResourceClaimTemplate>,
) -> Result<Vec<ClaimRef<'c>>, ClaimProblem> {
    let id = |name: &str| ObjectId::new(pod.id.namespace(), name);
    let there = |name: &str| match claims.get(&id(name)) {
        Some(claim) => Ok(ClaimRef::There(claim)),
        None => Err(ClaimProblem::ClaimMissing { claim: name.to_owned() }),
    };
    let mut found = Vec::new();
    for reference in &pod.spec.resource_claims {
        found.push(match &reference.source {
            PodClaimSource::Claim(name) => there(name)?,
            PodClaimSource::Template(template) => {
                match pod.status.resource_claims.get(&reference.name) {
                    Some(None) => continue,
                    Some(Some(name)) => there(name)?,
                    None => {
                        templates.get(&id(template)).map(|own| ClaimRef::ToBeMade(own)).ok_or_else(
                            || ClaimProblem::TemplateMissing { template: template.clone() },
                        )?
                    }
                }
            }
            PodClaimSource::Undeclared => {
                return Err(ClaimProblem::Undeclared { name: reference.name.clone() });
            }
        });
    }
    Ok(found)
}

/// Whether a claim has users and all of them are pods for which `leaves` holds, by name and UID: what it was given can be given anew.
pub fn only_used_by(claim: &ResourceClaim, leaves: impl Fn(&str, &str) -> bool) -> bool {
    let leaves = |consumer: &crate::model::ClaimConsumer| {
        consumer.resource == "pods" && leaves(&consumer.name, consumer.uid.as_str())
    };
    !claim.consumers.is_empty() && claim.consumers.iter().all(leaves)
}
