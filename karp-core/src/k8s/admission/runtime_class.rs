//! What a runtime class adds to its pods; not the runtime.

use super::Subject;
use crate::{
    k8s::{
        object::{PodSpecFields, RuntimeClassObject},
        objects::Shelf,
    },
    model::{Finding, ObjectId},
};

/// Adds overhead, node labels and tolerations of the pod's class.
///
/// # Errors
///
/// A finding when the class is not there, or wants another value of a label than the pod does.
pub(super) fn apply(
    spec: &mut PodSpecFields,
    classes: &Shelf<RuntimeClassObject>,
    subject: Subject<'_>,
) -> Result<(), Box<Finding>> {
    if spec.runtime_class_name.is_empty() {
        return Ok(());
    }
    let name = spec.runtime_class_name.as_str();
    let Some(class) = classes.get(&ObjectId::new("", name)) else {
        let message = format!("runtime class `{name}` is not there, no overhead is added");
        return Err(Box::new(subject.refuses(
            "missing-runtime-class",
            "runtimeClassName",
            message,
        )));
    };
    let class = &class.object;
    if spec.overhead.is_empty() {
        spec.overhead = class.overhead.pod_fixed.clone();
    }
    for toleration in &class.scheduling.tolerations {
        if !spec.tolerations.contains(toleration) {
            spec.tolerations.push(toleration.clone());
        }
    }
    for (key, value) in &class.scheduling.node_selector {
        let own = spec.node_selector.entry(key.clone()).or_insert_with(|| value.clone());
        if own != value {
            let message = format!(
                "`{key}` is `{own}`, but runtime class `{}` wants `{value}`",
                class.metadata.name
            );
            return Err(Box::new(subject.refuses(
                "runtime-class-conflict",
                "nodeSelector",
                message,
            )));
        }
    }
    Ok(())
}
