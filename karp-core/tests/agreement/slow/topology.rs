//! Topology: who is counted where, and which domains a pod may go to.
//!
//! One [`Group`] holds the counts of one constraint, which many pods may share. All groups, those of relaxed forms
//! too, are made before the first pod is tried.

use std::collections::{BTreeMap, BTreeSet};

use karp_core::{
    model::{
        InclusionPolicy, LabelSelector, Labels, Node, NodeName, Operator, Pod, PodAffinityTerm,
        PodId, Requirement, Requirements, SelectorExpression, SelectorOperator, Taint, Toleration,
        TopologySpread, label, untolerated,
    },
    snapshot::{Snapshot, StateNode},
};

use super::{
    Demand,
    constraint::{Filter, Identity, Kind, Selector, counts},
    terms, world,
};

/// Counts of one constraint.
#[derive(Clone, Debug)]
struct Group {
    identity: Identity,
    /// Known domains with the pods that count there.
    domains: BTreeMap<String, i64>,
}

/// All groups.
#[derive(Clone, Debug)]
pub(crate) struct Topology<'s> {
    snapshot: &'s Snapshot,
    /// Nodes of the round, with labels as they were.
    nodes: Vec<StateNode>,
    /// Host name of the machine of each Node; before a Node is registered, that of its claim.
    hosts: BTreeMap<NodeName, String>,
    /// Pods of the round, which don't count where they are bound.
    moving: BTreeSet<PodId>,
    groups: Vec<Group>,
}

impl<'s> Topology<'s> {
    pub(crate) fn new(
        snapshot: &'s Snapshot,
        states: &[StateNode],
        pods: &[Demand],
        tolerate_prefer_no_schedule: bool,
    ) -> Self {
        let nodes = states.iter().filter(|state| !state.deleting).cloned().collect();
        let named = states.iter().filter_map(|state| Some((state.node.as_ref()?, state)));
        let hosts =
            named.map(|(node, state)| (node.name.clone(), state.host_name.to_string())).collect();
        let moving = pods.iter().map(|demand| demand.pod.id.clone()).collect();
        let mut topology = Self { snapshot, nodes, hosts, moving, groups: Vec::new() };
        topology.note_bound_rejections();
        // Groups of relaxed forms count from the start, so that what is placed before a pod is relaxed is not forgotten.
        for demand in pods {
            let mut form = demand.clone();
            topology.note(&form);
            while form.relax(tolerate_prefer_no_schedule) {
                topology.note(&form);
            }
        }
        topology
    }

    /// Makes the groups that a pod wants as it is tried, where they are not there yet.
    fn note(&mut self, demand: &Demand) {
        let mut wanted = self.owned(demand);
        wanted.extend(self.rejecting(&demand.pod, &demand.spec.tolerations));
        for identity in wanted {
            self.group(identity);
        }
    }

    /// Pods that stay where they are and reject others, counted in the domain of their node.
    fn note_bound_rejections(&mut self) {
        for pod in &self.snapshot.pods {
            let node = pod.status.node.as_ref();
            let node = self.snapshot.nodes.iter().find(|one| Some(&one.name) == node);
            if pod.is_finished() || self.moving.contains(&pod.id) {
                continue;
            }
            let Some(node) = node else { continue };
            for identity in self.rejecting(pod, &pod.spec.tolerations) {
                let domain = self.domain_of(&identity.key, node);
                let group = self.group(identity);
                if let Some(domain) = domain {
                    *self.groups[group].domains.entry(domain).or_default() += 1;
                }
            }
        }
    }

    /// The constraints of a pod as it is tried.
    fn owned(&self, demand: &Demand) -> Vec<Identity> {
        let spec = &demand.spec;
        let near = spec.pod_affinity.required.iter();
        let near = near.chain(spec.pod_affinity.preferred.iter().map(|one| &one.pod_affinity_term));
        let away = spec.pod_anti_affinity.required.iter();
        let away =
            away.chain(spec.pod_anti_affinity.preferred.iter().map(|one| &one.pod_affinity_term));
        let spread = spec.topology_spread.iter().map(|one| self.of_spread(demand, one));
        spread
            .chain(
                near.map(|term| {
                    self.of_term((&demand.pod, &spec.tolerations), term, Kind::Affinity)
                }),
            )
            .chain(away.map(|term| {
                self.of_term((&demand.pod, &spec.tolerations), term, Kind::AntiAffinity)
            }))
            .collect()
    }

    /// The constraints by which a pod keeps others away.
    fn rejecting(&self, pod: &Pod, tolerations: &[Toleration]) -> Vec<Identity> {
        let required = pod.spec.pod_anti_affinity.required.iter();
        required.map(|term| self.of_term((pod, tolerations), term, Kind::Inverse)).collect()
    }

    fn of_spread(&self, demand: &Demand, spread: &TopologySpread) -> Identity {
        let mut selector = spread.label_selector.clone();
        if let Some(selector) = &mut selector {
            with_label_keys(selector, &demand.pod, &spread.match_label_keys, SelectorOperator::In);
        }
        // What is not honoured tells no groups apart: a pod that gives something up goes on counting with its like.
        let honored = |policy| policy == InclusionPolicy::Honor;
        let mut filter = Filter {
            affinity: spread.node_affinity_policy,
            taints: spread.node_taints_policy,
            alternatives: Vec::new(),
            tolerations: Vec::new(),
        };
        if honored(filter.affinity) {
            filter.alternatives = demand.alternatives(&self.snapshot.vocabulary);
        }
        if honored(filter.taints) {
            filter.tolerations.clone_from(&demand.spec.tolerations);
        }
        let identity = Identity {
            kind: Kind::Spread {
                max_skew: i64::from(spread.max_skew),
                min_domains: spread.min_domains,
            },
            key: spread.topology_key.clone(),
            namespaces: BTreeSet::from([demand.pod.id.namespace().to_owned()]),
            selector: selector.map(Selector::from),
            filter: Some(filter),
            known: BTreeSet::new(),
        };
        self.knowing(identity, &demand.spec.tolerations)
    }

    fn of_term(
        &self,
        (pod, tolerations): (&Pod, &[Toleration]),
        term: &PodAffinityTerm,
        kind: Kind,
    ) -> Identity {
        let mut namespaces: BTreeSet<String> = term.namespaces.iter().cloned().collect();
        if let Some(selector) = &term.namespace_selector {
            let matching =
                self.snapshot.namespaces.iter().filter(|one| selector.matches(&one.labels));
            namespaces.extend(matching.map(|one| one.name.clone()));
        } else if namespaces.is_empty() {
            namespaces.insert(pod.id.namespace().to_owned());
        }
        let mut selector = term.label_selector.clone();
        if let Some(selector) = &mut selector {
            with_label_keys(selector, pod, &term.match_label_keys, SelectorOperator::In);
            with_label_keys(selector, pod, &term.mismatch_label_keys, SelectorOperator::NotIn);
        }
        let identity = Identity {
            kind,
            key: term.topology_key.clone(),
            namespaces,
            selector: selector.map(Selector::from),
            filter: None,
            known: BTreeSet::new(),
        };
        self.knowing(identity, tolerations)
    }

    /// The constraint with the domains that it knows: of pools, and of nodes that count.
    fn knowing(&self, mut identity: Identity, tolerations: &[Toleration]) -> Identity {
        if identity.key != label::HOSTNAME {
            let mut known = self.domains_of_pools(&identity, tolerations);
            for state in &self.nodes {
                let Some(node) = &state.node else { continue };
                if let Some(domain) = state.labels.get(&identity.key)
                    && counts(&identity, &node.taints, &self.labels(&node.labels))
                {
                    known.insert(domain.clone());
                }
            }
            identity.known = known;
        }
        identity
    }

    /// Index of the group of a constraint; a new one counts what is bound.
    fn group(&mut self, identity: Identity) -> usize {
        if let Some(index) = self.groups.iter().position(|group| group.identity == identity) {
            return index;
        }
        let mut domains: BTreeMap<String, i64> =
            identity.known.iter().map(|domain| (domain.clone(), 0)).collect();
        if identity.kind != Kind::Inverse {
            for domain in self.bound(&identity) {
                *domains.entry(domain).or_default() += 1;
            }
        }
        self.groups.push(Group { identity, domains });
        self.groups.len() - 1
    }

    /// Domains that machines of pools can be in; for some constraints only where the pod that made the group tolerates the pool's taints.
    fn domains_of_pools(
        &self,
        identity: &Identity,
        tolerations: &[Toleration],
    ) -> BTreeSet<String> {
        // Where a pod that rejects others can't go itself it keeps nobody away.
        let lenient = identity.kind == Kind::Inverse
            || identity.filter.as_ref().is_some_and(|one| one.taints == InclusionPolicy::Ignore);
        let mut domains = BTreeSet::new();
        for pool in world::usable_pools(self.snapshot) {
            let tolerated = untolerated(&pool.template.taints, tolerations).next().is_none();
            let types = self.snapshot.types_of(&pool.name);
            if types.is_empty() || !(lenient || tolerated) {
                continue;
            }
            let mut of_pool = terms::of_labels(&pool.template.labels, &self.snapshot.vocabulary);
            terms::add_entries(
                &mut of_pool,
                &pool.template.requirements,
                &self.snapshot.vocabulary,
            );
            let of_types = types.iter().map(|kind| terms::both(&of_pool, &kind.requirements));
            for requirements in of_types.chain([of_pool.clone()]) {
                let listed = requirements.get(&identity.key).filter(|one| !one.is_complement());
                domains.extend(listed.iter().flat_map(|one| one.values()).map(str::to_owned));
            }
        }
        domains
    }

    /// Domains of the bound pods that count, once per pod.
    fn bound(&self, identity: &Identity) -> Vec<String> {
        let pods = self.snapshot.pods.iter().filter(|pod| {
            !pod.is_finished()
                && pod.status.deleting_since.is_none()
                && !self.moving.contains(&pod.id)
                && identity.selects(pod)
        });
        pods.filter_map(|pod| {
            let name = pod.status.node.as_ref()?;
            let node = self.snapshot.nodes.iter().find(|node| node.name == *name)?;
            let domain = self.domain_of(&identity.key, node)?;
            counts(identity, &node.taints, &self.labels(&node.labels)).then_some(domain)
        })
        .collect()
    }

    /// The domain that a Node is in.
    fn domain_of(&self, key: &str, node: &Node) -> Option<String> {
        if key == label::HOSTNAME {
            return self.hosts.get(&node.name).cloned();
        }
        node.labels.get(key).cloned()
    }

    fn labels(&self, labels: &Labels) -> Requirements {
        terms::of_labels(labels, &self.snapshot.vocabulary)
    }

    /// What a place that would be `place` with the pod on it has to be for the pod's constraints and those of others.
    ///
    /// None when a constraint leaves no domain, or two leave none in common. Each is asked about `place`, not about what another left.
    pub(crate) fn narrowed(&self, demand: &Demand, place: &Requirements) -> Option<Requirements> {
        let strict = demand.strict(&self.snapshot.vocabulary);
        let owned = self.owned(demand);
        let mut narrowed = place.clone();
        for group in &self.groups {
            let rejects =
                group.identity.kind == Kind::Inverse && group.identity.selects(&demand.pod);
            if !rejects && !owned.contains(&group.identity) {
                continue;
            }
            let own = strict.get_or_exists(&group.identity.key);
            let of_place = place.get_or_exists(&group.identity.key);
            let allowed = group.allowed(&demand.pod, &own, &of_place)?;
            narrowed.add(allowed);
            if narrowed.get(&group.identity.key).is_some_and(Requirement::is_contradiction) {
                return None;
            }
        }
        Some(narrowed)
    }

    /// Counts a pod that was placed where `place` is what the place is now.
    pub(crate) fn record(&mut self, demand: &Demand, place: &Requirements, taints: &[Taint]) {
        let pod = &*demand.pod;
        let rejecting = self.rejecting(pod, &demand.spec.tolerations);
        for group in &mut self.groups {
            let identity = &group.identity;
            let every_domain = match identity.kind {
                Kind::Inverse => {
                    if !rejecting.contains(identity) {
                        continue;
                    }
                    true
                }
                Kind::AntiAffinity => true,
                Kind::Affinity | Kind::Spread { .. } => false,
            };
            if identity.kind != Kind::Inverse
                && !(identity.selects(pod) && counts(identity, taints, place))
            {
                continue;
            }
            let listed = place.get(&identity.key).filter(|one| !one.is_complement());
            let domains: Vec<String> =
                listed.iter().flat_map(|one| one.values()).map(str::to_owned).collect();
            if every_domain || domains.len() == 1 {
                for domain in domains {
                    *group.domains.entry(domain).or_default() += 1;
                }
            }
        }
    }

    /// All counts as text, by which two states are told apart.
    pub(crate) fn counts(&self) -> String {
        let counts: Vec<_> = self.groups.iter().map(|group| &group.domains).collect();
        format!("{counts:?}")
    }

    /// Lets groups on host names know a machine that was opened.
    pub(crate) fn register_host(&mut self, host: &str) {
        let groups = self.groups.iter_mut();
        for group in groups.filter(|group| group.identity.key == label::HOSTNAME) {
            group.domains.entry(host.to_owned()).or_default();
        }
    }
}

impl Group {
    /// Domains where the constraint lets the pod go; none when there is no such domain.
    fn allowed(&self, pod: &Pod, own: &Requirement, place: &Requirement) -> Option<Requirement> {
        let host = match (self.identity.key == label::HOSTNAME, place.is_complement(), place.len())
        {
            (true, false, 1) => place.values().next(),
            _ => None,
        };
        let domains = match &self.identity.kind {
            Kind::Spread { max_skew, min_domains } => {
                self.spread(pod, (own, place), host, (*max_skew, *min_domains))
            }
            Kind::Affinity => self.affinity(pod, (own, place), host),
            Kind::AntiAffinity | Kind::Inverse => self.anti_affinity((own, place), host),
        };
        let found = !domains.is_empty();
        found.then(|| Requirement::new(&self.identity.key, Operator::In, domains))
    }

    fn count(&self, domain: &str) -> i64 {
        self.domains.get(domain).copied().unwrap_or(0)
    }

    /// The emptiest domain, of several the first by name, if the skew stays within bounds.
    fn spread(
        &self,
        pod: &Pod,
        (own, place): (&Requirement, &Requirement),
        host: Option<&str>,
        (max_skew, min_domains): (i64, Option<u32>),
    ) -> Vec<String> {
        let itself = i64::from(self.identity.selects(pod));
        if let Some(host) = host {
            // A new host can always be had, so that the least count is zero.
            let fits = self.count(host) + itself <= max_skew;
            return if fits { vec![host.to_owned()] } else { Vec::new() };
        }
        let permitted: Vec<i64> = self
            .domains
            .iter()
            .filter(|(name, _)| own.has(name))
            .map(|(_, count)| *count)
            .collect();
        let too_few = min_domains.is_some_and(|wanted| permitted.len() < wanted as usize);
        let least = if too_few || self.identity.key == label::HOSTNAME {
            0
        } else {
            permitted.iter().copied().min().unwrap_or(0)
        };
        self.domains
            .iter()
            .filter(|(name, count)| place.has(name) && **count + itself - least <= max_skew)
            .min_by_key(|(name, count)| (**count, (*name).clone()))
            .map(|(name, _)| vec![name.clone()])
            .unwrap_or_default()
    }

    /// Domains where a pod counts already; for a pod that wants to be with itself and finds nobody, one to begin with.
    fn affinity(
        &self,
        pod: &Pod,
        (own, place): (&Requirement, &Requirement),
        host: Option<&str>,
    ) -> Vec<String> {
        let inhabited = |name: &str| self.count(name) > 0;
        let nobody = !self.domains.keys().any(|name| inhabited(name) && own.has(name));
        let begins = self.identity.selects(pod) && nobody;
        if let Some(host) = host {
            let fits = own.has(host) && (inhabited(host) || begins);
            return if fits { vec![host.to_owned()] } else { Vec::new() };
        }
        let known = self.domains.keys().filter(|name| own.has(name));
        let both: Vec<String> =
            known.clone().filter(|name| place.has(name) && inhabited(name)).cloned().collect();
        if !both.is_empty() || !begins {
            return both;
        }
        let here = known.clone().find(|name| place.has(name)).cloned();
        here.into_iter().chain(known.into_iter().next().cloned()).collect()
    }

    /// Domains where no pod counts.
    fn anti_affinity(
        &self,
        (own, place): (&Requirement, &Requirement),
        host: Option<&str>,
    ) -> Vec<String> {
        if let Some(host) = host {
            let fits = own.has(host) && self.count(host) == 0;
            return if fits { vec![host.to_owned()] } else { Vec::new() };
        }
        self.domains
            .iter()
            .filter(|(name, count)| **count == 0 && own.has(name) && place.has(name))
            .map(|(name, _)| name.clone())
            .collect()
    }
}

/// Adds the pod's own values of some label keys to a selector.
fn with_label_keys(
    selector: &mut LabelSelector,
    pod: &Pod,
    keys: &[String],
    operator: SelectorOperator,
) {
    for key in keys {
        if let Some(value) = pod.labels.get(key) {
            selector.match_expressions.push(SelectorExpression {
                key: key.clone(),
                operator,
                values: vec![value.clone()],
            });
        }
    }
}
