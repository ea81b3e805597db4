//! Names that are too long for the labels made of them; not names that the API server refuses.

use super::{Rule, cluster::Cluster};
use crate::model::{Finding, Severity, label};

/// A name that becomes a label value and is too long for one.
pub(super) const TOO_LONG: Rule = Rule::new(
    "name-too-long",
    Severity::Error,
    "a name is too long for the label that is made of it",
    "shorten the name",
);

/// Longest value of a label, in bytes
/// (<https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set>).
const LABEL_VALUE_MAX: usize = 63;
/// What the controller of stateful sets puts behind the name in the label `controller-revision-hash`: a dash and ten characters.
const REVISION: usize = 11;

pub(super) fn find(cluster: &Cluster<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for offer in &cluster.pools {
        let (name, class) = (offer.pool.name.as_str(), &offer.pool.template.node_class);
        if name.len() > LABEL_VALUE_MAX {
            let message = made_of(label::NODE_POOL, "every machine carries", name.len());
            findings.push(TOO_LONG.finding(&offer.object, message).at("metadata.name"));
        }
        if class.name.len() > LABEL_VALUE_MAX {
            let message = made_of(&class.label_key(), "every machine carries", class.name.len());
            let object = format!("{} {}", class.kind, class.name);
            findings.push(TOO_LONG.finding(object, message).at("metadata.name"));
        }
    }
    for pods in cluster.pods.iter().filter(|pods| pods.kind == "StatefulSet") {
        let ordinal = pods.replicas.saturating_sub(1).to_string().len();
        let length = pods.name.len() + REVISION.max(1 + ordinal);
        if length > LABEL_VALUE_MAX {
            let message = made_of("controller-revision-hash", "each of its pods carries", length);
            findings.push(TOO_LONG.finding(&pods.object, message).at("metadata.name"));
        }
    }
    findings
}

fn made_of(key: &str, carried: &str, length: usize) -> String {
    format!(
        "{carried} the label `{key}`, whose value would have {length} characters ({LABEL_VALUE_MAX} at most), so that none is ever made"
    )
}
