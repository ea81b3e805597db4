//! What the machines of a pool have in all, as its status says it; not what they may have.

use crate::{
    lifecycle::{Action, Next, PoolChange, Settings, Waiting},
    model::{NodePool, ResourceName, Resources, Span, Timestamp},
    snapshot::StateNode,
};

/// How often it is counted.
const PERIOD: Span = Span::seconds(5);

/// What the machines of a pool have in all, those on their way out left out. The entry `nodes` counts them.
///
/// A machine has what its claim says until it is initialized, and then what its Node says.
pub fn pool_resources<'a>(
    pool: &NodePool,
    machines: impl IntoIterator<Item = &'a StateNode>,
    is_marked: impl Fn(&StateNode) -> bool,
) -> Resources {
    let mut sum = Resources::new();
    for name in [ResourceName::CPU, ResourceName::MEMORY, ResourceName::PODS] {
        sum.set(name, 0);
    }
    sum.set(ResourceName::EPHEMERAL_STORAGE, 0);
    sum.set(ResourceName::NODES, 0);
    for machine in machines {
        let is_here = machine.pool().as_ref() == Some(&pool.name);
        if is_here && !machine.deleting && !is_marked(machine) {
            let mut capacity = (*machine.capacity).clone();
            capacity.set(ResourceName::NODES, 1);
            sum = sum.merge(&capacity);
        }
    }
    sum
}

/// The first resource of which the pool's machines have more than its limit says; then no claim is created. As much as the limit is no harm, and
/// what only one of the two names is not compared.
///
/// ```
/// use karp_core::{lifecycle::exceeded_limit, model::{NodePool, Resources}};
/// let pool = NodePool::new("general").limit("cpu", "8").limit("nodes", "2");
/// let having = |cpu| Resources::new().with("cpu", cpu).with("memory", 1 << 40);
/// assert_eq!(exceeded_limit(&pool, &having(8000)), None);
/// assert_eq!(exceeded_limit(&pool, &having(8001)), Some("cpu".into()));
/// ```
pub fn exceeded_limit(pool: &NodePool, resources: &Resources) -> Option<ResourceName> {
    let limits = pool.limits.as_ref()?;
    let exceeds = |(name, limit): &(&ResourceName, i64)| {
        resources.get(*name).is_some_and(|amount| amount > *limit)
    };
    limits.iter().find(exceeds).map(|(name, _)| name.clone())
}

/// Writes what the machines of a pool have into its status, where `present` says something else.
pub fn count_pool<'a>(
    pool: &NodePool,
    (present, machines): (&Resources, impl IntoIterator<Item = &'a StateNode>),
    is_marked: impl Fn(&StateNode) -> bool,
    settings: &Settings,
    now: Timestamp,
) -> Next {
    if !settings.classes.manage_pool(pool) {
        return Next::done();
    }
    let mut next = Next::wait(Waiting::Recheck, now + PERIOD);
    let resources = pool_resources(pool, machines, is_marked);
    if resources != *present {
        let mut change = PoolChange::of(pool);
        change.nodes = Some(resources.amount(ResourceName::NODES));
        change.resources = Some(resources);
        next.act(Action::UpdatePool(Box::new(change)));
    }
    next
}
