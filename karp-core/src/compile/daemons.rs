//! What daemons ask for on machines, bought and existing; not whether they start.

use rustc_hash::FxHashMap;

use super::{
    algebra::{Algebra, ReqId, SetId, Undefined},
    bits::Bits,
    catalog::Catalog,
    forms::Forms,
    names::{Collector, KeyId},
    reader::Reader,
    sizes::Overhead,
    tolerance::{TaintsId, TolerationsId},
};
use crate::{
    model::{DaemonSet, HostPort, NodeSelectorTerm, Pod, PodSpec, ResourceName, Resources},
    policy::Policy,
    snapshot::Snapshot,
};

/// A daemon set, reduced to what its pods ask for.
#[derive(Clone, Debug)]
pub(super) struct Daemon<'s> {
    /// Pods as the API server makes them; the template where there are none yet.
    spec: &'s PodSpec,
    /// Required node terms: the template's, since the controller pins real pods to a node.
    required: &'s [NodeSelectorTerm],
}

/// A daemon with its demands as numbers.
#[derive(Clone, Debug)]
pub(super) struct ReadDaemon {
    /// With the pod itself counted.
    requests: Resources,
    ports: Vec<HostPort>,
    tolerations: TolerationsId,
    /// The same with consent to soft taints, which daemons get on machines to be bought.
    lenient: TolerationsId,
    /// Selector and one required term, per alternative; the host name apart.
    alternatives: Vec<(SetId, Option<ReqId>)>,
}

impl<'s> Daemon<'s> {
    /// Daemon sets of the snapshot, each with its latest pod; those with dynamic resource claims only where the policy looks at claims.
    pub(super) fn all(snapshot: &'s Snapshot, policy: &Policy) -> Vec<Self> {
        let latest = latest_pods(snapshot);
        let of_set = |set: &'s DaemonSet| {
            let key = (set.id.namespace(), set.id.name());
            let spec = latest.get(&key).map_or(&set.template.spec, |pod| &pod.spec);
            let of_template = &set.template.spec.node_affinity.required;
            let required =
                if of_template.is_empty() { &spec.node_affinity.required } else { of_template };
            Self { spec, required }
        };
        snapshot
            .daemon_sets
            .iter()
            .map(|set| of_set(set))
            .filter(|daemon| {
                !policy.ignore_dynamic_resources || daemon.spec.resource_claims.is_empty()
            })
            .collect()
    }

    /// What its pods ask for.
    pub(super) const fn requests(&self) -> &'s Resources {
        &self.spec.requests
    }

    /// Notes what it demands.
    pub(super) fn note(&self, reader: Reader<'_>, collector: &mut Collector) {
        reader.note_labels(collector, &self.spec.node_selector);
        for term in self.required {
            reader.note_entries(collector, &term.match_expressions);
        }
    }

    /// Its demands as numbers.
    pub(super) fn read(&self, reader: Reader<'_>, forms: &mut Forms) -> ReadDaemon {
        let tolerations = forms.tolerance.tolerations(&self.spec.tolerations);
        let lenient = forms.tolerance.with_soft_taints(tolerations).unwrap_or(tolerations);
        let algebra = &mut forms.algebra;
        let host = algebra.names().host();
        let selector = reader.labels(algebra, &self.spec.node_selector, None);
        let mut alternatives: Vec<(SetId, Option<ReqId>)> = self
            .required
            .iter()
            .map(|term| {
                let term = reader.entries(algebra, &term.match_expressions);
                let set = algebra.join(selector, term);
                split_host(algebra, set, host)
            })
            .collect();
        if alternatives.is_empty() {
            alternatives.push(split_host(algebra, selector, host));
        }
        let one_pod = Resources::new().with(ResourceName::PODS, 1);
        let requests = self.spec.requests.merge(&one_pod);
        let ports = self.spec.host_ports.clone();
        ReadDaemon { requests, ports, tolerations, lenient, alternatives }
    }
}

fn split_host(algebra: &mut Algebra, set: SetId, host: Option<KeyId>) -> (SetId, Option<ReqId>) {
    match host.and_then(|host| Some((host, algebra.get(set, host)?))) {
        Some((key, req)) => (algebra.without(set, key), Some(req)),
        None => (set, None),
    }
}

/// The pod of each daemon set that was created last: limit ranges and admission show in it.
fn latest_pods(snapshot: &Snapshot) -> FxHashMap<(&str, &str), &Pod> {
    let mut latest: FxHashMap<(&str, &str), &Pod> = FxHashMap::default();
    for pod in snapshot.pods.iter().filter(|pod| pod.is_daemon() && !pod.is_finished()) {
        let owner = pod.controller().or_else(|| pod.owners.first());
        if let Some(owner) = owner.filter(|owner| owner.kind == "DaemonSet") {
            // Pods are in the order of their creation.
            latest.insert((pod.id.namespace(), &owner.name), pod);
        }
    }
    latest
}

/// Positions of a catalog, grouped by the daemons that run there: the group of each, and what each group asks for.
pub(super) fn groups(
    daemons: &[ReadDaemon],
    (set, taints): (SetId, TaintsId),
    catalog: &Catalog,
    forms: &mut Forms,
) -> (Vec<u32>, Vec<Overhead>) {
    let mut groups = vec![0; catalog.positions().len()];
    let mut overheads = vec![Overhead::default()];
    for daemon in daemons {
        if !forms.tolerance.tolerates(daemon.lenient, taints) {
            continue;
        }
        let runs = daemon.runs_on(set, catalog, &forms.algebra);
        // Each group splits into those that run it and those that don't.
        let mut split: FxHashMap<u32, u32> = FxHashMap::default();
        for position in runs.iter() {
            let Some(group) = groups.get_mut(position) else { continue };
            *group = *split.entry(*group).or_insert_with(|| {
                let before = overheads.get(*group as usize).cloned().unwrap_or_default();
                overheads.push(before.and(&daemon.requests, &daemon.ports));
                u32::try_from(overheads.len() - 1).unwrap_or(u32::MAX)
            });
        }
    }
    (groups, overheads)
}

impl ReadDaemon {
    fn runs_on(&self, template: SetId, catalog: &Catalog, algebra: &Algebra) -> Bits {
        let mut runs = Bits::empty(catalog.positions().len());
        for &(set, host) in &self.alternatives {
            // A machine to be bought has no host name yet.
            let host_allows = host.is_none_or(|host| algebra.of(host).is_soft());
            if host_allows && algebra.compatible(template, set, Undefined::AllowWellKnown) {
                let mut kinds = Bits::below(catalog.positions().len());
                for &(_, req) in algebra.entries(set) {
                    kinds.intersect(catalog.with(algebra, req).words());
                }
                runs.unite(kinds.words());
            }
        }
        runs
    }

    /// Whether it runs on an existing node; only its first alternative counts there.
    pub(super) fn runs_on_node(
        &self,
        (set, taints): (SetId, TaintsId),
        host_allows: impl Fn(&Algebra, ReqId) -> bool,
        forms: &mut Forms,
    ) -> bool {
        let Some(&(demanded, host)) = self.alternatives.first() else { return false };
        forms.tolerance.tolerates(self.tolerations, taints)
            && forms.algebra.compatible(set, demanded, Undefined::Refuse)
            && host.is_none_or(|host| host_allows(&forms.algebra, host))
    }

    /// What one of its pods asks for.
    pub(super) const fn requests(&self) -> &Resources {
        &self.requests
    }
}
