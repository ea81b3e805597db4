//! All objects that were read, one shelf per kind; not how they hang together.

use std::{collections::BTreeMap, sync::Arc};

use rustc_hash::FxHashSet;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    ManifestError, Place,
    field::{FieldError, typed},
    object::{
        BudgetObject, CapacityBufferObject, ClaimObject, CronJobObject, CsiNodeObject,
        DaemonSetObject, DeviceClassObject, JobObject, LimitRangeObject, Meta, NamespaceObject,
        NodeClaimObject, NodeObject, NodeOverlayObject, NodePoolObject, PodObject, PodSpecFields,
        PodTemplateObject, PriorityClassObject, ReplicatedObject, ReplicationControllerObject,
        ResourceClaimObject, ResourceClaimTemplateObject, ResourceSliceObject, RuntimeClassObject,
        ServiceObject, StatefulSetObject, StorageClassObject, VolumeObject,
    },
};
use crate::model::ObjectId;

/// Objects of one kind by namespace and name; the namespace of cluster-wide objects is empty.
pub(crate) type Shelf<T> = BTreeMap<ObjectId, Placed<T>>;

/// An object and where it was read.
#[derive(Clone, Debug)]
pub(crate) struct Placed<T> {
    pub(crate) object: T,
    pub(crate) place: Place,
}

/// What is said of an object before it is known whether it can be read.
#[derive(Clone, Debug)]
pub(crate) struct Header {
    pub(crate) place: Place,
    pub(crate) api_version: String,
    pub(crate) kind: String,
    /// `Deployment shop/web`.
    pub(crate) object: String,
}

/// An object with metadata.
pub(crate) trait Read: DeserializeOwned {
    fn meta_mut(&mut self) -> &mut Meta;

    /// Finds what the fields' types let through; may put the object in order.
    fn check(&mut self) -> Result<(), FieldError> {
        Ok(())
    }

    /// Takes from the raw object what the fields' types lose.
    fn look(&mut self, _raw: &Value) {}

    /// Makes specs that are equal to earlier ones the same allocation.
    fn share(&mut self, _specs: &mut Specs) {}
}

/// Pod specs that were read, each once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Specs(FxHashSet<Arc<PodSpecFields>>);

impl Specs {
    fn share(&mut self, spec: &mut Arc<PodSpecFields>) {
        match self.0.get(spec) {
            Some(first) => *spec = Arc::clone(first),
            None => {
                self.0.insert(Arc::clone(spec));
            }
        }
    }
}

/// Declares the kinds that are read: shelf, struct, kind, group, versions, and whether they live in namespaces.
macro_rules! kinds {
    ($($shelf:ident: $object:ty = $kind:literal of $group:literal $versions:tt $scope:ident;)*) => {
        /// Objects by kind.
        #[derive(Clone, Debug, Default)]
        pub(crate) struct Objects {
            $(pub(crate) $shelf: Shelf<$object>,)*
            specs: Specs,
        }

        impl Objects {
            /// Reads an object of a known kind; none for other kinds.
            pub(crate) fn read(
                &mut self,
                header: &Header,
                value: &Value,
            ) -> Option<Result<(), ManifestError>> {
                let (group, version) = group_and_version(&header.api_version);
                match (group, header.kind.as_str()) {
                    $(($group, $kind) => Some(
                        check_version(header, version, $group, &$versions)
                            .and_then(|()| read(Scope::$scope, header, value))
                            .and_then(|mut object: $object| {
                                object.share(&mut self.specs);
                                put(&mut self.$shelf, object, header)
                            }),
                    ),)*
                    _ => None,
                }
            }

            /// Number of objects.
            pub(crate) fn len(&self) -> usize {
                0 $(+ self.$shelf.len())*
            }
        }
    };
}

kinds! {
    budgets: BudgetObject = "PodDisruptionBudget" of "policy" ["v1"] Namespaced;
    buffers: CapacityBufferObject =
        "CapacityBuffer" of "autoscaling.x-k8s.io" ["v1beta1"] Namespaced;
    claims: ClaimObject = "PersistentVolumeClaim" of "" ["v1"] Namespaced;
    cron_jobs: CronJobObject = "CronJob" of "batch" ["v1"] Namespaced;
    csi_nodes: CsiNodeObject = "CSINode" of "storage.k8s.io" ["v1"] Cluster;
    daemon_sets: DaemonSetObject = "DaemonSet" of "apps" ["v1"] Namespaced;
    deployments: ReplicatedObject = "Deployment" of "apps" ["v1"] Namespaced;
    device_classes: DeviceClassObject =
        "DeviceClass" of "resource.k8s.io" ["v1", "v1beta1", "v1beta2"] Cluster;
    device_claims: ResourceClaimObject =
        "ResourceClaim" of "resource.k8s.io" ["v1", "v1beta1", "v1beta2"] Namespaced;
    device_claim_templates: ResourceClaimTemplateObject =
        "ResourceClaimTemplate" of "resource.k8s.io" ["v1", "v1beta1", "v1beta2"] Namespaced;
    jobs: JobObject = "Job" of "batch" ["v1"] Namespaced;
    limit_ranges: LimitRangeObject = "LimitRange" of "" ["v1"] Namespaced;
    namespaces: NamespaceObject = "Namespace" of "" ["v1"] Cluster;
    node_claims: NodeClaimObject = "NodeClaim" of "karpenter.sh" ["v1"] Cluster;
    node_overlays: NodeOverlayObject = "NodeOverlay" of "karpenter.sh" ["v1alpha1"] Cluster;
    node_pools: NodePoolObject = "NodePool" of "karpenter.sh" ["v1"] Cluster;
    nodes: NodeObject = "Node" of "" ["v1"] Cluster;
    pod_templates: PodTemplateObject = "PodTemplate" of "" ["v1"] Namespaced;
    pods: PodObject = "Pod" of "" ["v1"] Namespaced;
    priority_classes: PriorityClassObject =
        "PriorityClass" of "scheduling.k8s.io" ["v1"] Cluster;
    replica_sets: ReplicatedObject = "ReplicaSet" of "apps" ["v1"] Namespaced;
    replication_controllers: ReplicationControllerObject =
        "ReplicationController" of "" ["v1"] Namespaced;
    resource_slices: ResourceSliceObject =
        "ResourceSlice" of "resource.k8s.io" ["v1", "v1beta1", "v1beta2"] Cluster;
    runtime_classes: RuntimeClassObject = "RuntimeClass" of "node.k8s.io" ["v1"] Cluster;
    services: ServiceObject = "Service" of "" ["v1"] Namespaced;
    stateful_sets: StatefulSetObject = "StatefulSet" of "apps" ["v1"] Namespaced;
    storage_classes: StorageClassObject = "StorageClass" of "storage.k8s.io" ["v1"] Cluster;
    volumes: VolumeObject = "PersistentVolume" of "" ["v1"] Cluster;
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Scope {
    Cluster,
    Namespaced,
}

/// Group and version of an `apiVersion`; the group of the first objects of Kubernetes is empty.
pub(crate) fn group_and_version(api_version: &str) -> (&str, &str) {
    api_version.split_once('/').unwrap_or(("", api_version))
}

fn check_version(
    header: &Header,
    version: &str,
    group: &str,
    versions: &[&str],
) -> Result<(), ManifestError> {
    if versions.contains(&version) {
        return Ok(());
    }
    let expected: Vec<String> = versions
        .iter()
        .map(
            |known| if group.is_empty() { (*known).to_owned() } else { format!("{group}/{known}") },
        )
        .collect();
    Err(ManifestError::Version {
        place: header.place.clone(),
        object: header.object.clone(),
        found: header.api_version.clone(),
        expected: expected.join(" or "),
    })
}

fn read<T: Read>(scope: Scope, header: &Header, value: &Value) -> Result<T, ManifestError> {
    let error = |error| header.error(error);
    let mut object: T = typed(value).map_err(error)?;
    object.check().map_err(error)?;
    object.look(value);
    let meta = object.meta_mut();
    match scope {
        Scope::Cluster => meta.namespace.clear(),
        Scope::Namespaced if meta.namespace.is_empty() => "default".clone_into(&mut meta.namespace),
        Scope::Namespaced => {}
    }
    Ok(object)
}

fn put<T: Read>(shelf: &mut Shelf<T>, mut object: T, header: &Header) -> Result<(), ManifestError> {
    let meta = object.meta_mut();
    if meta.name.is_empty() {
        meta.name = generated_name(shelf, meta).ok_or_else(|| {
            header.error(FieldError::new("metadata.name", "required, but not there"))
        })?;
    }
    let id = meta.id();
    let placed = Placed { object, place: header.place.clone() };
    match shelf.insert(id, placed) {
        Some(Placed { place: first, .. }) => Err(header.duplicate(first)),
        None => Ok(()),
    }
}

impl Header {
    pub(crate) fn error(&self, error: FieldError) -> ManifestError {
        ManifestError::Field {
            place: self.place.clone(),
            object: self.object.clone(),
            field: error.field,
            problem: error.problem,
        }
    }

    pub(crate) fn duplicate(&self, first: Place) -> ManifestError {
        let (place, object) = (self.place.clone(), self.object.clone());
        ManifestError::Duplicate { place, object, first }
    }
}

/// The first free number after `metadata.generateName`, where the API server puts random letters.
fn generated_name<T>(shelf: &Shelf<T>, meta: &Meta) -> Option<String> {
    if meta.generate_name.is_empty() {
        return None;
    }
    (1..=shelf.len() + 1)
        .map(|number| format!("{}{number}", meta.generate_name))
        .find(|name| !shelf.contains_key(&ObjectId::new(meta.namespace.as_str(), name.as_str())))
}

/// Objects whose fields' types say all.
macro_rules! plain {
    ($($object:ty),*) => {$(
        impl Read for $object {
            fn meta_mut(&mut self) -> &mut Meta {
                &mut self.metadata
            }
        }
    )*};
}

plain!(
    BudgetObject,
    CapacityBufferObject,
    ClaimObject,
    CsiNodeObject,
    LimitRangeObject,
    NamespaceObject,
    NodeClaimObject,
    NodeOverlayObject,
    PriorityClassObject,
    RuntimeClassObject,
    ServiceObject,
    StorageClassObject,
    VolumeObject
);

/// Objects that find themselves what their fields' types let through.
macro_rules! checked {
    ($($object:ty),*) => {$(
        impl Read for $object {
            fn meta_mut(&mut self) -> &mut Meta {
                &mut self.metadata
            }

            fn check(&mut self) -> Result<(), FieldError> {
                self.check_fields()
            }
        }
    )*};
}

checked!(DeviceClassObject, ResourceClaimObject, ResourceClaimTemplateObject, ResourceSliceObject);

/// Objects with a pod template.
macro_rules! templated {
    ($($object:ty: $($field:ident).+;)*) => {$(
        impl Read for $object {
            fn meta_mut(&mut self) -> &mut Meta {
                &mut self.metadata
            }

            fn check(&mut self) -> Result<(), FieldError> {
                let template = &mut self.$($field).+;
                template.metadata.keep_known_annotations();
                template.spec.check(concat!($(stringify!($field), ".",)+ "spec"))
            }
        }
    )*};
}

templated! {
    DaemonSetObject: spec.template;
    JobObject: spec.template;
    PodTemplateObject: template;
    ReplicatedObject: spec.template;
    ReplicationControllerObject: spec.template;
    StatefulSetObject: spec.template;
}

impl Read for CronJobObject {
    fn meta_mut(&mut self) -> &mut Meta {
        &mut self.metadata
    }

    fn check(&mut self) -> Result<(), FieldError> {
        self.spec.job_template.spec.template.spec.check("spec.jobTemplate.spec.template.spec")
    }
}

impl Read for NodeObject {
    fn meta_mut(&mut self) -> &mut Meta {
        &mut self.metadata
    }

    fn check(&mut self) -> Result<(), FieldError> {
        self.metadata.keep_known_annotations();
        Ok(())
    }
}

impl Read for NodePoolObject {
    fn meta_mut(&mut self) -> &mut Meta {
        &mut self.metadata
    }

    fn look(&mut self, raw: &Value) {
        self.take_hash(raw);
    }
}

impl Read for PodObject {
    fn meta_mut(&mut self) -> &mut Meta {
        &mut self.metadata
    }

    fn check(&mut self) -> Result<(), FieldError> {
        self.spec.check("spec")?;
        self.metadata.keep_known_annotations();
        self.lift_node();
        Ok(())
    }

    fn share(&mut self, specs: &mut Specs) {
        specs.share(&mut self.spec);
    }
}
