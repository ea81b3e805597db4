//! What was read but decides nothing; not what could not be read.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    k8s::{Manifests, manifests::Unused},
    model::{Finding, Severity},
};

/// A finding for every kind that is not looked at, with the number of its objects.
pub(crate) fn unused(manifests: &Manifests) -> Vec<Finding> {
    let objects = &manifests.objects;
    let mut findings = Vec::new();
    for ((group, kind), unused) in &manifests.unused {
        let object = if group.is_empty() { kind.clone() } else { format!("{kind}.{group}") };
        let Unused { count, example } = unused;
        findings.push(unused_kind(object, *count, example));
    }
    findings.extend(foreign(manifests));
    let of_jobs = "they have no pods, the jobs that they make have";
    let listed = [("no-pods", "CronJob", objects.cron_jobs.len(), of_jobs)];
    for (code, kind, count, message) in listed {
        if count > 0 {
            let message = format!("{count} read; {message}");
            findings.push(Finding::new(code, Severity::Info, kind, message));
        }
    }
    findings
}

/// Objects of somebody else's kind that no pool names as its node class.
fn foreign(manifests: &Manifests) -> Vec<Finding> {
    let pools = manifests.objects.node_pools.values();
    let classes: BTreeSet<(&str, &str)> = pools
        .map(|pool| pool.object.node_class())
        .map(|class| (class.group.as_str(), class.kind.as_str()))
        .collect();
    let mut counts: BTreeMap<(&str, &str), (usize, &str)> = BTreeMap::new();
    for id in manifests.foreign.keys() {
        let kind = (id.group.as_str(), id.kind.as_str());
        if !classes.contains(&kind) {
            counts.entry(kind).or_insert((0, &id.name)).0 += 1;
        }
    }
    let finding = |((group, kind), (count, example)): ((&str, &str), (usize, &str))| {
        unused_kind(format!("{kind}.{group}"), count, &format!("{kind} {example}"))
    };
    counts.into_iter().map(finding).collect()
}

fn unused_kind(object: String, count: usize, example: &str) -> Finding {
    let message = format!("{count} objects of this kind, `{example}` for one, decide nothing");
    Finding::new("unused-kind", Severity::Info, object, message)
}
