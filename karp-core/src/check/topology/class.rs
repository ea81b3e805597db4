//! Pods that are alike to all rules, with what they demand of others; not where they are.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::{census::Census, constraint::Constraint, group::Refusal};
use crate::{
    check::{
        form::{self, Form},
        volume,
        world::World,
    },
    model::{Labels, Pod, PodId, PodSpec, Requirements, Taint},
};

/// All pods that the round tried, by class, and the counts of what they demand.
pub(in crate::check) struct Classes<'w> {
    census: Census<'w>,
    rows: Vec<Class<'w>>,
    of_pod: BTreeMap<&'w PodId, usize>,
}

/// A form in which a pod is tried, with the constraints that it asks.
pub(in crate::check) type Tried<'w> = (Form<'w>, Vec<usize>);

/// Pods that are alike to all rules.
pub(in crate::check) struct Class<'w> {
    pub(in crate::check) pod: &'w Pod,
    /// The forms in which they are tried.
    forms: Vec<Tried<'w>>,
    /// What a place must be for the volumes, one of these.
    pub(in crate::check) volumes: Vec<Requirements>,
    counted_by: Vec<usize>,
    rejected_by: Vec<usize>,
    rejects: Vec<usize>,
}

impl<'w> Classes<'w> {
    /// Reads what these pods demand, and counts all pods that stay where they are.
    pub(in crate::check) fn new(world: &'w World<'w>, tried: &[&'w Pod]) -> Self {
        let mut census = Census::new(world);
        let mut known: FxHashMap<(&str, &Labels, &PodSpec), usize> = FxHashMap::default();
        let mut classes = Vec::new();
        let mut of_pod = BTreeMap::new();
        for pod in tried {
            let kind = (pod.id.namespace(), &*pod.labels, &*pod.spec);
            let class = *known.entry(kind).or_insert_with(|| {
                classes.push(Class::read(pod, &mut census, world));
                classes.len() - 1
            });
            of_pod.insert(&pod.id, class);
        }
        let moving: BTreeSet<&PodId> = of_pod.keys().copied().collect();
        census.count_bound(&moving);
        for class in &mut classes {
            let about = census.about(class.pod.id.namespace(), &class.pod.labels);
            (class.counted_by, class.rejected_by) = about;
        }
        Self { census, rows: classes, of_pod }
    }

    pub(in crate::check) fn of(&self, pod: &PodId) -> Option<&Class<'w>> {
        self.of_pod.get(pod).and_then(|&class| self.rows.get(class))
    }

    /// What a place that would be `place` with a pod of the class on it has to be for everybody.
    pub(in crate::check) fn narrowed(
        &self,
        class: &Class<'w>,
        (form, owned): &Tried<'w>,
        place: &Requirements,
    ) -> Result<Requirements, Refusal> {
        let asked = owned.iter().chain(&class.rejected_by).copied();
        self.census.narrowed(asked, (class.pod, form), place)
    }

    /// Counts a pod on a place that is `place` now.
    pub(in crate::check) fn record(&mut self, pod: &PodId, place: &Requirements, taints: &[Taint]) {
        let class = self.of_pod.get(pod).and_then(|&class| self.rows.get(class));
        if let Some(class) = class {
            self.census.record((&class.counted_by, &class.rejects), place, taints);
        }
    }
}

impl<'w> Class<'w> {
    fn read(pod: &'w Pod, census: &mut Census<'w>, world: &'w World<'w>) -> Self {
        let forms = form::without_volumes(pod, world).into_iter().map(|form| {
            let constraints = Constraint::of_form(pod, &form, world);
            let owned = census.note(constraints);
            (form, owned)
        });
        let forms = forms.collect();
        let rejects = census.note(Constraint::rejections(pod, world));
        let volumes = volume::alternatives(pod, world);
        Self {
            pod,
            forms,
            volumes: volumes.into_iter().map(Requirements::from).collect(),
            counted_by: Vec::new(),
            rejected_by: Vec::new(),
            rejects,
        }
    }

    pub(in crate::check) fn forms(&self) -> &[Tried<'w>] {
        &self.forms
    }
}
