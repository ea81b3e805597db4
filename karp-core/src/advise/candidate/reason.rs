//! From reasons to changes that could lift them; not the changes of one subject.

use super::{Candidate, Dial, company, label, pods, pool, storage};
use crate::{
    advise::{Change, PodChange, PolicyChange, PoolChange},
    explain::{NoInstanceType, PoolRefusal, Reason, Shortfall, Unsupported},
    model::{NodePool, NodePoolName, Operator, Pod, ResourceName, label as keys},
    policy::Policy,
    snapshot::Snapshot,
};

/// What changes are made of.
pub(super) struct Subject<'a> {
    /// As it is decided on: with types, pods and constraints that the policy adds.
    pub(super) snapshot: &'a Snapshot,
    pub(super) policy: &'a Policy,
    /// The pod without a place.
    pub(super) pod: &'a Pod,
    /// Whether it exists, so that it can be changed.
    pub(super) is_real: bool,
    /// Whether it has spread constraints of its own, rather than of the policy.
    pub(super) spreads_itself: bool,
    pub(super) found: Vec<Candidate>,
}

/// Changes that could give a pod a place, in the order of expected size; each once.
pub(in crate::advise) fn candidates(
    (snapshot, policy): (&Snapshot, &Policy),
    (pod, own): (&Pod, Option<&Pod>),
    reasons: &[PoolRefusal],
) -> Vec<Candidate> {
    let mut subject = Subject {
        snapshot,
        policy,
        pod,
        is_real: own.is_some(),
        spreads_itself: own.is_some_and(|own| !own.spec.topology_spread.is_empty()),
        found: Vec::new(),
    };
    for refusal in reasons {
        subject.refusal(refusal);
    }
    if !(snapshot.nodes.is_empty() && snapshot.node_claims.is_empty()) {
        subject.lower_requests(&[]);
    }
    let mut found = subject.found;
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|candidate| seen.insert(candidate.identity()));
    found.sort_by_cached_key(|candidate| (candidate.expected_size(), candidate.identity()));
    found
}

impl Subject<'_> {
    fn refusal(&mut self, refusal: &PoolRefusal) {
        let node_pool = refusal.node_pool.as_ref();
        match &refusal.reason {
            Reason::Contradiction { key } | Reason::InvalidRequirement { key, .. } => {
                label::drop_demands(self, key);
            }
            Reason::OptedOut => label::drop_opt_out(self),
            Reason::RestrictedLabel { key } => match node_pool {
                Some(name) => label::drop_requirements(self, name, key),
                None => label::drop_demands(self, key),
            },
            Reason::LabelUnknown { key, hint } => {
                label::of_unknown(self, (key, hint.as_deref()), node_pool);
            }
            Reason::LimitExceeded { resource, remaining, needed } => {
                self.raise_limit(node_pool, resource, needed.saturating_sub(*remaining));
            }
            Reason::NodeLimitReached => self.raise_limit(node_pool, &ResourceName::NODES, 1),
            Reason::MinValues { key, demanded, there } => {
                self.min_values(node_pool, key, (*demanded, *there));
            }
            Reason::NoInstanceType(detail) => self.no_instance_type(node_pool, detail),
            Reason::NoTypesInPool => label::drop_all_requirements(self, node_pool),
            Reason::NoDynamicPool => self.use_any_pool(),
            Reason::PoolExcluded { finding } => self.use_pool(node_pool, finding),
            Reason::RequirementConflict { demanded, .. } => {
                label::of_conflict(self, demanded, node_pool);
            }
            Reason::PodAffinity { key } => company::soften_near(self, key),
            Reason::PodAntiAffinity { key, by_others: false } => company::soften_away(self, key),
            Reason::PodAntiAffinity { key, by_others: true } => company::soften_others(self, key),
            Reason::TopologySpread { key, .. } => company::of_spread(self, key),
            Reason::Reservation => self.policy(PolicyChange::ReservedFallback),
            Reason::TaintNotTolerated { taint } => {
                self.pods(PodChange::Tolerate { taint: taint.clone() });
                self.of_pool(node_pool, PoolChange::RemoveTaint { taint: taint.clone() });
            }
            Reason::DynamicResourcesIgnored
            | Reason::Unsupported(Unsupported::DynamicResources) => {
                self.pods(PodChange::DropResourceClaims);
            }
            Reason::Unsupported(Unsupported::MatchFields) => self.pods(PodChange::DropFields),
            Reason::Volume { claim, problem } => storage::mend(self, claim, problem),
            Reason::VolumeTopology { alternatives } => {
                storage::elsewhere(self, alternatives, node_pool);
            }
            Reason::WorkLimit => {
                if self.policy.work_limit.is_some() {
                    self.policy(PolicyChange::LiftWorkLimit);
                }
            }
        }
    }

    /// Notes a change of the pods, if they exist.
    pub(super) fn pods(&mut self, change: PodChange) {
        if self.is_real {
            self.found.push(pods(&self.pod.id, change));
        }
    }

    pub(super) fn of_pool(&mut self, name: Option<&NodePoolName>, change: PoolChange) {
        self.found.extend(name.map(|name| pool(name, change)));
    }

    pub(super) fn policy(&mut self, change: PolicyChange) {
        self.found.push(Candidate::Fixed(Change::Policy { change }));
    }

    /// Notes a number of the pods, if they exist.
    pub(super) fn turn_pods(
        &mut self,
        (guess, most): (u64, u64),
        turned: impl Fn(u64) -> PodChange + 'static,
    ) {
        if self.is_real && most > 0 {
            let like = self.pod.id.clone();
            let turn =
                Box::new(move |step| Change::Pods { like: like.clone(), change: turned(step) });
            self.found.push(Candidate::Turned(Dial { turn, guess: guess.clamp(1, most), most }));
        }
    }

    fn turn_pool(
        &mut self,
        name: &NodePoolName,
        (guess, most): (u64, u64),
        turned: impl Fn(u64) -> PoolChange + 'static,
    ) {
        if most > 0 {
            let node_pool = name.clone();
            let turn = Box::new(move |step| Change::Pool {
                node_pool: node_pool.clone(),
                change: turned(step),
            });
            self.found.push(Candidate::Turned(Dial { turn, guess: guess.clamp(1, most), most }));
        }
    }

    pub(super) fn node_pool(&self, name: Option<&NodePoolName>) -> Option<&NodePool> {
        self.snapshot.node_pool(name?).map(|pool| &**pool)
    }

    fn raise_limit(&mut self, name: Option<&NodePoolName>, resource: &ResourceName, by: i64) {
        let limits = self.node_pool(name).and_then(|pool| pool.limits.as_ref());
        let Some((name, from)) = name.zip(limits.and_then(|limits| limits.get(resource))) else {
            return;
        };
        let most = i64::MAX.saturating_sub(from.max(0)).unsigned_abs();
        let resource = resource.clone();
        self.turn_pool(name, (by.max(1).unsigned_abs(), most), move |step| PoolChange::Limit {
            resource: resource.clone(),
            from,
            to: from.saturating_add_unsigned(step),
        });
    }

    fn min_values(
        &mut self,
        name: Option<&NodePoolName>,
        key: &str,
        (demanded, there): (u32, u32),
    ) {
        let vocabulary = &self.snapshot.vocabulary;
        let entries = self.node_pool(name).map_or(&[][..], |pool| &pool.template.requirements);
        let own = entries.iter().filter(|own| vocabulary.canonical_key(&own.key) == key);
        let largest = own.max_by_key(|own| own.min_values);
        let largest = largest.and_then(|own| Some((own.key.clone(), own.min_values?)));
        if let Some((name, (key, from))) = name.zip(largest) {
            let steps = u64::from(from).saturating_sub(u64::from(there.min(demanded)));
            self.turn_pool(name, (steps, u64::from(from).saturating_sub(1)), move |step| {
                let less = u32::try_from(step).unwrap_or(u32::MAX);
                PoolChange::MinValues { key: key.clone(), from, to: from.saturating_sub(less) }
            });
        }
        self.policy(PolicyChange::BestEffortMinValues);
    }

    fn no_instance_type(&mut self, name: Option<&NodePoolName>, detail: &NoInstanceType) {
        self.lower_requests(&detail.shortfalls);
        label::drop_all_demands(self);
        label::drop_all_requirements(self, name);
        if detail.ports_free < detail.types {
            for port in self.pod.spec.host_ports.clone() {
                self.pods(PodChange::FreeHostPort { port });
            }
        }
        // Types that a limit keeps out are not counted among the others.
        let limits = self.node_pool(name).and_then(|pool| pool.limits.clone());
        for (resource, _) in limits.iter().flat_map(crate::model::Resources::iter) {
            self.raise_limit(name, resource, 1);
        }
    }

    /// Less of each resource that is missing, by as much as is missing; of each that the pod asks for where that is not known.
    fn lower_requests(&mut self, shortfalls: &[Shortfall]) {
        for (resource, from) in self.pod.spec.requests.clone().iter() {
            let most = from.max(0).unsigned_abs();
            let missing = shortfalls.iter().find(|own| own.resource == *resource);
            if missing.is_none() && !shortfalls.is_empty() {
                continue;
            }
            let missing = missing.map(|own| own.needed.saturating_sub(own.largest));
            let guess = missing.map_or(most, |missing| missing.max(1).unsigned_abs());
            let resource = resource.clone();
            self.turn_pods((guess, most), move |step| PodChange::Request {
                resource: resource.clone(),
                from,
                to: from.saturating_sub_unsigned(step),
            });
        }
    }

    fn use_any_pool(&mut self) {
        let snapshot = self.snapshot;
        for pool in snapshot.node_pools.iter().filter(|pool| !pool.is_static()) {
            let own =
                if pool.deleting_since.is_some() { "pool-deleting" } else { "pool-not-ready" };
            let code = snapshot.excluded_pools.get(&pool.name).map_or(own, |code| code);
            self.use_pool(Some(&pool.name), code);
        }
    }

    fn use_pool(&mut self, name: Option<&NodePoolName>, finding: &str) {
        self.of_pool(name, PoolChange::Use { finding: finding.to_owned() });
    }
}

/// Whether a demand keeps a pod from the machines of all pools.
pub(super) fn opts_out(entry: &crate::model::RequirementEntry, subject: &Subject<'_>) -> bool {
    entry.operator == Operator::DoesNotExist
        && subject.snapshot.vocabulary.canonical_key(&entry.key) == keys::NODE_POOL
}
