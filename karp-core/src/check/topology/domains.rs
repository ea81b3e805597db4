//! Which values of a label are known as domains before any pod is counted: those of pools, and of nodes that count.

use std::{collections::BTreeSet, sync::Arc};

use rustc_hash::FxHashMap;

use super::constraint::{Constraint, Filter};
use crate::{
    check::{form, world::World},
    model::{Labels, Node, NodeName, Requirement, Requirements, Taint, label},
};

/// A Node as its object says, on which pods count whether it stays or goes.
pub(super) struct Station<'w> {
    pub(super) name: &'w NodeName,
    /// Its labels, the host name included.
    pub(super) labels: Requirements,
    pub(super) taints: &'w [Taint],
    /// The host name by which placed pods count there.
    pub(super) host: String,
    /// Whether it takes pods.
    stays: bool,
}

/// Known domains, each set worked out once.
pub(super) struct Domains<'w> {
    world: &'w World<'w>,
    pub(super) stations: Vec<Station<'w>>,
    of_pools: FxHashMap<(usize, String), BTreeSet<String>>,
    of_nodes: FxHashMap<(String, Filter), BTreeSet<String>>,
}

impl<'w> Domains<'w> {
    pub(super) fn new(world: &'w World<'w>) -> Self {
        let vocabulary = &world.snapshot.vocabulary;
        let station = |(host, stays, node): &'w (Arc<str>, bool, Arc<Node>)| {
            let own = node.labels.get(label::HOSTNAME).map_or(node.name.as_str(), String::as_str);
            let mut labels = form::of_labels(&node.labels, vocabulary);
            labels.replace(Requirement::equals(label::HOSTNAME, own));
            Station {
                name: &node.name,
                labels,
                taints: &node.taints,
                host: host.to_string(),
                stays: *stays,
            }
        };
        Self {
            world,
            stations: world.stations.iter().map(station).collect(),
            of_pools: FxHashMap::default(),
            of_nodes: FxHashMap::default(),
        }
    }

    /// Domains of a constraint; those over hosts are not known by name.
    pub(super) fn known(&mut self, constraint: &Constraint) -> BTreeSet<String> {
        if constraint.is_over_hosts() {
            return BTreeSet::new();
        }
        let key = &constraint.key;
        let Self { world, stations, of_pools, of_nodes } = self;
        let counting = (key.clone(), constraint.filter.clone());
        let of_nodes = of_nodes.entry(counting).or_insert_with(|| {
            let there = stations.iter().filter(|one| one.stays);
            let count = there.filter(|one| constraint.filter.accepts(&one.labels, one.taints));
            count.filter_map(|one| single(&one.labels, key)).map(str::to_owned).collect()
        });
        let mut known = of_nodes.clone();
        for &pool in &constraint.pools {
            let of_pool =
                of_pools.entry((pool, key.clone())).or_insert_with(|| reached(world, pool, key));
            known.extend(of_pool.iter().cloned());
        }
        known
    }
}

/// Values that machines of a pool can have: of its own labels and demands, and of its types as far as these allow them.
fn reached(world: &World<'_>, pool: usize, key: &str) -> BTreeSet<String> {
    let Some(pool) = world.pools.get(pool).filter(|pool| !pool.kinds.is_empty()) else {
        return BTreeSet::new();
    };
    let labels: &Labels = &pool.pool.template.labels;
    let mut own = form::of_labels(labels, &world.snapshot.vocabulary);
    own.add_all(&form::of_entries(&pool.pool.template.requirements, &world.snapshot.vocabulary));
    let own = own.get(key);
    let of_type = |of_type: &Requirement| match own {
        Some(own) => own.intersect(of_type),
        None => of_type.clone(),
    };
    let kinds = pool.kinds.values();
    let of_types = kinds.filter_map(|kind| kind.instance_type.requirements.get(key)).map(of_type);
    let listed = of_types.chain(own.cloned()).filter(|one| !one.is_complement());
    listed.flat_map(|one| one.values().map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// The value of a label, if there is only one that it can have.
pub(super) fn single<'r>(place: &'r Requirements, key: &str) -> Option<&'r str> {
    let listed = place.get(key).filter(|own| !own.is_complement() && own.len() == 1);
    listed.and_then(|own| own.values().next())
}
