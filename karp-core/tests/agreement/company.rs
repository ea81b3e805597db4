//! Plans for a few pods that depend on each other, held against all plans that there are.
//!
//! Spread, affinity and anti-affinity as Kubernetes describes them: before each placement the pods of every domain are counted again. So that a
//! domain is told by a place alone, every pool is in one zone and every node has one; nobody has wishes.

use std::{cell::Cell, collections::BTreeSet, sync::Arc};

use karp_core::{
    arbitrary,
    decision::Plan,
    explain::PoolRefusal,
    model::{
        InclusionPolicy, LabelSelector, NodePool, Operator, Pod, PodAffinityTerm, PodId,
        Requirement, RequirementEntry, TopologySpread, WhenUnsatisfiable, label,
    },
    policy::Policy,
    snapshot::{Snapshot, StateNode, state_nodes},
};
use proptest::{
    prelude::*,
    test_runner::{Config, TestCaseError, TestRunner},
};

use crate::{
    against_oracle::{plain, worlds_to_look_at},
    oracle::{LEFT, Oracle},
    solvers,
    worlds::staying,
};

/// What all plans together may cost more than the best possible, in percent; may only shrink.
const GAP_PERCENT: i64 = 8;
/// Most pods, so that all plans can be gone through.
const MOST: usize = 4;

fn worlds() -> impl Strategy<Value = Snapshot> {
    let few = arbitrary::snapshot().pods(2..7).instance_types(1..4).nodes(0..3).pools(0..3);
    few.daemon_sets(0..1).with_topology().prop_map(|snapshot| in_zones(staying(plain(snapshot))))
}

/// The snapshot with every pool and node in one zone, and with demands on others over zones and hosts alone.
fn in_zones(mut snapshot: Snapshot) -> Snapshot {
    for (index, pool) in snapshot.node_pools.iter_mut().enumerate() {
        let template = &mut Arc::make_mut(pool).template;
        template.labels.remove(label::ZONE);
        template.requirements.retain(|entry| entry.key != label::ZONE);
        let zone = ["z1", "z2"][index % 2];
        template.requirements.push(RequirementEntry::new(label::ZONE, Operator::In, [zone]));
    }
    for node in &mut snapshot.nodes {
        let labels = &mut Arc::make_mut(node).labels;
        labels.entry(label::ZONE.to_owned()).or_insert_with(|| "z1".to_owned());
    }
    for claim in &mut snapshot.node_claims {
        // A node and its claim agree.
        let node = snapshot.nodes.iter().find(|node| node.provider_id == claim.status.provider_id);
        let zone = node.map_or("z1", |node| node.labels[label::ZONE].as_str()).to_owned();
        Arc::make_mut(claim).labels.insert(label::ZONE.to_owned(), zone);
    }
    for pod in &mut snapshot.pods {
        let spec = Arc::make_mut(pod).spec_mut();
        let is_known = |key: &str| key == label::ZONE || key == label::HOSTNAME;
        spec.node_affinity.required.truncate(1);
        spec.topology_spread.retain(|one| {
            is_known(&one.topology_key)
                && one.when_unsatisfiable == WhenUnsatisfiable::DoNotSchedule
        });
        for spread in &mut spec.topology_spread {
            spread.match_label_keys.clear();
            spread.node_affinity_policy = InclusionPolicy::Ignore;
            spread.node_taints_policy = InclusionPolicy::Ignore;
        }
        for terms in [&mut spec.pod_affinity, &mut spec.pod_anti_affinity] {
            terms.preferred.clear();
            terms.required.retain(|one| is_known(&one.topology_key));
            terms.required.iter_mut().for_each(|term| term.namespace_selector = None);
        }
    }
    snapshot
}

#[test]
fn plans_with_company_are_possible_and_maximal_and_near_the_best() {
    for (name, provision) in solvers() {
        let (spent, least, compared) = (Cell::new(0), Cell::new(0), Cell::new(0));
        let mut runner = TestRunner::new_with_rng(
            Config { cases: worlds_to_look_at(), failure_persistence: None, ..Config::default() },
            TestRunner::deterministic().rng().clone(),
        );
        let outcome = runner.run(&worlds(), |snapshot| {
            let plan = provision(&snapshot, &Policy::compat());
            let world = World::new(&snapshot, &plan);
            if world.tried.len() > MOST {
                return Ok(());
            }
            compared.set(compared.get() + 1);
            let (cost, best) = world.holds()?;
            if cost / LEFT == best / LEFT {
                spent.set(spent.get() + cost % LEFT);
                least.set(least.get() + best % LEFT);
            }
            Ok(())
        });
        outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
        let percent = (spent.get() - least.get()) * 100 / least.get().max(1);
        println!("{name}: {percent} % above the best price over {} worlds", compared.get());
        assert!(compared.get() > 50, "{name}: too few plans of few pods");
        assert!(percent <= GAP_PERCENT, "{name}: {percent} % above the best possible price");
    }
}

/// Where pods are: on nodes by their number, or on machines of a pool, each with its pods; pods by their number.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct State {
    nodes: Vec<BTreeSet<usize>>,
    /// In order, so that equal states are equal.
    machines: Vec<(usize, BTreeSet<usize>)>,
}

/// A place by its number in a state, or a new machine of a pool.
#[derive(Clone, Copy, Debug)]
enum Place {
    Node(usize),
    Machine(usize),
    New(usize),
}

struct World<'s> {
    oracle: Oracle<'s>,
    snapshot: &'s Snapshot,
    plan: &'s Plan,
    nodes: Vec<StateNode>,
    pools: Vec<&'s Arc<NodePool>>,
    /// Pods that have a place or were refused one.
    tried: Vec<&'s Arc<Pod>>,
}

impl<'s> World<'s> {
    fn new(snapshot: &'s Snapshot, plan: &'s Plan) -> Self {
        let was_tried =
            |reasons: &[PoolRefusal]| !matches!(reasons, [PoolRefusal { node_pool: None, .. }]);
        let left = plan.unplaced.iter().filter(|one| was_tried(&one.reasons)).map(|one| &one.pod);
        let placed = plan.existing.values().chain(plan.machines.iter().map(|one| &one.pods));
        let ids = placed.flatten().chain(left);
        let pod = |id: &PodId| snapshot.pods.iter().find(|pod| pod.id == *id);
        let usable = |pool: &&Arc<NodePool>| {
            pool.is_ready() && !pool.is_static() && pool.deleting_since.is_none()
        };
        Self {
            oracle: Oracle(snapshot),
            snapshot,
            plan,
            nodes: state_nodes(snapshot),
            pools: snapshot.node_pools.iter().filter(usable).collect(),
            tried: ids.map(|id| pod(id).expect("the pod is there")).collect(),
        }
    }

    /// Holds the plan against all plans; yields its cost and that of the best.
    fn holds(&self) -> Result<(i64, i64), TestCaseError> {
        let all = self.reachable();
        let own = self.planned();
        prop_assert!(all.contains(&own), "no order leads to {own:?}\n{:?}", self.plan);
        for pod in self.left(&own) {
            let further = self.places(&own).into_iter().find(|place| self.takes(&own, *place, pod));
            prop_assert!(further.is_none(), "{} fits {further:?} of {own:?}", self.tried[pod].id);
        }
        let best = all.iter().map(|state| self.cost(state)).min().expect("there is a state");
        prop_assert!(self.cost(&own) >= best);
        Ok((self.cost(&own), best))
    }

    /// Every state to which placements lead, each of which is allowed when it comes.
    fn reachable(&self) -> BTreeSet<State> {
        let start = State { nodes: vec![BTreeSet::new(); self.nodes.len()], machines: Vec::new() };
        let mut all = BTreeSet::from([start.clone()]);
        let mut open = vec![start];
        while let Some(state) = open.pop() {
            for pod in self.left(&state) {
                for place in self.places(&state) {
                    if self.takes(&state, place, pod) {
                        let next = state.with(place, pod);
                        if all.insert(next.clone()) {
                            open.push(next);
                        }
                    }
                }
            }
        }
        all
    }

    fn planned(&self) -> State {
        let number = |id: &PodId| {
            self.tried.iter().position(|pod| pod.id == *id).expect("placed pods are tried")
        };
        let on_node = |node: &StateNode| {
            let pods = self.plan.existing.get(&*node.name).into_iter().flatten();
            pods.map(number).collect()
        };
        let mut machines: Vec<(usize, BTreeSet<usize>)> = Vec::new();
        for machine in &self.plan.machines {
            let pool = self.pools.iter().position(|pool| pool.name == machine.node_pool);
            let pods = machine.pods.iter().map(number).collect();
            machines.push((pool.expect("machines have pools"), pods));
        }
        machines.sort();
        State { nodes: self.nodes.iter().map(on_node).collect(), machines }
    }

    fn left(&self, state: &State) -> Vec<usize> {
        let placed = || state.nodes.iter().chain(state.machines.iter().map(|(_, pods)| pods));
        (0..self.tried.len()).filter(|pod| placed().all(|pods| !pods.contains(pod))).collect()
    }

    fn places(&self, state: &State) -> Vec<Place> {
        let nodes = (0..self.nodes.len()).map(Place::Node);
        let machines = (0..state.machines.len()).map(Place::Machine);
        nodes.chain(machines).chain((0..self.pools.len()).map(Place::New)).collect()
    }

    fn cost(&self, state: &State) -> i64 {
        let price = |(pool, pods): &(usize, BTreeSet<usize>)| {
            let pods: Vec<&Arc<Pod>> = pods.iter().map(|pod| self.tried[*pod]).collect();
            self.oracle.new_machine(self.pools[*pool], &pods, None).expect("it was bought")
        };
        let left = i64::try_from(self.left(state).len()).expect("few pods");
        state.machines.iter().map(price).sum::<i64>() + LEFT * left
    }

    /// Whether a place takes one more pod: it holds it, and neither its demands on others nor theirs are against it.
    fn takes(&self, state: &State, place: Place, pod: usize) -> bool {
        let members = |pods: &BTreeSet<usize>| -> Vec<&Arc<Pod>> {
            pods.iter().map(|pod| self.tried[*pod]).collect()
        };
        let one = self.tried[pod];
        let holds = match place {
            Place::Node(node) => {
                self.oracle.node_holds(&self.nodes[node], &members(&state.nodes[node]), &[one])
            }
            Place::Machine(machine) => {
                let (pool, pods) = &state.machines[machine];
                let all = [members(pods), vec![one]].concat();
                self.oracle.new_machine(self.pools[*pool], &all, None).is_some()
            }
            Place::New(pool) => self.oracle.new_machine(self.pools[pool], &[one], None).is_some(),
        };
        holds && self.suits(&self.inhabitants(state), (place, state), one)
    }

    /// Everybody who is somewhere, with zone and host.
    fn inhabitants(&self, state: &State) -> Vec<(&'s Pod, [String; 2])> {
        let mut all = Vec::new();
        for (index, node) in self.nodes.iter().enumerate() {
            let name = node.node.as_ref().map(|node| &node.name);
            let is_bound = |pod: &&Arc<Pod>| {
                let is_there = name.is_some() && pod.status.node.as_ref() == name;
                is_there && !pod.is_finished()
            };
            let here = self.domains(state, Place::Node(index));
            all.extend(
                self.snapshot.pods.iter().filter(is_bound).map(|pod| (&**pod, here.clone())),
            );
            all.extend(state.nodes[index].iter().map(|pod| (&**self.tried[*pod], here.clone())));
        }
        for (index, (_, pods)) in state.machines.iter().enumerate() {
            let here = self.domains(state, Place::Machine(index));
            all.extend(pods.iter().map(|pod| (&**self.tried[*pod], here.clone())));
        }
        all
    }

    /// Zone and host of a place.
    fn domains(&self, state: &State, place: Place) -> [String; 2] {
        match place {
            Place::Node(node) => {
                let node = &self.nodes[node];
                [node.labels[label::ZONE].clone(), node.host_name.to_string()]
            }
            Place::Machine(machine) => {
                [zone(self.pools[state.machines[machine].0]), format!("machine {machine}")]
            }
            Place::New(pool) => [zone(self.pools[pool]), "new machine".to_owned()],
        }
    }

    fn suits(
        &self,
        all: &[(&Pod, [String; 2])],
        (place, state): (Place, &State),
        pod: &Pod,
    ) -> bool {
        let here = self.domains(state, place);
        let at =
            |domains: &[String; 2], key: &str| domains[usize::from(key == label::HOSTNAME)].clone();
        let selected =
            |selector: &Option<LabelSelector>, namespaces: &[String], by: &Pod, who: &Pod| {
                let own = [by.id.namespace().to_owned()];
                let namespaces = if namespaces.is_empty() { &own[..] } else { namespaces };
                namespaces.iter().any(|one| one == who.id.namespace())
                    && selector.as_ref().is_some_and(|selector| selector.matches(&who.labels))
            };
        let about = |term: &PodAffinityTerm, by: &Pod, who: &Pod| {
            selected(&term.label_selector, &term.namespaces, by, who)
        };
        let counts = |who: &&(&Pod, [String; 2])| who.0.status.deleting_since.is_none();
        let permits = |key: &str, domain: &str| strict(pod, key).has(domain);
        let near = pod.spec.pod_affinity.required.iter().all(|term| {
            let key = &*term.topology_key;
            let friends = || all.iter().filter(counts).filter(|who| about(term, pod, who.0));
            let begins =
                about(term, pod, pod) && !friends().any(|who| permits(key, &at(&who.1, key)));
            begins || friends().any(|who| at(&who.1, key) == at(&here, key))
        });
        let away = pod.spec.pod_anti_affinity.required.iter().all(|term| {
            let key = &*term.topology_key;
            let mut enemies = all.iter().filter(counts).filter(|who| about(term, pod, who.0));
            enemies.all(|who| at(&who.1, key) != at(&here, key))
        });
        let welcome = all.iter().all(|(other, there)| {
            other.spec.pod_anti_affinity.required.iter().all(|term| {
                let key = &*term.topology_key;
                !about(term, other, pod) || at(there, key) != at(&here, key)
            })
        });
        let even = pod.spec.topology_spread.iter().all(|spread| {
            let key = &*spread.topology_key;
            let like = |who: &Pod| selected(&spread.label_selector, &[], pod, who);
            let count = |domain: &str| {
                let there = all.iter().filter(counts).filter(|who| at(&who.1, key) == domain);
                there.filter(|who| like(who.0)).count()
            };
            let least = self.least(spread, |domain| permits(key, domain).then(|| count(domain)));
            count(&at(&here, key)) + usize::from(like(pod)) <= least + spread.max_skew as usize
        });
        near && away && welcome && even
    }

    /// Pods in the emptiest zone where the pod may be; a new host can always be had.
    fn least(&self, spread: &TopologySpread, count: impl Fn(&str) -> Option<usize>) -> usize {
        if spread.topology_key == label::HOSTNAME {
            return 0;
        }
        let sells = |pool: &&&Arc<NodePool>| !self.snapshot.types_of(&pool.name).is_empty();
        let of_pools = self.pools.iter().filter(sells).map(|pool| zone(pool));
        let there = self.nodes.iter().filter(|node| node.node.is_some());
        let of_nodes = there.map(|node| node.labels[label::ZONE].clone());
        let zones: BTreeSet<String> = of_pools.chain(of_nodes).collect();
        let counts: Vec<usize> = zones.iter().filter_map(|zone| count(zone)).collect();
        let enough = counts.len() >= spread.min_domains.unwrap_or(0) as usize;
        counts.into_iter().min().filter(|_| enough).unwrap_or(0)
    }
}

impl State {
    fn with(&self, place: Place, pod: usize) -> Self {
        let mut next = self.clone();
        match place {
            Place::Node(node) => next.nodes[node].insert(pod),
            Place::Machine(machine) => next.machines[machine].1.insert(pod),
            Place::New(pool) => {
                next.machines.push((pool, BTreeSet::from([pod])));
                true
            }
        };
        next.machines.sort();
        next
    }
}

/// The zone of a pool.
fn zone(pool: &NodePool) -> String {
    pool.template.requirements.last().expect("it is in a zone").values[0].clone()
}

/// What a pod demands of a label.
fn strict(pod: &Pod, key: &str) -> Requirement {
    let terms = pod.spec.node_affinity.required.first();
    let entries = terms.into_iter().flat_map(|term| &term.match_expressions);
    let entries = entries.filter(|entry| entry.key == key).map(Requirement::from);
    let selector = pod.spec.node_selector.get(key).map(|value| Requirement::equals(key, value));
    entries.chain(selector).fold(Requirement::exists(key), |all, one| all.intersect(&one))
}
