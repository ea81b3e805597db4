//! Which claims a pod means, and who uses them.

use std::collections::BTreeMap;

use karp_core::{
    devices::{ClaimRef, claims_of, only_used_by},
    model::{
        DeviceClaim, ObjectId, Pod, PodClaimSource, PodResourceClaim, ResourceClaim,
        ResourceClaimTemplate,
    },
};

fn id(name: &str) -> ObjectId {
    ObjectId::new("default", name)
}

/// Claims of a pod where the claims `shared` and `p-x1` and the template `gpu` are there.
fn claims(pod: &Pod) -> Result<Vec<String>, String> {
    let (shared, made) = (id("shared"), id("p-x1"));
    let claims = [&shared, &made].map(|id| ResourceClaim::new(id.clone(), DeviceClaim::new()));
    let claims: BTreeMap<_, _> = claims.iter().map(|claim| (&claim.id, claim)).collect();
    let template = ResourceClaimTemplate::new(id("gpu"), DeviceClaim::new());
    let templates = BTreeMap::from([(&template.id, &template)]);
    let found = claims_of(pod, &claims, &templates).map_err(|problem| problem.to_string())?;
    let text = |own: &ClaimRef<'_>| match own {
        ClaimRef::There(claim) => claim.id.name().to_owned(),
        ClaimRef::ToBeMade(template) => format!("of {}", template.id.name()),
    };
    Ok(found.iter().map(text).collect())
}

#[test]
fn dra_21_dra_55_claims_are_found_by_name_or_by_the_status_of_the_pod() {
    let mut pod = Pod::new("p").claim("shared").claim_of_template("own", "gpu");
    pod.status.resource_claims.insert("own".to_owned(), Some("p-x1".to_owned()));
    assert_eq!(claims(&pod).unwrap(), ["shared", "p-x1"]);
    pod.status.resource_claims.insert("own".to_owned(), None);
    assert_eq!(claims(&pod).unwrap(), ["shared"]);
    // Of a pod that no server has seen the template tells what will be made.
    pod.status.resource_claims.clear();
    assert_eq!(claims(&pod).unwrap(), ["shared", "of gpu"]);
}

#[test]
fn dra_18_a_claim_that_is_not_there_is_said() {
    let of = |pod: Pod| claims(&pod).unwrap_err();
    assert_eq!(of(Pod::new("p").claim("gone")), "there is no claim `gone`");
    let lost = Pod::new("p").claim_of_template("own", "lost");
    assert_eq!(of(lost), "there is no claim template `lost`");
    let mut made = Pod::new("p").claim_of_template("own", "gpu");
    made.status.resource_claims.insert("own".to_owned(), Some("p-x2".to_owned()));
    assert_eq!(of(made), "there is no claim `p-x2`");
    let mut pod = Pod::new("p");
    let undeclared =
        PodResourceClaim { name: "nic".to_owned(), source: PodClaimSource::Undeclared };
    pod.spec_mut().resource_claims.push(undeclared);
    assert_eq!(of(pod), "a container uses the claim `nic`, which its pod does not declare");
}

#[test]
fn dra_53_dra_100_a_claim_that_only_leaving_pods_use_can_be_given_anew() {
    let claim = |pods: &[&str]| {
        let claim = ResourceClaim::new(id("c"), DeviceClaim::new());
        pods.iter().fold(claim, |claim, pod| claim.used_by(*pod, format!("uid-{pod}").as_str()))
    };
    let leaves = |name: &str, uid: &str| matches!((name, uid), ("a", "uid-a") | ("b", "uid-b"));
    assert!(only_used_by(&claim(&["a"]), leaves));
    assert!(only_used_by(&claim(&["a", "b"]), leaves));
    assert!(!only_used_by(&claim(&["a", "live"]), leaves));
    assert!(!only_used_by(&claim(&[]), leaves));
    let mut other = claim(&["a"]);
    other.consumers[0].resource = "workers".to_owned();
    assert!(!only_used_by(&other, leaves));
}
