//! Rules: no pod was left that fits, and no pool was passed over that is tried earlier.
//!
//! A pod fits if a node, a machine of the plan or a new machine of a pool takes it in one of the forms in which pods are tried. Where the end
//! state does not tell whether the solver had to see it, the answer is no: limits that depend on types which a machine had when it was opened, and
//! pools and machines that must keep a number of values.

use std::collections::BTreeMap;

use super::{
    Violation, limit, port,
    replay::{Ground, Replay, Site, Spot, new_machine},
    reservation, size,
    topology::{Class, Tried},
    violation::Place,
    volume,
    world::{Kind, Node, Pool, World, requests_of, requirements_of},
};
use crate::{
    decision::PlannedMachine,
    explain::{PoolRefusal, Reason},
    model::{Pod, PodId, Requirements, Resources, label},
};

pub(super) fn no_unplaced_pod_fits(
    world: &World<'_>,
    replay: Option<&Replay<'_>>,
    found: &mut Vec<Violation>,
) {
    let Some(replay) = replay else { return };
    let end = End::new(world, replay);
    let mut places: BTreeMap<&PodId, Option<Place>> = BTreeMap::new();
    for unplaced in &world.plan.unplaced {
        if unplaced.reasons.iter().any(says_not_tried) {
            continue;
        }
        let Some(class) = replay.class(&unplaced.pod) else { continue };
        let place = places.entry(&class.pod.id).or_insert_with(|| end.place_for(class));
        let fits =
            |place: &Place| Violation::Fits { pod: unplaced.pod.clone(), place: place.clone() };
        found.extend(place.as_ref().map(fits));
    }
}

/// Whether a refusal says that places were not tried at all.
fn says_not_tried(refusal: &PoolRefusal) -> bool {
    let not_tried = matches!(
        refusal.reason,
        Reason::DynamicResourcesIgnored
            | Reason::InvalidRequirement { .. }
            | Reason::NoDynamicPool
            | Reason::OptedOut
            | Reason::Reservation
            | Reason::RestrictedLabel { .. }
            | Reason::Unsupported(_)
            | Reason::Volume { .. }
            | Reason::WorkLimit
    );
    not_tried && refusal.node_pool.is_none()
}

/// The state at the end of the round.
struct End<'w> {
    world: &'w World<'w>,
    replay: &'w Replay<'w>,
    /// What is left of each node, and what the pods of each machine ask for.
    amounts: Vec<Resources>,
}

impl<'w> End<'w> {
    fn new(world: &'w World<'w>, replay: &'w Replay<'w>) -> Self {
        let amount = |spot: &Spot<'_>| {
            let held = requests_of(&spot.pods);
            match &spot.site {
                Site::Node(node) => node.left.subtract(&held),
                Site::Machine { .. } => held,
            }
        };
        Self { world, replay, amounts: replay.spots().iter().map(amount).collect() }
    }

    fn place_for(&self, class: &Class<'w>) -> Option<Place> {
        class.forms().iter().find_map(|form| {
            let mut spots = self.replay.spots().iter().zip(&self.amounts);
            let there = spots.find(|(spot, amount)| match &spot.site {
                Site::Node(node) => self.node_takes((node, spot, amount), class, form),
                Site::Machine { machine, pool, .. } => {
                    self.machine_takes((machine, pool), (spot, amount), class, form)
                }
            });
            let mut pools = self.world.pools.iter();
            there.map(|(spot, _)| spot.place()).or_else(|| {
                let pool = pools.find(|pool| {
                    let left = limit::least_left(pool, self.world);
                    let is_within = |kind: &Kind| limit::is_within(kind, left);
                    new_machine_takes(pool, is_within, (self.replay, class, form), self.world)
                });
                pool.map(|pool| Place::NewMachine(pool.pool.name.clone()))
            })
        })
    }

    fn node_takes(
        &self,
        (node, spot, left): (&Node, &Spot<'_>, &Resources),
        class: &Class<'w>,
        form: &Tried<'w>,
    ) -> bool {
        let pod = class.pod;
        requests_of(&[pod]).fits(left)
            && port::conflict(&node.ports, pod).is_none()
            && !has_no_port(spot, pod)
            && volume::can_hold(node, &spot.pods, pod, self.world)
            && self.replay.becomes(spot.ground(), class, form).iter().any(Result::is_ok)
    }

    fn machine_takes(
        &self,
        (machine, pool): (&PlannedMachine, &Pool),
        (spot, held): (&Spot<'_>, &Resources),
        class: &Class<'w>,
        form: &Tried<'w>,
    ) -> bool {
        // Another pod may leave too few different values among the types.
        if machine.requirements.has_min_values() || has_no_port(spot, class.pod) {
            return false;
        }
        let mut end = requirements_of(machine);
        end.remove(label::HOSTNAME);
        let needed = held.merge(&requests_of(&[class.pod]));
        let becomes = self.replay.becomes(spot.ground(), class, form);
        becomes.into_iter().flatten().any(|mut is| {
            // What it is sold as was narrowed in the end.
            is.add_all(&end);
            let kinds = machine.instance_types.iter().filter_map(|name| pool.kinds.get(name));
            takes(kinds, &is, (&needed, class.pod), self.world)
        })
    }
}

/// Whether a pool could open a machine for a pod in this form, with the pods counted that came so far.
pub(super) fn new_machine_takes<'w>(
    pool: &Pool,
    is_within_limits: impl Fn(&Kind) -> bool,
    (replay, class, form): (&Replay<'w>, &Class<'w>, &Tried<'w>),
    world: &World<'_>,
) -> bool {
    if pool.is_undecided() {
        return false;
    }
    let is = new_machine(pool, "");
    let ground = Ground { is: &is, taints: &pool.pool.template.taints, is_node: false };
    let needed = requests_of(&[class.pod]);
    replay.becomes(ground, class, form).into_iter().flatten().any(|is| {
        let is = reservation::as_told(is, world.policy);
        let kinds = pool.usable_kinds().filter(|kind| is_within_limits(kind));
        takes(kinds, &is, (&needed, class.pod), world)
    })
}

/// Whether one of these types can be a machine that is `is` and hold what is needed, the pod's ports included.
fn takes<'k>(
    mut kinds: impl Iterator<Item = &'k Kind>,
    is: &Requirements,
    (needed, pod): (&Resources, &Pod),
    world: &World<'_>,
) -> bool {
    let vocabulary = &world.snapshot.vocabulary;
    kinds.any(|kind| {
        port::conflict(&kind.ports, pod).is_none()
            && kind.instance_type.requirements.intersects(is).is_ok()
            && size::holds(&kind.instance_type, &needed.merge(&kind.daemons), is, vocabulary)
    })
}

/// Whether a port of the pod is taken by pods of the plan.
fn has_no_port(spot: &Spot<'_>, pod: &Pod) -> bool {
    spot.pods.iter().any(|other| port::conflict(&other.spec.host_ports, pod).is_some())
}

/// Pools that are tried before that of a machine could not make one for its first pod: it was tried on every pool before anything was given up.
pub(super) fn no_heavier_pool_was_passed_over(
    replay: Option<&Replay<'_>>,
    found: &mut Vec<Violation>,
) {
    found.extend(replay.into_iter().flat_map(|replay| replay.passed_over().iter().cloned()));
}
