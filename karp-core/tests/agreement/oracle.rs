//! An exhaustive solver for up to five pods: what could be had, and by its own rules of what fits where.
//!
//! Its worlds have no wishes, limits, soft taints or daemons, so that every division of pods over places can be judged alone.

use std::sync::Arc;

use karp_core::{
    decision::PlannedMachine,
    model::{
        InstanceType, Labels, NodePool, Pod, Requirement, Requirements, Resources, Taint,
        Undefined, Vocabulary, label, untolerated,
    },
    snapshot::{Snapshot, StateNode},
};

/// Cost of a pod without a place: more than all machines.
pub(crate) const LEFT: i64 = 1_000_000_000_000_000;

/// Pods in the order in which they are put on a place.
pub(crate) type Pods<'p> = [&'p Arc<Pod>];

pub(crate) struct Oracle<'s>(pub(crate) &'s Snapshot);

impl Oracle<'_> {
    /// What a place is with these pods on it, for each choice of their required terms that goes together.
    fn ways(
        &self,
        place: &Requirements,
        pods: &Pods<'_>,
        open: Undefined<'_>,
    ) -> Vec<Requirements> {
        pods.iter().fold(vec![place.clone()], |ways, pod| {
            let selector = of_labels(&pod.spec.node_selector, &self.0.vocabulary);
            let required = pod.spec.node_affinity.required.iter();
            let mut demands: Vec<Requirements> = required
                .map(|term| Requirements::from_entries(&term.match_expressions))
                .map(|term| term.iter().chain(selector.iter()).cloned().collect())
                .collect();
            if demands.is_empty() {
                demands.push(selector);
            }
            // A node has all labels that it will ever have.
            let is_there = |one: &&Requirement, way: &Requirements| {
                !matches!(open, Undefined::Strict) || way.has(one.key())
            };
            let goes = |way: &Requirements| {
                let met = demands.iter().filter(|demand| way.is_compatible(demand, open));
                let narrowed = |demand: &Requirements| {
                    let added = demand.iter().filter(|one| is_there(one, way));
                    way.iter().chain(added).cloned().collect()
                };
                met.map(narrowed).collect::<Vec<Requirements>>()
            };
            ways.iter().flat_map(goes).collect()
        })
    }

    /// Least price at which one of `kinds` is a machine that is `place` and holds the pods.
    fn price<'k>(
        &self,
        place: &Requirements,
        kinds: impl Iterator<Item = &'k Arc<InstanceType>>,
        (there, more): (&Pods<'_>, &Pods<'_>),
    ) -> Option<i64> {
        let open = Undefined::WellKnown(&self.0.vocabulary);
        let needed = requests(&[there, more].concat());
        let ways = self.ways(place, more, open);
        let offerings = kinds.flat_map(|kind| kind.offerings.iter().map(move |one| (kind, one)));
        let holding = offerings.filter(|(kind, offering)| {
            let sold = |way: &&Requirements| {
                kind.requirements.intersects(way).is_ok()
                    && way.is_compatible(&offering.requirements, open)
            };
            offering.available
                && needed.fits(&kind.allocatable())
                && ways.iter().any(|way| sold(&way))
        });
        holding.map(|(_, offering)| offering.price.pico()).min()
    }

    /// Least price of a new machine of a pool with these pods; none when it makes none.
    pub(crate) fn new_machine(
        &self,
        pool: &NodePool,
        pods: &Pods<'_>,
        only: Option<&str>,
    ) -> Option<i64> {
        let usable = pool.is_ready() && !pool.is_static() && pool.deleting_since.is_none();
        let mut place = of_labels(&pool.template.labels, &self.0.vocabulary);
        place.extend(pool.template.requirements.iter().map(Requirement::from));
        place.add(Requirement::equals(label::NODE_POOL, pool.name.as_str()));
        place.add(Requirement::equals(label::HOSTNAME, "new"));
        let place = place.offered();
        let kinds = self.0.types_of(&pool.name).iter();
        let kinds = kinds.filter(|kind| only.is_none_or(|name| kind.name == *name));
        (usable && tolerate(pods, &pool.template.taints))
            .then(|| self.price(&place, kinds, (&[], pods)))?
    }

    /// Whether a machine of the plan would take one pod more.
    pub(crate) fn machine_takes(
        &self,
        machine: &PlannedMachine,
        there: &Pods<'_>,
        pod: &Arc<Pod>,
    ) -> bool {
        let pool = self.0.node_pool(&machine.node_pool).expect("machines have pools");
        let mut place = Requirements::clone(&machine.requirements);
        place.add(Requirement::equals(label::HOSTNAME, "new"));
        let kinds = self.0.types_of(&pool.name).iter();
        let kinds = kinds.filter(|kind| machine.instance_types.contains(&kind.name));
        tolerate(&[pod], &pool.template.taints)
            && self.price(&place, kinds, (there, &[pod])).is_some()
    }

    /// Whether a node holds pods, and one more whatever their choices were.
    pub(crate) fn node_holds(&self, node: &StateNode, pods: &Pods<'_>, more: &Pods<'_>) -> bool {
        let name = node.node.as_ref().map(|node| &node.name);
        let is_bound = |pod: &&Arc<Pod>| name.is_some() && pod.status.node.as_ref() == name;
        let bound = self.0.pods.iter().filter(is_bound).filter(|pod| !pod.is_finished());
        let free = node.allocatable.subtract(&requests(&bound.collect::<Vec<_>>()));
        let mut place = of_labels(&node.labels, &self.0.vocabulary);
        place.replace(Requirement::equals(label::HOSTNAME, &*node.host_name));
        let ways = self.ways(&place, pods, Undefined::Strict);
        let takes = |way| !self.ways(way, more, Undefined::Strict).is_empty();
        let all = [pods, more].concat();
        tolerate(&all, &node.taints)
            && requests(&all).fits(&free)
            && !ways.is_empty()
            && ways.iter().all(takes)
    }

    /// Least cost over all divisions of the pods over nodes, new machines and no place; sets of pods are bits.
    pub(crate) fn best(&self, nodes: &[StateNode], pods: &Pods<'_>) -> i64 {
        let all = (1_usize << pods.len()) - 1;
        let members = |set: usize| -> Vec<&Arc<Pod>> {
            (0..pods.len()).filter(|bit| set >> bit & 1 == 1).map(|bit| pods[bit]).collect()
        };
        let mut best = vec![0];
        for set in 1..=all {
            let first = 1 << set.trailing_zeros();
            let groups = (1..=set).filter(|group| group & set == *group && group & first != 0);
            let bought = groups.filter_map(|group| {
                let (pools, pods) = (self.0.node_pools.iter(), members(group));
                let price = pools.filter_map(|pool| self.new_machine(pool, &pods, None)).min()?;
                Some(price + best[set & !group])
            });
            best.push(bought.fold(LEFT + best[set & !first], i64::min));
        }
        for node in nodes {
            let holds = |set: usize| set == 0 || self.node_holds(node, &members(set), &[]);
            let least = |set: usize| {
                let there = (0..=set).filter(|some| some & set == *some && holds(*some));
                there.map(|some| best[set & !some]).min().unwrap_or(LEFT)
            };
            best = (0..=all).map(least).collect();
        }
        best[all]
    }
}

fn requests(pods: &Pods<'_>) -> Resources {
    let count = i64::try_from(pods.len()).expect("few pods");
    let sum = Resources::sum_of(pods.iter().map(|pod| &pod.spec.requests));
    sum.merge(&Resources::new().with("pods", count))
}

fn tolerate(pods: &Pods<'_>, taints: &[Taint]) -> bool {
    pods.iter().all(|pod| untolerated(taints, &pod.spec.tolerations).next().is_none())
}

fn of_labels(labels: &Labels, vocabulary: &Vocabulary) -> Requirements {
    Requirements::from_labels(labels).iter().map(|one| one.normalized(vocabulary)).collect()
}
