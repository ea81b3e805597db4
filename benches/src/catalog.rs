//! Reads the instance types of a benchmark; not their prices at any cloud.

use std::{fs, sync::Arc};

use anyhow::Context as _;
use karp_core::model::InstanceType;

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
