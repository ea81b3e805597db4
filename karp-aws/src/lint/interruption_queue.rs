//! A controller that does not hear of interruptions; not whether its queue exists.

use karp_core::{
    lint::{Rule, Settings},
    model::{Finding, Severity},
    snapshot::Snapshot,
};
use serde_json::Value;

use super::object;
use crate::catalog::admits_spot;

/// The controller's workload names no queue.
pub(super) const NONE: Rule = Rule::new(
    "no-interruption-queue",
    Severity::Warning,
    "the controller listens to no interruption queue",
    "make an SQS queue with EventBridge rules for spot interruptions, health events and state changes, and name it in `INTERRUPTION_QUEUE`",
);

const VARIABLE: &str = "INTERRUPTION_QUEUE";
const FLAG: &str = "--interruption-queue";

/// Looks at a workload of the controller; other objects are passed over.
pub(super) fn find(object: &Value, snapshot: &Snapshot, settings: &Settings) -> Option<Finding> {
    let (labels, spec) = match object::text(object, "/kind") {
        "Pod" => ("/metadata/labels", "/spec"),
        "Deployment" | "StatefulSet" | "ReplicaSet" => {
            ("/spec/template/metadata/labels", "/spec/template/spec")
        }
        _ => return None,
    };
    // The object that stands above speaks for those below it.
    let is_made = !object::items(object, "/metadata/ownerReferences").is_empty();
    if is_made || !settings.controller.matches(&object::labels(object, labels)) {
        return None;
    }
    let containers = object::items(object, &format!("{spec}/containers"));
    if containers.iter().any(names_a_queue) {
        return None;
    }
    let buys_spot = snapshot.node_pools.iter().any(|pool| admits_spot(pool));
    let message = if buys_spot {
        "no queue is named: two minutes' notice of a spot machine goes unheard, and its pods end with it instead of moving before"
    } else {
        "no queue is named: health events and machines that are stopped by others go unheard"
    };
    let field = format!("{}.containers", spec.trim_start_matches('/').replace('/', "."));
    let finding = NONE.finding(object::name(object), message).at(field);
    Some(if buys_spot { finding } else { Finding { severity: Severity::Info, ..finding } })
}

/// Whether a container is told of a queue, or of something that may name one.
fn names_a_queue(container: &Value) -> bool {
    let by_variable = object::items(container, "/env").iter().any(|variable| {
        let is_set =
            !object::text(variable, "/value").is_empty() || variable.get("valueFrom").is_some();
        object::text(variable, "/name") == VARIABLE && is_set
    });
    let arguments =
        || ["/command", "/args"].map(|list| object::items(container, list)).into_iter().flatten();
    let by_flag = arguments().filter_map(Value::as_str).any(|argument| {
        argument
            .strip_prefix(FLAG)
            .is_some_and(|rest| rest != "=" && (rest.is_empty() || rest.starts_with('=')))
    });
    by_variable || by_flag || !object::items(container, "/envFrom").is_empty()
}
