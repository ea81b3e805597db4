//! Reads the instance types of a benchmark; not their prices at any cloud.

use std::{fs, sync::Arc};

use anyhow::Context as _;
use karp_aws::catalog;
use karp_core::{
    k8s::{Catalog as _, CatalogRequest},
    model::{InstanceType, NodeClassRef, NodePool},
};

/// The types that `name` stands for: `fake-<n>` for the first n types of the reference's benchmark, else a file in the form of scenario types.
///
/// # Errors
///
/// When the file can't be read or a type in it can't.
pub fn named(name: &str) -> anyhow::Result<Vec<Arc<InstanceType>>> {
    if let Some(count) = name.strip_prefix("fake-").and_then(|count| count.parse().ok()) {
        return Ok(karp_fake::catalog::reference_benchmark(count));
    }
    let text = fs::read_to_string(name).with_context(|| format!("failed to read `{name}`"))?;
    karp_fake::scenario::instance_types(&text).with_context(|| format!("failed to read `{name}`"))
}

/// EC2's types in us-east-1 under Amazon Linux 2023, from the figures that karp carries with it; spot prices are made up.
///
/// # Errors
///
/// When the figures can't be read.
pub fn bundled() -> anyhow::Result<Vec<Arc<InstanceType>>> {
    let mut pool = NodePool::new("default");
    pool.template.node_class = NodeClassRef {
        group: "karpenter.k8s.aws".to_owned(),
        kind: "EC2NodeClass".to_owned(),
        name: "default".to_owned(),
    };
    let class =
        serde_json::json!({ "spec": { "amiSelectorTerms": [{ "alias": "al2023@latest" }] } });
    let answer =
        catalog::bundled("us-east-1")?.instance_types(&CatalogRequest::new(&pool, Some(&class)))?;
    Ok(answer.instance_types)
}
