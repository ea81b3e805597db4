//! Keeping the number of machines that a static pool asks for; not pools whose machines follow pods.

use std::{collections::BTreeMap, sync::Arc};

use super::{ClaimStage, PoolCensus, census::stage, is_usable, template_claim};
use crate::{
    lifecycle::{Action, Cause, HashStamp, Next, Settings, Target, Waiting},
    model::{
        Cost, DoNotDisrupt, Node, NodeClaim, NodeClaimName, NodePool, Pod, ResourceName, Span,
        Timestamp, over_lifetime, pod_rules,
    },
};

/// How often the number is looked at.
const PERIOD: Span = Span::minutes(1);

/// How often it is looked at while the limit is in the way.
const AT_LIMIT: Span = Span::seconds(30);

/// How often it is looked at while not everything has been seen.
const UNSYNCED: Span = Span::seconds(1);

/// What decides which machines a static pool gets and loses.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct StaticState<'a> {
    /// The pool.
    pub pool: &'a NodePool,
    /// Claims; those of the pool are picked.
    pub claims: &'a [Arc<NodeClaim>],
    /// Nodes; those of the claims are picked.
    pub nodes: &'a [Arc<Node>],
    /// Pods; those on these Nodes are picked.
    pub pods: &'a [Arc<Pod>],
    /// Whether every object of the cluster has been seen. Default: yes.
    pub is_synced: bool,
}

impl<'a> StaticState<'a> {
    /// A pool with these claims, of which no more is known.
    pub const fn new(pool: &'a NodePool, claims: &'a [Arc<NodeClaim>]) -> Self {
        Self { pool, claims, nodes: &[], pods: &[], is_synced: true }
    }

    /// Says which Nodes and pods there are.
    #[must_use]
    pub const fn with_nodes(mut self, nodes: &'a [Arc<Node>], pods: &'a [Arc<Pod>]) -> Self {
        self.nodes = nodes;
        self.pods = pods;
        self
    }

    /// Says that not every object of the cluster has been seen.
    #[must_use]
    pub const fn unsynced(mut self) -> Self {
        self.is_synced = false;
        self
    }

    /// The number of machines wanted, for a static pool of ours that is not being deleted.
    fn replicas(&self, settings: &Settings) -> Option<usize> {
        let is_kept = settings.classes.manage_pool(self.pool) && self.pool.deleting_since.is_none();
        self.pool.replicas.filter(|_| is_kept).and_then(|count| usize::try_from(count).ok())
    }
}

/// Creates the claims that a static pool lacks, as far as its limit on `nodes` allows.
///
/// Names are counted up, so that whoever is asked twice asks for the same claims: a name that is taken creates nothing. `census` counts claims
/// that the state may not show yet, and keeps places for those that are created here until they are
/// [released](PoolCensus::release).
pub fn scale_up(
    state: &StaticState<'_>,
    stamp: &HashStamp,
    census: &mut PoolCensus,
    settings: &Settings,
    now: Timestamp,
) -> Next {
    let wanted = state.replicas(settings).filter(|_| is_usable(state.pool));
    let Some(wanted) = wanted else { return Next::done() };
    if !state.is_synced {
        return Next::wait(Waiting::Unsynced, now + UNSYNCED);
    }
    let missing = wanted.saturating_sub(census.active()).saturating_sub(census.pending());
    if missing == 0 {
        return Next::wait(Waiting::Recheck, now + PERIOD);
    }
    let limit = state.pool.limits.as_ref().and_then(|limits| limits.get(ResourceName::NODES));
    let limit = limit.map(|limit| usize::try_from(limit).unwrap_or(0));
    let grant = census.reserve(limit, missing);
    if grant == 0 {
        return Next::wait(Waiting::LimitReached, now + AT_LIMIT);
    }
    let mut next = Next::wait(Waiting::Recheck, now + PERIOD);
    for name in free_names(state, census, grant) {
        let claim = template_claim(state.pool, name, stamp);
        next.act(Action::CreateClaim(Box::new(claim)));
    }
    next
}

/// The first names of the pool's row that no claim has.
fn free_names(state: &StaticState<'_>, census: &PoolCensus, count: usize) -> Vec<NodeClaimName> {
    let is_taken = |name: &NodeClaimName| {
        census.knows(name) || state.claims.iter().any(|claim| claim.name == *name)
    };
    (1_u64..)
        .map(|number| NodeClaimName::from(format!("{}-{number}", state.pool.name)))
        .filter(|name| !is_taken(name))
        .take(count)
        .collect()
}

/// Deletes exactly as many claims as a static pool has too many.
///
/// First those without a machine, then those whose Nodes hold nothing but daemons, then the others: those without a pod that must not be disrupted
/// before those with one, cheap ones before dear ones (cost of moving their pods × share of their life that is left). Budgets, pod disruption
/// budgets and do-not-disrupt change the order, not the number: somebody asked for it. The drain honours them.
pub fn scale_down(
    state: &StaticState<'_>,
    is_marked: impl Fn(&NodeClaim) -> bool,
    settings: &Settings,
    now: Timestamp,
) -> Next {
    let Some(wanted) = state.replicas(settings) else { return Next::done() };
    let mut next = Next::wait(Waiting::Recheck, now + PERIOD);
    let pods = pods_by_machine(state);
    let mut active: Vec<(Rank<'_>, &NodeClaim)> = state
        .claims
        .iter()
        .map(Arc::as_ref)
        .filter(|claim| claim.pool().as_ref() == Some(&state.pool.name))
        .filter(|claim| stage(claim, is_marked(claim)) == ClaimStage::Active)
        .map(|claim| {
            let own = pods.get(claim.status.provider_id.as_str()).map_or(&[][..], Vec::as_slice);
            (rank(claim, own, now), claim)
        })
        .collect();
    active.sort_by_key(|(rank, _)| *rank);
    let excess = active.len().saturating_sub(wanted);
    for (_, claim) in active.into_iter().take(excess) {
        let claim = Target::claim(claim);
        next.act(Action::DeleteClaim { claim, cause: Cause::ScaledDown });
    }
    next
}

/// Who goes first: group, whether something on it must not be disrupted, cost, name.
type Rank<'a> = (u8, bool, Cost, &'a str);

fn rank<'a>(claim: &'a NodeClaim, pods: &[&Pod], now: Timestamp) -> Rank<'a> {
    let is_protected = |pod: &&Pod| DoNotDisrupt::of(pod, now).is_active();
    let has_protected = pods.iter().any(is_protected);
    let is_idle = !has_protected && pods.iter().all(|pod| pod.is_daemon() || pod.is_mirror());
    if claim.status.provider_id.is_empty() {
        (0, false, Cost::ZERO, &claim.name)
    } else if is_idle {
        (1, false, Cost::ZERO, &claim.name)
    } else {
        let cost: Cost = pods.iter().map(|pod| Cost::of_pod(pod)).sum();
        (2, has_protected, over_lifetime(cost, claim, now), &claim.name)
    }
}

/// Pods that have not ended, by the provider id of their Node.
fn pods_by_machine<'a>(state: &StaticState<'a>) -> BTreeMap<&'a str, Vec<&'a Pod>> {
    let machines: BTreeMap<&str, &str> =
        state.nodes.iter().map(|node| (node.name.as_str(), node.provider_id.as_str())).collect();
    let mut pods: BTreeMap<&str, Vec<&Pod>> = BTreeMap::new();
    for pod in state.pods.iter().filter(|pod| pod_rules::is_active(pod)) {
        let machine = pod.status.node.as_ref().and_then(|node| machines.get(node.as_str()));
        if let Some(machine) = machine {
            pods.entry(machine).or_default().push(pod);
        }
    }
    pods
}
