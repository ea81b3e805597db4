//! Which pods one template made; not what is done to them.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::model::{Labels, Pod, PodSpec, PodVolume};

/// What pods of one template have in common.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(in crate::advise) struct Likeness {
    namespace: String,
    /// API version, kind and name of the controller.
    controller: Option<(String, String, String)>,
    /// Where there is no controller.
    labels: Option<Arc<Labels>>,
    /// Without the names of volume claims, which differ among pods of a stateful set.
    spec: Arc<PodSpec>,
}

impl Likeness {
    /// What pods like this one have in common.
    pub(in crate::advise) fn of(pod: &Pod) -> Self {
        let controller = pod
            .controller()
            .map(|owner| (owner.api_version.clone(), owner.kind.clone(), owner.name.clone()));
        Self {
            namespace: pod.id.namespace().to_owned(),
            labels: controller.is_none().then(|| Arc::clone(&pod.labels)),
            controller,
            spec: without_claims(&pod.spec),
        }
    }

    /// Tells pods that are like the one.
    pub(super) fn test(&self) -> impl FnMut(&Pod) -> bool {
        let mut known: FxHashMap<*const PodSpec, bool> = FxHashMap::default();
        move |pod| {
            self.has_owner_of(pod)
                && *known
                    .entry(Arc::as_ptr(&pod.spec))
                    .or_insert_with(|| without_claims(&pod.spec) == self.spec)
        }
    }

    fn has_owner_of(&self, pod: &Pod) -> bool {
        pod.id.namespace() == self.namespace
            && match (&self.controller, pod.controller()) {
                (Some((version, kind, name)), Some(owner)) => {
                    owner.api_version == *version && owner.kind == *kind && owner.name == *name
                }
                (None, None) => self.labels.as_ref() == Some(&pod.labels),
                _ => false,
            }
    }
}

fn without_claims(spec: &Arc<PodSpec>) -> Arc<PodSpec> {
    if spec.volumes.is_empty() {
        return Arc::clone(spec);
    }
    let blank = |volume: &PodVolume| PodVolume { claim: String::new(), ..volume.clone() };
    let volumes = spec.volumes.iter().map(blank).collect();
    Arc::new(PodSpec { volumes, ..(**spec).clone() })
}
