//! Pod templates completed as the API server would complete their pods; not the pods.

use std::sync::Arc;

use crate::{
    k8s::{
        admission::{Admission, Subject},
        expand,
        object::{Meta, TemplateFields},
        objects::Objects,
        pod_spec::pod_spec,
    },
    model::{DaemonSet, Finding, LabelSelector, NamedPodTemplate, PodTemplate, Workload},
};

/// Everything with a pod template.
#[derive(Debug)]
pub(super) struct Templates {
    pub(super) daemon_sets: Vec<DaemonSet>,
    pub(super) workloads: Vec<Workload>,
    pub(super) named: Vec<NamedPodTemplate>,
    /// In the order of the job objects.
    jobs: Vec<PodTemplate>,
}

impl Templates {
    pub(super) fn new(
        objects: &Objects,
        admission: &Admission<'_>,
        findings: &mut Vec<Finding>,
    ) -> Self {
        let mut completer = Completer { admission, findings };
        let jobs = objects.jobs.values().map(|job| &job.object);
        Self {
            daemon_sets: completer.daemon_sets(objects),
            workloads: completer.workloads(objects),
            named: completer.named(objects),
            jobs: jobs
                .map(|job| completer.complete("Job", &job.metadata, &job.spec.template))
                .collect(),
        }
    }

    /// Templates that are expanded to pods.
    pub(super) fn of_pods(&self) -> expand::Templates<'_> {
        expand::Templates { workloads: &self.workloads, jobs: &self.jobs }
    }
}

struct Completer<'a, 'f> {
    admission: &'a Admission<'a>,
    findings: &'f mut Vec<Finding>,
}

impl Completer<'_, '_> {
    /// The template of a workload.
    fn complete(&mut self, kind: &str, meta: &Meta, template: &TemplateFields) -> PodTemplate {
        self.complete_at("spec.template.spec", kind, meta, template)
    }

    fn complete_at(
        &mut self,
        path: &str,
        kind: &str,
        meta: &Meta,
        template: &TemplateFields,
    ) -> PodTemplate {
        let object = format!("{kind} {}", meta.id());
        let subject = Subject { namespace: &meta.namespace, object: &object, path };
        let spec = (*template.spec).clone();
        let spec = self.admission.complete(spec, subject, self.findings);
        PodTemplate {
            labels: Arc::new(template.metadata.labels.clone()),
            annotations: Arc::new(template.metadata.annotations.clone()),
            spec: Arc::new(pod_spec(&spec, None, &meta.name)),
        }
    }

    fn daemon_sets(&mut self, objects: &Objects) -> Vec<DaemonSet> {
        let sets = objects.daemon_sets.values().map(|set| &set.object);
        sets.map(|set| {
            let template = self.complete("DaemonSet", &set.metadata, &set.spec.template);
            let mut daemon_set = DaemonSet::new(set.metadata.id(), template);
            daemon_set.uid = set.metadata.uid();
            daemon_set.created_at = set.metadata.created_at();
            daemon_set
        })
        .collect()
    }

    fn named(&mut self, objects: &Objects) -> Vec<NamedPodTemplate> {
        let templates = objects.pod_templates.values().map(|template| &template.object);
        templates
            .map(|object| {
                let (meta, fields) = (&object.metadata, &object.template);
                let template = self.complete_at("template.spec", "PodTemplate", meta, fields);
                NamedPodTemplate { id: meta.id(), template }
            })
            .collect()
    }

    fn workloads(&mut self, objects: &Objects) -> Vec<Workload> {
        let mut workloads = Vec::new();
        for (kind, shelf) in
            [("Deployment", &objects.deployments), ("ReplicaSet", &objects.replica_sets)]
        {
            for replicated in shelf.values().map(|placed| &placed.object) {
                let spec = &replicated.spec;
                let mut workload = self.workload(kind, &replicated.metadata, &spec.template);
                workload.replicas = spec.replicas;
                workload.selector.clone_from(&spec.selector);
                workloads.push(workload);
            }
        }
        for set in objects.stateful_sets.values().map(|placed| &placed.object) {
            let mut workload = self.workload("StatefulSet", &set.metadata, &set.spec.template);
            workload.replicas = set.spec.replicas;
            workload.selector.clone_from(&set.spec.selector);
            workloads.push(workload);
        }
        for controller in objects.replication_controllers.values().map(|placed| &placed.object) {
            let (meta, spec) = (&controller.metadata, &controller.spec);
            let mut workload = self.workload("ReplicationController", meta, &spec.template);
            workload.group.clear();
            workload.replicas = spec.replicas;
            // Without a selector the labels of the template are it.
            let labels = if spec.selector.is_empty() {
                &spec.template.metadata.labels
            } else {
                &spec.selector
            };
            workload.selector =
                Some(LabelSelector { match_labels: labels.clone(), match_expressions: Vec::new() });
            workloads.push(workload);
        }
        workloads
    }

    fn workload(&mut self, kind: &str, meta: &Meta, template: &TemplateFields) -> Workload {
        let mut workload = Workload::new(kind, meta.id(), self.complete(kind, meta, template));
        workload.uid = meta.uid();
        workload
    }
}
