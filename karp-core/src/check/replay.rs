//! Rule: the pods can be put on their places one after another, so that each place takes each pod when it comes.
//!
//! Pods are tried in the order of the round: largest first, those that fail again at the end. On one place they come in the order in which the plan
//! lists them. A pod comes in the first of its forms that its place takes; other places are not looked at, so that what is verified is that a
//! pod may be where it is, not that it had to be there. A machine says in the end exactly what its pool and its pods made of it.

use std::{
    cmp::Reverse,
    collections::{BTreeSet, VecDeque},
};

use rustc_hash::FxHashMap;

use super::{
    Violation, company,
    demand::is_implied,
    maximal, size,
    topology::{Class, Classes, Kind, Refusal, Tried},
    violation::Place,
    world::{NO_HOST, Node, Pool, World, requirements_of},
};
use crate::{
    decision::PlannedMachine,
    explain::{PoolRefusal, Reason, Unplaced},
    model::{
        CapacityType, InstanceTypeName, NodePoolName, Operator, Pod, PodId, Requirement,
        Requirements, Taint, Undefined, label, untolerated,
    },
    policy::MinValuesPolicy,
};

/// The places of a plan while pods are put on them.
pub(super) struct Replay<'w> {
    world: &'w World<'w>,
    classes: Classes<'w>,
    spots: Vec<Spot<'w>>,
    /// Machines that an earlier pool could have made when they were opened.
    passed_over: Vec<Violation>,
}

/// A node or a machine with its pods.
pub(super) struct Spot<'w> {
    pub(super) site: Site<'w>,
    /// What it is with the pods that came so far.
    pub(super) is: Requirements,
    taints: &'w [Taint],
    /// Pods that the plan puts there.
    pub(super) pods: Vec<&'w Pod>,
    /// How many came so far.
    came: usize,
}

/// What a place is.
pub(super) enum Site<'w> {
    /// A node that is there.
    Node(&'w Node),
    /// A machine of the plan.
    Machine {
        machine: &'w PlannedMachine,
        pool: &'w Pool,
        /// What the plan says that it is in the end.
        end: Requirements,
    },
}

impl<'w> Replay<'w> {
    /// Repeats the placements of a plan; none when it can't be told what they were.
    pub(super) fn of(world: &'w World<'w>, found: &mut Vec<Violation>) -> Option<Self> {
        let spots = spots(world);
        let placed = spots.iter().flat_map(|spot| spot.pods.iter().copied());
        let left = world.plan.unplaced.iter().filter(|unplaced| counts(unplaced));
        let left = left.filter_map(|unplaced| world.waiting.get(&unplaced.pod).map(|pod| &***pod));
        let tried: Vec<&Pod> = placed.chain(left).collect();
        let is_gone = |unplaced: &Unplaced| may_have_been_dropped(&unplaced.reasons, world);
        if company::matters(&tried, world) && world.plan.unplaced.iter().any(is_gone) {
            return None;
        }
        let classes = Classes::new(world, &tried);
        let mut replay = Self { world, classes, spots, passed_over: Vec::new() };
        let stuck = replay.run();
        for (spot, pod, refusal) in &stuck {
            found.extend(violation(pod, spot.place(), refusal, found.is_empty()));
        }
        if stuck.is_empty() {
            found.extend(replay.spots.iter().flat_map(|spot| unfounded(spot, world)));
            capacity_types_are_those_sold(&replay.spots, world, found);
        }
        Some(replay)
    }

    /// Pods that are alike, as the first of them.
    pub(super) fn class(&self, pod: &PodId) -> Option<&Class<'w>> {
        self.classes.of(pod)
    }

    /// All places with what they are in the end, nodes first.
    pub(super) fn spots(&self) -> &[Spot<'w>] {
        &self.spots
    }

    pub(super) fn passed_over(&self) -> &[Violation] {
        &self.passed_over
    }

    /// Puts pods on their places; yields those that could not come, first of each place, with the reason.
    fn run(&mut self) -> Vec<(&Spot<'w>, &'w Pod, Refusal)> {
        let mut queue = self.queue();
        let mut placements = 0;
        while let Some((at, pod, failed)) = queue.pop_front() {
            if failed == Some(placements) {
                queue.push_front((at, pod, failed));
                break;
            }
            match self.comes(at, pod) {
                Some(Ok((form, is))) => {
                    placements += 1;
                    let passed_over = self.is_passed_over(at, pod, form);
                    self.passed_over.extend(passed_over);
                    let Some(spot) = self.spots.get_mut(at) else { continue };
                    self.classes.record(&pod.id, &is, spot.taints);
                    spot.is = is;
                    spot.came += 1;
                }
                Some(Err(_)) | None => queue.push_back((at, pod, Some(placements))),
            }
        }
        let next = queue.into_iter().filter_map(|(at, pod, _)| {
            let refusal = self.comes(at, pod)?.err()?;
            Some((self.spots.get(at)?, pod, refusal))
        });
        next.collect()
    }

    /// All pods with their places in the order of the round.
    fn queue(&self) -> VecDeque<(usize, &'w Pod, Option<usize>)> {
        let spots = self.spots.iter().enumerate();
        let mut pods: Vec<(usize, &Pod, Option<usize>)> = spots
            .flat_map(|(at, spot)| spot.pods.iter().map(move |pod| (at, *pod, None)))
            .collect();
        pods.sort_by_cached_key(|(_, pod, _)| {
            let requests = &pod.spec.requests;
            let size = (Reverse(requests.amount("cpu")), Reverse(requests.amount("memory")));
            (size, pod.created_at, pod.uid.clone(), &pod.id)
        });
        pods.into()
    }

    /// The pool that could have made the machine that a pod opens, or any for the pod before it gave up what it gave up.
    ///
    /// What was left of limits at that moment can't be told, so that pools with limits are not looked at.
    fn is_passed_over(&self, at: usize, pod: &Pod, used: usize) -> Option<Violation> {
        let spot = self.spots.get(at).filter(|spot| spot.came == 0)?;
        let Site::Machine { machine, pool: own, .. } = &spot.site else { return None };
        let class = self.classes.of(&pod.id)?;
        let mut forms = class.forms().iter().take(used + 1).enumerate();
        let node_pool = forms.find_map(|(index, form)| {
            let is_earlier = |pool: &&Pool| index < used || pool.pool.name != own.pool.name;
            let earlier = self.world.pools.iter().take_while(is_earlier);
            let mut unlimited = earlier.filter(|pool| pool.pool.limits.is_none());
            let ask = (self, class, form);
            unlimited.find(|pool| maximal::new_machine_takes(pool, |_| true, ask, self.world))
        });
        let node_pool = node_pool?.pool.name.clone();
        Some(Violation::PassedOver { machine: machine.name.clone(), node_pool })
    }

    /// What the place is with the pod, and in which form it comes; none where another comes before it.
    fn comes(&self, at: usize, pod: &Pod) -> Option<Result<(usize, Requirements), Refusal>> {
        let spot = self.spots.get(at)?;
        let is_next = spot.pods.get(spot.came).is_some_and(|next| next.id == pod.id);
        let class = self.classes.of(&pod.id).filter(|_| is_next)?;
        let mut last = Refusal::Other;
        for (index, form) in class.forms().iter().enumerate() {
            for becomes in self.becomes(spot.ground(), class, form) {
                match becomes.and_then(|is| spot.within_end(is)) {
                    Ok(is) => return Some(Ok((index, is))),
                    Err(refusal) => last = refusal,
                }
            }
        }
        Some(Err(last))
    }

    /// What a place can become with a pod of the class in this form, for each place of its volumes.
    pub(super) fn becomes(
        &self,
        Ground { is, taints, is_node }: Ground<'_>,
        class: &Class<'w>,
        form: &Tried<'w>,
    ) -> Vec<Result<Requirements, Refusal>> {
        let open = if is_node {
            Undefined::Strict
        } else {
            Undefined::WellKnown(&self.world.snapshot.vocabulary)
        };
        let tolerates = untolerated(taints, &form.0.tolerations).next().is_none();
        if !tolerates || !is.is_compatible(&form.0.demand, open) {
            return vec![Err(Refusal::Other)];
        }
        let with_pod = with(is, &form.0.demand, is_node);
        let usable = class.volumes.iter().filter(|volumes| with_pod.is_compatible(volumes, open));
        usable
            .map(|volumes| {
                let with_volumes = with(&with_pod, volumes, is_node);
                let narrowed = self.classes.narrowed(class, form, &with_volumes)?;
                let lost = narrowed.iter().find(|own| {
                    let own = std::iter::once((*own).clone()).collect();
                    !with_volumes.is_compatible(&own, open)
                });
                match lost {
                    Some(lost) => Err(Refusal::Domain(lost.clone())),
                    None => Ok(narrowed),
                }
            })
            .collect()
    }
}

/// What a place is before a pod comes.
#[derive(Clone, Copy)]
pub(super) struct Ground<'g> {
    pub(super) is: &'g Requirements,
    pub(super) taints: &'g [Taint],
    /// Whether it has all labels that it will ever have.
    pub(super) is_node: bool,
}

impl Spot<'_> {
    pub(super) fn ground(&self) -> Ground<'_> {
        let is_node = matches!(self.site, Site::Node(_));
        Ground { is: &self.is, taints: self.taints, is_node }
    }

    pub(super) fn place(&self) -> Place {
        match &self.site {
            Site::Node(node) => Place::Node(node.state.name.as_ref().into()),
            Site::Machine { machine, .. } => Place::Machine(machine.name.clone()),
        }
    }

    /// What the place becomes, if it can still be what the plan says.
    fn within_end(&self, becomes: Requirements) -> Result<Requirements, Refusal> {
        let Site::Machine { end, .. } = &self.site else { return Ok(becomes) };
        let is_new = |one: &&Requirement| self.is.get(one.key()) != Some(*one);
        let beyond = becomes
            .iter()
            .filter(is_new)
            .find(|one| one.key() != label::HOSTNAME && !is_implied(one, end));
        match beyond {
            Some(beyond) => Err(Refusal::Domain(beyond.clone())),
            None => Ok(becomes),
        }
    }
}

/// A place with further demands; a node has all labels that it will ever have.
fn with(is: &Requirements, more: &Requirements, is_node: bool) -> Requirements {
    let mut both = is.clone();
    for one in more.iter().filter(|one| !is_node || is.has(one.key())) {
        both.add(one.clone());
    }
    both
}

fn spots<'w>(world: &'w World<'w>) -> Vec<Spot<'w>> {
    let on_nodes = world.nodes.iter().map(|(name, node)| Spot {
        site: Site::Node(node),
        is: node.labels.clone(),
        taints: &node.state.taints,
        pods: world.plan.existing.get(&**name).map_or_else(Vec::new, |pods| world.pods_of(pods)),
        came: 0,
    });
    let on_machines = world.machines().map(|(machine, pool)| Spot {
        site: Site::Machine { machine, pool, end: requirements_of(machine) },
        is: new_machine(pool, machine.name.as_str()),
        taints: &pool.pool.template.taints,
        pods: world.pods_of(&machine.pods),
        came: 0,
    });
    on_nodes.chain(on_machines).collect()
}

/// What a machine of a pool is before the first pod.
pub(super) fn new_machine(pool: &Pool, name: &str) -> Requirements {
    let mut is = pool.requirements.clone();
    is.replace(Requirement::equals(label::HOSTNAME, format!("{NO_HOST}-{name}")));
    is
}

/// Whether a pod that was left takes part in the round, so that its demands are known to others.
fn counts(unplaced: &Unplaced) -> bool {
    let of_pod = unplaced.reasons.iter().filter(|refusal| refusal.node_pool.is_none());
    of_pod
        .into_iter()
        .all(|refusal| matches!(refusal.reason, Reason::Reservation | Reason::WorkLimit))
}

/// Whether a pod may have been on a machine that was given up because the list of its types was cut too short: nobody knows who was there.
fn may_have_been_dropped(reasons: &[PoolRefusal], world: &World<'_>) -> bool {
    let [PoolRefusal { node_pool: Some(name), reason: Reason::MinValues { .. } }] = reasons else {
        return false;
    };
    let most = world.policy.max_instance_types;
    let is_cut = |name: &NodePoolName| {
        let mut pools = world.pools.iter();
        pools.any(|pool| pool.pool.name == *name && pool.kinds.len() > most)
    };
    world.policy.min_values == MinValuesPolicy::Strict && is_cut(name)
}

/// What a plan says of a machine beyond what its pool and pods make of it. What it is sold as follows from its types.
fn unfounded(spot: &Spot<'_>, world: &World<'_>) -> Vec<Violation> {
    let Site::Machine { machine, .. } = &spot.site else { return Vec::new() };
    let said_elsewhere = [
        Some(label::CAPACITY_TYPE),
        Some(label::INSTANCE_TYPE),
        Some(label::HOSTNAME),
        Some(label::REGISTERED),
        Some(label::INITIALIZED),
        world.snapshot.vocabulary.reservation_id(),
    ];
    let said = machine.requirements.iter();
    let own = said.filter(|said| !said_elsewhere.contains(&Some(said.key())));
    own.filter_map(|said| {
        let needed = spot.is.get_or_exists(said.key()).into_owned();
        let needed = needed.with_min_values(said.min_values());
        let machine = machine.name.clone();
        (needed != *said).then(|| Violation::Unfounded { machine, said: said.clone(), needed })
    })
    .collect()
}

/// Machines name the capacity types as which their types are to be had, no others. A machine of reserved capacity is of what it holds, every other
/// of none.
fn capacity_types_are_those_sold(
    spots: &[Spot<'_>],
    world: &World<'_>,
    found: &mut Vec<Violation>,
) {
    let vocabulary = &world.snapshot.vocabulary;
    let is_held = world.policy.feature_gates.reserved_capacity;
    let held = vocabulary.reservation_id().filter(|_| is_held);
    let mut known: FxHashMap<(Requirements, &NodePoolName, &[InstanceTypeName]), Vec<String>> =
        FxHashMap::default();
    for spot in spots {
        let Site::Machine { machine, pool, .. } = &spot.site else { continue };
        let said = machine.requirements.get(label::CAPACITY_TYPE);
        let mut is = spot.is.clone();
        is.remove(label::HOSTNAME);
        if let Some(key) = held {
            let ids = machine.requirements.get(key).filter(|_| {
                said.is_some_and(|said| said.values().eq([CapacityType::Reserved.as_str()]))
            });
            let operator = if ids.is_some() { Operator::In } else { Operator::NotIn };
            is.add(Requirement::new(label::CAPACITY_TYPE, operator, ["reserved"]));
            is.extend(ids.cloned());
        }
        let key = (is, &machine.node_pool, &*machine.instance_types);
        let sold = known.entry(key).or_insert_with_key(|(is, ..)| {
            let kinds = machine.instance_types.iter().filter_map(|name| pool.kinds.get(name));
            let offerings = kinds.flat_map(|kind| size::sold(&kind.instance_type, is, vocabulary));
            let sold: BTreeSet<&str> =
                offerings.filter_map(|offering| offering.single(label::CAPACITY_TYPE)).collect();
            sold.into_iter().map(str::to_owned).collect()
        });
        let sold = sold.iter().map(String::as_str);
        let is_said =
            said.is_some_and(|said| !said.is_complement() && said.values().eq(sold.clone()));
        if !is_said && sold.len() > 0 {
            let sold = Requirement::new(label::CAPACITY_TYPE, Operator::In, sold);
            found.push(Violation::CapacityTypes { machine: machine.name.clone(), sold });
        }
    }
}

fn violation(pod: &Pod, place: Place, refusal: &Refusal, is_first: bool) -> Option<Violation> {
    let pod = pod.id.clone();
    Some(match refusal {
        Refusal::Domain(allowed) => Violation::Domain { pod, place, allowed: allowed.clone() },
        // Another rule has said what is the matter.
        Refusal::Other if !is_first => return None,
        Refusal::Other => Violation::Unexplained { pod, place },
        Refusal::Constraint { kind, key, there, least } => {
            let (key, there) = (key.clone(), *there);
            match *kind {
                Kind::Near => Violation::Affinity { pod, place, key },
                Kind::Away => Violation::AntiAffinity { pod, place, key, by_others: false, there },
                Kind::Rejected => {
                    Violation::AntiAffinity { pod, place, key, by_others: true, there }
                }
                Kind::Spread { max_skew, .. } => {
                    Violation::Spread { pod, place, key, max_skew, there, least: *least }
                }
            }
        }
    })
}
