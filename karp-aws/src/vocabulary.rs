//! Which labels mean something on EC2: the one vocabulary for plans; not the verdicts of a profile.

use karp_core::{k8s::validate::Profile, model::Vocabulary};

use crate::node_class::label_rules;

/// The label rules of clusters on EC2: the core's, and the keys of [`label`](crate::label).
///
/// That of the newest profile: [`label_rules::vocabulary`] has those of others.
///
/// ```
/// let words = karp_aws::vocabulary();
/// assert!(words.is_well_known("karpenter.k8s.aws/instance-family"));
/// assert!(words.is_restricted("karpenter.k8s.aws/ec2nodeclass"));
/// assert_eq!(words.canonical_key("topology.ebs.csi.aws.com/zone"), "topology.kubernetes.io/zone");
/// ```
pub fn vocabulary() -> Vocabulary {
    label_rules::vocabulary(Profile::Head)
}
