//! Label keys that belong to the system; not keys that are misspelt.

use std::collections::BTreeSet;

use super::{Rule, cluster::Cluster, offer::PoolOffer, pods::PodGroup};
use crate::model::{Finding, Severity, Vocabulary, label};

/// A demand for, or a label of, a key that users may not use.
pub(super) const RESTRICTED: Rule = Rule::new(
    "restricted-key",
    Severity::Error,
    "a label key belongs to the system",
    "use a key of a domain of your own, `example.com/team` for example",
);

pub(super) fn find(cluster: &Cluster<'_>) -> Vec<Finding> {
    let words = cluster.words();
    let of_pools = cluster.pools.iter().flat_map(|offer| of_pool(offer, words));
    let may_be_managed = |pods: &&PodGroup<'_>| pods.kind != "DaemonSet";
    let of_pods = cluster.pods.iter().filter(may_be_managed).flat_map(|pods| of_pods(pods, words));
    of_pools.chain(of_pods).collect()
}

fn of_pool(offer: &PoolOffer<'_>, words: &Vocabulary) -> Vec<Finding> {
    let template = &offer.pool.template;
    let entries = template.requirements.iter().enumerate().map(|(index, entry)| {
        (format!("spec.template.spec.requirements[{index}].key"), entry.key.as_str())
    });
    let labels = template.labels.keys().map(|key| (label_field(key), key.as_str()));
    let restricted = entries.chain(labels).filter(|(_, key)| {
        let key = words.canonical_key(key);
        // Each pool has this label already, and the definition of pools refuses it.
        key == label::NODE_POOL || words.is_restricted(key)
    });
    restricted
        .map(|(field, key)| {
            let message = format!("`{key}` can't be chosen by a pool: controllers take the pool for invalid and never use it");
            RESTRICTED.finding(&offer.object, message).at(field)
        })
        .collect()
}

fn label_field(key: &str) -> String {
    format!("spec.template.metadata.labels[{key}]")
}

/// Pods of daemon sets are placed by others; all other pods with such a demand never get a machine.
fn of_pods(pods: &PodGroup<'_>, words: &Vocabulary) -> Vec<Finding> {
    let selector = pods.spec.node_selector.keys().map(|key| ("spec.nodeSelector", key));
    let terms = pods.spec.node_affinity.required.iter().flat_map(|term| &term.match_expressions);
    let terms = terms.map(|entry| ("spec.affinity.nodeAffinity", &entry.key));
    let restricted: BTreeSet<(&str, &str)> = selector
        .chain(terms)
        .filter(|(_, key)| words.is_restricted(words.canonical_key(key)))
        .map(|(field, key)| (field, key.as_str()))
        .collect();
    restricted
        .into_iter()
        .map(|(field, key)| {
            let message = format!(
                "pods that choose a node by `{key}` get no new machine: no pool can promise one with that label"
            );
            let finding = RESTRICTED
                .finding(&pods.object, message)
                .at(pods.field(field))
                .mended_by("choose by a label that pools may have");
            Finding { severity: Severity::Warning, ..finding }
        })
        .collect()
}
