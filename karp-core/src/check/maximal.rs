//! Rules: no pod was left that fits, and no pool was passed over that is tried earlier.
//!
//! A pod fits if a node, a machine of the plan or a new machine of a pool takes it in one of the forms in which pods are tried. Where the end
//! state does not tell whether the solver had to see it, the answer is no: a node that other pods of the plan gave labels in thought, limits
//! that depend on types which a machine had when it was opened, pods whose place depends on other pods.

use std::sync::Arc;

use super::{
    Violation, company,
    form::{Form, forms, steps},
    limit, reservation, size,
    violation::Place,
    volume,
    world::{Kind, NO_HOST, Node, Pool, World, requests, requirements_of},
};
use crate::{
    decision::PlannedMachine,
    explain::{PoolRefusal, Reason},
    model::{Pod, Requirement, Requirements, Resources, Undefined, label, untolerated},
};

pub(super) fn no_unplaced_pod_fits(world: &World<'_>, found: &mut Vec<Violation>) {
    for unplaced in &world.plan.unplaced {
        if unplaced.reasons.iter().any(says_not_tried) {
            continue;
        }
        let Some(pod) = world.waiting.get(&unplaced.pod) else { continue };
        if company::depends_on_others(pod, world) {
            continue;
        }
        let mut steps = steps(pod, world);
        if company::has_wishes(pod) {
            // Only the last form is without them.
            steps.drain(..steps.len().saturating_sub(1));
        }
        let mut forms = steps.iter().flatten();
        if let Some(place) = forms.find_map(|form| place_for(pod, form, world)) {
            found.push(Violation::Fits { pod: pod.id.clone(), place });
        }
    }
}

/// Whether a refusal says that places were not tried at all.
fn says_not_tried(refusal: &PoolRefusal) -> bool {
    let not_tried = matches!(
        refusal.reason,
        Reason::InvalidRequirement { .. }
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

fn place_for(pod: &Pod, form: &Form, world: &World<'_>) -> Option<Place> {
    let on_nodes = world.nodes.values().find(|node| node_takes(node, pod, form, world));
    if let Some(node) = on_nodes {
        return Some(Place::Node(Arc::clone(&node.state.name).as_ref().into()));
    }
    let mut machines = world.machines();
    if let Some((machine, _)) = machines.find(|(m, pool)| machine_takes(m, pool, pod, form, world))
    {
        return Some(Place::Machine(machine.name.clone()));
    }
    let pool = world.pools.iter().find(|pool| {
        let left = limit::least_left(pool, world);
        new_machine_takes(pool, left.as_ref(), pod, form, world)
    });
    pool.map(|pool| Place::NewMachine(pool.pool.name.clone()))
}

fn node_takes(node: &Node, pod: &Pod, form: &Form, world: &World<'_>) -> bool {
    let ids = world.plan.existing.get(&*node.state.name).map_or(&[][..], Vec::as_slice);
    let placed = world.pods(ids);
    // What a pod says about a label that the node lacks may have changed what the node says about it.
    let touched = form.demand.keys().any(|key| {
        !node.labels.has(key)
            && placed.iter().any(|other| forms(other, world).iter().any(|f| f.demand.has(key)))
    });
    let left = node.left.subtract(&requests(placed.iter().copied()));
    let bound = world.pods_of(ids);
    !touched
        && volume::can_hold(node, &bound, pod, world)
        && untolerated(&node.state.taints, &form.tolerations).next().is_none()
        && requests_with(&Resources::new(), pod).fits(&left)
        && node.labels.is_compatible(&form.demand, Undefined::Strict)
}

fn machine_takes(
    machine: &PlannedMachine,
    pool: &Pool,
    pod: &Pod,
    form: &Form,
    world: &World<'_>,
) -> bool {
    // Another pod may leave too few different values among the types.
    if machine.requirements.has_min_values() {
        return false;
    }
    let kinds = machine.instance_types.iter().filter_map(|name| pool.kinds.get(name));
    let held = requests(world.pods(&machine.pods));
    let place = Opening { is: &requirements_of(machine), held: &held, pool };
    place.takes(kinds, pod, form, world)
}

fn new_machine_takes(
    pool: &Pool,
    left: Option<&Resources>,
    pod: &Pod,
    form: &Form,
    world: &World<'_>,
) -> bool {
    if pool.is_undecided() {
        return false;
    }
    let mut is = pool.requirements.clone();
    is.replace(Requirement::equals(label::HOSTNAME, NO_HOST));
    let is = reservation::as_told(is, world.policy);
    let place = Opening { is: &is, held: &Resources::new(), pool };
    place.takes(pool.usable_kinds().filter(|kind| limit::is_within(kind, left)), pod, form, world)
}

/// A machine, opened or about to be.
struct Opening<'p> {
    is: &'p Requirements,
    held: &'p Resources,
    pool: &'p Pool,
}

impl Opening<'_> {
    fn takes<'k>(
        &self,
        mut kinds: impl Iterator<Item = &'k Kind>,
        pod: &Pod,
        form: &Form,
        world: &World<'_>,
    ) -> bool {
        let vocabulary = &world.snapshot.vocabulary;
        let goes = untolerated(&self.pool.pool.template.taints, &form.tolerations).next().is_none()
            && self.is.is_compatible(&form.demand, Undefined::WellKnown(vocabulary));
        let mut is = self.is.clone();
        is.add_all(&form.demand);
        let needed = requests_with(self.held, pod);
        goes && kinds.any(|kind| {
            kind.instance_type.requirements.intersects(&is).is_ok()
                && size::holds(&kind.instance_type, &needed.merge(&kind.daemons), &is, vocabulary)
        })
    }
}

fn requests_with(held: &Resources, pod: &Pod) -> Resources {
    held.merge(&pod.spec.requests).merge(&Resources::new().with("pods", 1))
}

/// A machine's first pod was tried in its strictest form on every pool before any relaxation, in the order of pools.
pub(super) fn no_heavier_pool_was_passed_over(world: &World<'_>, found: &mut Vec<Violation>) {
    for (machine, own) in world.machines() {
        let Some(pod) = world.pods(&machine.pods).first().copied() else { continue };
        if company::depends_on_others(pod, world) || company::has_wishes(pod) {
            continue;
        }
        let Some(strictest) = steps(pod, world).into_iter().next() else { continue };
        let earlier = world.pools.iter().take_while(|pool| pool.pool.name != own.pool.name);
        // What is left of limits at that moment can't be told.
        let mut unlimited = earlier.filter(|pool| pool.pool.limits.is_none());
        if let Some(pool) = unlimited.find(|pool| {
            strictest.iter().any(|form| new_machine_takes(pool, None, pod, form, world))
        }) {
            let node_pool = pool.pool.name.clone();
            found.push(Violation::PassedOver { machine: machine.name.clone(), node_pool });
        }
    }
}
