//! Capacity buffers and what they are sized by; not their pods.

use std::sync::Arc;

use proptest::{collection::vec, option, prelude::*, sample::select};

use super::{
    object::ObjectStrategy,
    pod::{Body, body, namespace},
    topology::Company,
};
use crate::{
    model::{
        CapacityBuffer, Condition, ConditionStatus, NamedPodTemplate, ObjectId, PodTemplate,
        ResourceName, Resources, ScalableRef, Uid, Workload,
    },
    snapshot::SnapshotBuilder,
};

/// Buffers `b0` to `b2` of few pods: of the pod templates `t0` and `t1`, or of the workloads `w0` and `w1`; some name what is not
/// there, some have no size, some are not ready.
pub fn capacity_buffer() -> ObjectStrategy<CapacityBuffer> {
    let name = select(&["b0", "b1", "b2"][..]);
    let source = select(vec![
        Source::Template("t0"),
        Source::Template("t1"),
        Source::Workload("Deployment", "w0"),
        Source::Workload("StatefulSet", "w1"),
        Source::Workload("Job", "w0"),
        Source::Nothing,
    ]);
    let size = (
        option::weighted(0.6, 0_u32..4),
        option::weighted(0.4, select(&[0_u32, 10, 50, 150][..])),
        option::weighted(0.3, limits()),
    );
    let status = (option::weighted(0.1, 0_u32..3), prop::bool::weighted(0.1));
    let parts = (namespace(), name, select(&["", "u"][..]), source, size, status);
    ObjectStrategy::new(parts.prop_map(|(namespace, name, uid, source, size, status)| {
        let mut buffer = CapacityBuffer::new(ObjectId::new(namespace, name));
        buffer.uid = Uid::new(uid);
        source.apply(&mut buffer);
        let limits;
        (buffer.replicas, buffer.percentage, limits) = size;
        buffer.limits = limits.unwrap_or_default();
        let (replicas, is_unready) = status;
        buffer.status_replicas = replicas;
        if is_unready {
            buffer.conditions.push(Condition {
                kind: "ReadyForProvisioning".to_owned(),
                status: ConditionStatus::False,
                reason: String::new(),
                changed_at: None,
            });
        }
        buffer
    }))
}

#[derive(Clone, Copy, Debug)]
enum Source {
    Template(&'static str),
    Workload(&'static str, &'static str),
    Nothing,
}

impl Source {
    fn apply(self, buffer: &mut CapacityBuffer) {
        match self {
            Self::Template(name) => buffer.pod_template = Some(name.to_owned()),
            Self::Workload(kind, name) => {
                buffer.scalable = Some(ScalableRef {
                    group: "apps".to_owned(),
                    kind: kind.to_owned(),
                    name: name.to_owned(),
                });
            }
            Self::Nothing => {}
        }
    }
}

fn limits() -> impl Strategy<Value = Resources> {
    let cpu = select(&[500_i64, 2000, 4000][..]);
    let memory = option::weighted(0.5, select(&[256_i64, 2048][..]));
    (cpu, memory).prop_map(|(cpu, memory)| {
        let mut limits = Resources::new().with(ResourceName::CPU, cpu);
        if let Some(mebibytes) = memory {
            limits.set(ResourceName::MEMORY, mebibytes << 20);
        }
        limits
    })
}

/// Buffers and what they may be of.
#[derive(Clone, Debug, Default)]
pub(super) struct Room {
    buffers: Vec<CapacityBuffer>,
    templates: Vec<Chunk>,
    workloads: Vec<Chunk>,
}

/// Something with a pod template, before it has a name.
#[derive(Clone, Debug)]
struct Chunk {
    namespace: &'static str,
    body: Body,
    company: Company,
    replicas: Option<u32>,
}

/// Up to two buffers, two templates and two workloads.
pub(super) fn room(company: &BoxedStrategy<Company>) -> BoxedStrategy<Room> {
    let replicas = option::weighted(0.8, 0_u32..5);
    let chunk = (namespace(), body(), company.clone(), replicas).prop_map(
        |(namespace, body, company, replicas)| Chunk { namespace, body, company, replicas },
    );
    let chunk = chunk.boxed();
    (vec(capacity_buffer(), 0..3), vec(chunk.clone(), 2), vec(chunk, 2))
        .prop_map(|(buffers, templates, workloads)| Room { buffers, templates, workloads })
        .boxed()
}

impl Room {
    /// Names everything and adds it.
    pub(super) fn add_to(self, builder: SnapshotBuilder) -> SnapshotBuilder {
        let buffers = self.buffers.into_iter().enumerate().map(|(index, mut buffer)| {
            buffer.id = ObjectId::new(buffer.id.namespace(), format!("b{index}"));
            buffer
        });
        let templates = self.templates.into_iter().enumerate();
        let workloads = self.workloads.into_iter().enumerate();
        builder
            .buffers(buffers)
            .pod_templates(templates.map(|(index, chunk)| chunk.into_named(index)))
            .workloads(workloads.map(|(index, chunk)| chunk.into_workload(index)))
    }
}

impl Chunk {
    fn template(self) -> PodTemplate {
        let mut body = self.body;
        self.company.apply(&mut body.spec);
        let pod = body.into_pod(ObjectId::new(self.namespace, "any"));
        PodTemplate { labels: pod.labels, annotations: Arc::default(), spec: pod.spec }
    }

    fn into_named(self, index: usize) -> NamedPodTemplate {
        let id = ObjectId::new(self.namespace, format!("t{index}"));
        NamedPodTemplate { id, template: self.template() }
    }

    /// A Deployment, or a StatefulSet if its number is odd.
    fn into_workload(self, index: usize) -> Workload {
        let kind = if index.is_multiple_of(2) { "Deployment" } else { "StatefulSet" };
        let id = ObjectId::new(self.namespace, format!("w{index}"));
        let replicas = self.replicas;
        let mut workload = Workload::new(kind, id, self.template());
        workload.replicas = replicas;
        workload
    }
}
