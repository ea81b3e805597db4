//! The controller on machines that it manages itself; not other critical workloads.

use super::{Rule, cluster::Cluster};
use crate::model::{Finding, Severity};

/// The controller's pods may be on machines of a pool.
pub(super) const ON_MANAGED_NODES: Rule = Rule::new(
    "controller-on-managed-nodes",
    Severity::Warning,
    "the controller may run on machines that it manages",
    "require `karpenter.sh/nodepool` `DoesNotExist` in the node affinity, and run it on a node group or on Fargate",
);

pub(super) fn find(cluster: &Cluster<'_>) -> Vec<Finding> {
    let controllers = cluster.pods.iter().filter(|pods| {
        pods.kind != "DaemonSet" && cluster.settings.controller.matches(pods.labels)
    });
    let mut findings = Vec::new();
    for pods in controllers {
        let Some(offer) = cluster.pool_for(pods) else { continue };
        let message = format!(
            "neither affinity nor taints keep it off the machines of node pool `{}`: if the last machine goes that runs it, nobody is \
             left to buy the next",
            offer.pool.name
        );
        let finding = ON_MANAGED_NODES.finding(&pods.object, message);
        findings.push(finding.at(pods.field("spec.affinity")));
    }
    findings
}
