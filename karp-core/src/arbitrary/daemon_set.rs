//! Daemon sets; not their pods.

use std::sync::Arc;

use proptest::{collection::vec, prelude::*, sample::select};

use super::{
    demand::{selected_label, term},
    object::ObjectStrategy,
    pod, word,
};
use crate::model::{
    DaemonSet, Labels, ObjectId, Operator, PodSpec, PodTemplate, RequirementEntry, ResourceName,
    Resources, label,
};

/// Daemon sets `system/d0` and `system/d1` that ask for little; some run on some machines only.
pub fn daemon_set() -> ObjectStrategy<DaemonSet> {
    let name = select(&["d0", "d1"][..]);
    ObjectStrategy::new((name, spec()).prop_map(|(name, spec)| {
        let labels = Labels::from([("app".to_owned(), "daemon".to_owned())]);
        let template = PodTemplate {
            labels: Arc::new(labels),
            annotations: Arc::default(),
            spec: Arc::new(spec),
        };
        DaemonSet::new(ObjectId::new("system", name), template)
    }))
}

fn spec() -> impl Strategy<Value = PodSpec> {
    let cpu = select(&[100_i64, 250, 1000][..]);
    let when_ready = Just((label::INITIALIZED.to_owned(), "true".to_owned()));
    let selector = prop_oneof![
        5 => Just(None),
        2 => selected_label().prop_map(Some),
        1 => when_ready.prop_map(Some),
    ];
    let registered = RequirementEntry::new(label::REGISTERED, Operator::In, ["true"]);
    let required = prop_oneof![
        4 => vec(term(), 0..1),
        2 => vec(term(), 1..3),
        1 => term().prop_map(move |mut term| {
            term.match_expressions.push(registered.clone());
            vec![term]
        }),
    ];
    let tolerations = vec(word::toleration(), 0..2);
    let memory = prop_oneof![2 => Just(None), 1 => pod::requests().prop_map(|all| all.get(ResourceName::MEMORY))];
    (cpu, memory, selector, required, tolerations).prop_map(
        |(cpu, memory, selector, required, tolerations)| {
            let requests = Resources::new().with(ResourceName::CPU, cpu);
            let mut spec = PodSpec { requests, tolerations, ..PodSpec::default() };
            if let Some(memory) = memory {
                spec.requests.set(ResourceName::MEMORY, memory);
            }
            spec.node_selector.extend(selector);
            spec.node_affinity.required = required;
            spec
        },
    )
}
