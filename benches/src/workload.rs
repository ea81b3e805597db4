//! Reads the pods of a benchmark: the reference's own, or a trace of a real cluster; not their placement.

use std::sync::Arc;

use anyhow::{Context as _, bail};
use karp_core::model::{
    LabelSelector, NodeSelectorTerm, Operator, Pod, PodAffinityTerm, PreferredNodeTerm,
    RequirementEntry, ResourceName, Span, Timestamp, TopologySpread, Uid, WeightedPodAffinityTerm,
    label,
};
use serde::Deserialize;

/// Header of the reference's benchmark files.
const BENCHMARK: &str =
    "group,label_key,label_value,selector_key,selector_value,cpu_milli,memory_mib";

/// First columns of a trace.
const TRACE: &str = "name,cpu_milli,memory_mib,num_gpu,";

/// Pods of a CSV file, told by its header; `plain` drops every constraint and keeps the requests.
///
/// A benchmark file has one pod a line: its group (`generic`, `zone-spread`, `hostname-spread`, `zone-affinity`,
/// `hostname-anti-affinity`, `preference`), a label, a selector, requests. A trace has names, requests, GPUs and creation times in seconds
/// after 2026-01-01T00:00:00Z; a shared GPU counts as one.
///
/// # Errors
///
/// When the header is neither, or a line can't be read; with the number of the line.
pub fn read(text: &str, plain: bool) -> anyhow::Result<Vec<Arc<Pod>>> {
    let header = text.lines().next().unwrap_or_default();
    if header == BENCHMARK {
        return rows(text, |index, row: BenchmarkRow| row.pod(index, plain));
    }
    if header.starts_with(TRACE) {
        return rows(text, |index, row: TraceRow| row.pod(index));
    }
    bail!("the header `{header}` is neither that of a benchmark file nor that of a trace")
}

fn rows<Row: for<'de> Deserialize<'de>>(
    text: &str,
    pod: impl Fn(usize, Row) -> anyhow::Result<Pod>,
) -> anyhow::Result<Vec<Arc<Pod>>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut pods = Vec::new();
    for (index, row) in reader.deserialize().enumerate() {
        let row = row.with_context(|| format!("line {}", index + 2))?;
        pods.push(Arc::new(pod(index, row).with_context(|| format!("line {}", index + 2))?));
    }
    Ok(pods)
}

#[derive(Deserialize)]
struct BenchmarkRow {
    group: String,
    label_key: String,
    label_value: String,
    selector_key: String,
    selector_value: String,
    cpu_milli: i64,
    memory_mib: i64,
}

#[derive(Deserialize)]
struct TraceRow {
    name: String,
    cpu_milli: i64,
    memory_mib: i64,
    num_gpu: i64,
    creation_time: i64,
}

/// A pod that asks for these amounts, with a UID that keeps the order of the file.
fn sized(name: &str, index: usize, cpu_milli: i64, memory_mib: i64) -> Pod {
    let mut pod = Pod::new(name);
    pod.uid = Uid::from(format!("{index:06}"));
    let requests = &mut pod.spec_mut().requests;
    requests.set(ResourceName::CPU, cpu_milli);
    requests.set(ResourceName::MEMORY, memory_mib.saturating_mul(1 << 20));
    pod
}

impl BenchmarkRow {
    fn pod(self, index: usize, plain: bool) -> anyhow::Result<Pod> {
        let pod = sized(&format!("pod-{index:05}"), index, self.cpu_milli, self.memory_mib);
        let pod = pod.label(self.label_key, self.label_value);
        if plain {
            return Ok(pod);
        }
        let selector = LabelSelector::label(self.selector_key, self.selector_value);
        Ok(match self.group.as_str() {
            "generic" => pod,
            "zone-spread" => pod.spread(TopologySpread::new(label::ZONE, 1).selecting(selector)),
            "hostname-spread" => {
                pod.spread(TopologySpread::new(label::HOSTNAME, 1).selecting(selector))
            }
            "zone-affinity" => pod.near(PodAffinityTerm::new(label::ZONE, selector)),
            "hostname-anti-affinity" => {
                pod.away_from(PodAffinityTerm::new(label::HOSTNAME, selector))
            }
            "preference" => preferring(pod, &selector),
            group => bail!("the group `{group}` is unknown"),
        })
    }
}

/// Wishes of the reference's preference benchmark: one zone, and to be alone in zone and on host.
fn preferring(mut pod: Pod, selector: &LabelSelector) -> Pod {
    let spec = pod.spec_mut();
    spec.node_affinity.preferred.push(PreferredNodeTerm {
        weight: 1,
        preference: NodeSelectorTerm {
            match_expressions: vec![RequirementEntry::new(
                label::ZONE,
                Operator::In,
                ["test-zone-1"],
            )],
            match_fields: Vec::new(),
        },
    });
    for (weight, key) in [(10, label::ZONE), (1, label::HOSTNAME)] {
        spec.pod_anti_affinity.preferred.push(WeightedPodAffinityTerm {
            weight,
            pod_affinity_term: PodAffinityTerm::new(key, selector.clone()),
        });
    }
    pod
}

impl TraceRow {
    fn pod(self, index: usize) -> anyhow::Result<Pod> {
        let mut pod = sized(&self.name, index, self.cpu_milli, self.memory_mib);
        let start: Timestamp = "2026-01-01T00:00:00Z".parse()?;
        pod.created_at = start + Span::seconds(self.creation_time);
        if self.num_gpu > 0 {
            pod.spec_mut().requests.set("nvidia.com/gpu", self.num_gpu);
        }
        Ok(pod)
    }
}
