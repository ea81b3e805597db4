//! Priorities by class; not preemption.

use crate::k8s::{
    object::{PodSpecFields, PriorityClassObject},
    objects::Shelf,
};

/// Priorities that pods get by the name of their class.
#[derive(Debug)]
pub(super) struct Priorities<'a> {
    classes: &'a Shelf<PriorityClassObject>,
    /// Priority of pods without a class.
    default: i32,
}

/// Classes that every cluster has.
const BUILT_IN: [(&str, i32); 2] =
    [("system-cluster-critical", 2_000_000_000), ("system-node-critical", 2_000_001_000)];

impl<'a> Priorities<'a> {
    /// Of several global default classes the lowest counts.
    pub(super) fn new(classes: &'a Shelf<PriorityClassObject>) -> Self {
        let defaults = classes.values().filter(|class| class.object.global_default);
        let default = defaults.map(|class| class.object.value).min().unwrap_or_default();
        Self { classes, default }
    }

    /// The priority of a new pod, or the class that is not there.
    pub(super) fn of<'s>(&self, spec: &'s PodSpecFields) -> Result<i32, &'s str> {
        let name = spec.priority_class_name.as_str();
        if name.is_empty() {
            return Ok(self.default);
        }
        let id = crate::model::ObjectId::new("", name);
        let given = self.classes.get(&id).map(|class| class.object.value);
        let built_in =
            || BUILT_IN.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        given.or_else(built_in).ok_or(name)
    }
}
