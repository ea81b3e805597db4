//! The stage of these tests: a pool, its class, and the types that the catalog answers.

use std::sync::{Arc, LazyLock};

use karp_aws::{
    Settings,
    catalog::{self, Bundled},
};
use karp_core::{
    k8s::{Catalog as _, CatalogAnswer, CatalogError, CatalogRequest},
    model::{InstanceType, NodeClassRef, NodePool, ResourceName},
};
use serde_json::{Value, json};

pub(crate) const MIB: i64 = 1 << 20;
pub(crate) const GIB: i64 = 1 << 30;

/// A pool `general` whose class is the `EC2NodeClass` named `default`.
pub(crate) fn pool() -> NodePool {
    let mut pool = NodePool::new("general");
    pool.template.node_class = NodeClassRef {
        group: "karpenter.k8s.aws".to_owned(),
        kind: "EC2NodeClass".to_owned(),
        name: "default".to_owned(),
    };
    pool
}

/// An object with this spec.
pub(crate) fn class(spec: &Value) -> Value {
    json!({
        "apiVersion": "karpenter.k8s.aws/v1",
        "kind": "EC2NodeClass",
        "metadata": { "name": "default" },
        "spec": spec,
    })
}

/// An object with this image family and kubelet block.
pub(crate) fn kubelet_class(family: &str, kubelet: &Value) -> Value {
    class(&json!({ "amiFamily": family, "kubelet": kubelet }))
}

pub(crate) fn catalog() -> Bundled {
    catalog::bundled("us-east-1").unwrap()
}

pub(crate) fn ask(catalog: &Bundled, class: &Value) -> Result<CatalogAnswer, CatalogError> {
    catalog.instance_types(&CatalogRequest::new(&pool(), Some(class)))
}

/// One catalog for all tests: most ask for few classes.
static CATALOG: LazyLock<Bundled> = LazyLock::new(catalog);

/// All types for a class.
pub(crate) fn types(class: &Value) -> Vec<Arc<InstanceType>> {
    ask(&CATALOG, class).unwrap().instance_types
}

/// One type for a class under other settings.
pub(crate) fn one_under(settings: Settings, class: &Value, name: &str) -> InstanceType {
    let catalog = CATALOG.keeping(|known| known == name).with_settings(settings);
    named(&ask(&catalog, class).unwrap().instance_types, name).clone()
}

/// The type of a name.
pub(crate) fn named<'a>(types: &'a [Arc<InstanceType>], name: &str) -> &'a InstanceType {
    types.iter().find(|offered| offered.name == name).unwrap()
}

/// One type for a class.
pub(crate) fn one(class: &Value, name: &str) -> InstanceType {
    let catalog = CATALOG.keeping(|known| known == name);
    named(&ask(&catalog, class).unwrap().instance_types, name).clone()
}

/// Number of pods of a type.
pub(crate) fn pods(offered: &InstanceType) -> i64 {
    offered.capacity.amount(ResourceName::PODS)
}

/// Memory for the kubelet in MiB.
pub(crate) fn kube_memory_mib(offered: &InstanceType) -> i64 {
    offered.overhead.kube_reserved.amount(ResourceName::MEMORY) / MIB
}

/// The only value that a type has for a label; none where the label is absent or open.
pub(crate) fn label<'a>(offered: &'a InstanceType, key: &str) -> Option<&'a str> {
    let requirement = offered.requirements.get(key)?;
    let mut values = requirement.values();
    match (values.next(), values.next()) {
        (Some(value), None) if !requirement.is_complement() => Some(value),
        _ => None,
    }
}

/// Number of offerings that can be bought.
pub(crate) fn available(offered: &InstanceType) -> usize {
    offered.offerings.iter().filter(|offering| offering.available).count()
}
