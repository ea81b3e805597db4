//! A claim as its pool's template says; not what pods ask for.

use crate::{
    lifecycle::HashStamp,
    model::{NodeClaim, NodeClaimName, NodePool, Owner, label},
};

/// Requirement keys that help to place pods and that no machine is asked for by.
const ONLY_FOR_PLACING: [&str; 2] = [label::REGISTERED, label::INITIALIZED];

/// A claim of the pool, owned by it, that carries the template's labels, annotations, requirements and taints, and the stamp of its hash.
///
/// ```
/// use karp_core::{lifecycle::{HashStamp, template_claim}, model::{NodePool, label}};
/// let claim = template_claim(&NodePool::new("static"), "static-1".into(), &HashStamp::new("17", "v3"));
/// assert_eq!(claim.labels[label::NODE_POOL], "static");
/// assert_eq!(claim.annotations[label::NODE_POOL_HASH], "17");
/// ```
pub fn template_claim(pool: &NodePool, name: NodeClaimName, stamp: &HashStamp) -> NodeClaim {
    let template = &pool.template;
    let mut claim = NodeClaim::new(name, &pool.name);
    let own_labels = std::mem::take(&mut claim.labels);
    claim.labels.clone_from(&template.labels);
    claim.labels.extend(own_labels);
    claim.labels.insert(template.node_class.label_key(), template.node_class.name.clone());
    claim.annotations.clone_from(&template.annotations);
    claim.annotations.extend(stamp.annotations());
    claim.requirements = template
        .requirements
        .iter()
        .filter(|entry| !ONLY_FOR_PLACING.contains(&entry.key.as_str()))
        .cloned()
        .collect();
    claim.taints.clone_from(&template.taints);
    claim.startup_taints.clone_from(&template.startup_taints);
    claim.node_class.clone_from(&template.node_class);
    claim.expire_after.clone_from(&template.expire_after);
    claim.termination_grace_period = template.termination_grace_period;
    claim.owners.push(Owner {
        api_version: "karpenter.sh/v1".to_owned(),
        kind: "NodePool".to_owned(),
        name: pool.name.to_string(),
        uid: pool.uid.clone(),
        controller: false,
    });
    claim
}
