//! What all workloads become together; not one workload.

use std::collections::BTreeSet;

use super::{census::Census, job, maker::Maker, replica, stateful_set};
use crate::{
    k8s::objects::Objects,
    model::{Finding, PersistentVolumeClaim, Pod, PodId, PodTemplate, Workload},
};

/// What workloads become.
#[derive(Debug, Default)]
pub(crate) struct Expansion {
    /// Pods that are not there yet.
    pub(crate) pods: Vec<Pod>,
    /// Claims of such pods that are not there yet.
    pub(crate) claims: Vec<PersistentVolumeClaim>,
    /// Pods that have ended and whose name a new pod takes.
    pub(crate) replaced: BTreeSet<PodId>,
    /// What was noticed.
    pub(crate) findings: Vec<Finding>,
}

/// Templates of everything that makes pods, completed as the API server would.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Templates<'a> {
    pub(crate) workloads: &'a [Workload],
    /// In the order of the job objects.
    pub(crate) jobs: &'a [PodTemplate],
}

/// Makes the pods that are wanted beyond those that are there.
///
/// Stateful sets come first, since the names of their pods are fixed.
pub(crate) fn expand(objects: &Objects, templates: Templates<'_>) -> Expansion {
    let census = Census::new(objects);
    let mut maker = Maker::new(objects);
    for workload in templates.workloads {
        if workload.kind == "StatefulSet"
            && let Some(set) = objects.stateful_sets.get(&workload.id)
        {
            stateful_set::expand(&mut maker, objects, &set.object, &workload.template);
        }
    }
    for workload in templates.workloads {
        replica::expand(&mut maker, &census, objects, workload);
    }
    for (job, template) in objects.jobs.values().zip(templates.jobs) {
        job::expand(&mut maker, &census, &job.object, template);
    }
    maker.expansion
}
