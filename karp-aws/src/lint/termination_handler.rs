//! AWS's node termination handler beside a controller that drains by itself; not the handler on other machines.

use karp_core::{
    lint::{Rule, pools_that_may_hold},
    model::{Finding, LabelSelector, ObjectId, PodTemplate, Severity},
    snapshot::Snapshot,
};

/// Two that answer the same notice.
pub(super) const BESIDE_US: Rule = Rule::new(
    "node-termination-handler",
    Severity::Warning,
    "the AWS node termination handler works on the same machines",
    "uninstall it, or keep it off managed machines: node affinity `karpenter.sh/nodepool` `DoesNotExist`",
);

const HANDLER: &str = "aws-node-termination-handler";

/// Looks for handlers; without pools there is nobody beside whom they work.
pub(super) fn find(snapshot: &Snapshot) -> Vec<Finding> {
    if snapshot.node_pools.is_empty() {
        return Vec::new();
    }
    let agents = snapshot.daemon_sets.iter().filter(|set| is_handler(&set.id, &set.template));
    let agents = agents.filter_map(|set| {
        let pools = pools_that_may_hold(snapshot, &set.template.spec);
        let message = format!(
            "it runs on machines of node pool `{}`, too: both drain a machine on the same notice, and what the handler learns of a shortage \
             the controller does not, so that the next machine is bought where the last was lost",
            pools.first()?.name
        );
        let finding = BESIDE_US.finding(format!("DaemonSet {}", set.id), message);
        Some(finding.at("spec.template.spec.affinity"))
    });
    let queues = snapshot.workloads.iter().filter(|workload| {
        workload.kind == "Deployment" && is_handler(&workload.id, &workload.template)
    });
    let queues = queues.map(|workload| {
        let message = "it drains by a queue of its own all machines with its tag: managed machines must not carry that tag, or two drain them";
        let finding = BESIDE_US.finding(format!("Deployment {}", workload.id), message);
        let remedy = "leave its tag out of `spec.tags` of node classes, or uninstall it";
        Finding { severity: Severity::Info, ..finding }.mended_by(remedy)
    });
    agents.chain(queues).collect()
}

fn is_handler(id: &ObjectId, template: &PodTemplate) -> bool {
    let labelled = LabelSelector::label("app.kubernetes.io/name", HANDLER);
    id.name().contains(HANDLER) || labelled.matches(&template.labels)
}
