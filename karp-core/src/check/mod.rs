//! Verifies a plan against its snapshot, by code that shares nothing with the solver; not how a plan is found.
//!
//! Every rule is a file of its own and a line of the list `RULES`. A rule looks at the snapshot and the plan alone and recomputes what it needs in the most
//! obvious way; it reports all that it finds. Rules about pods that depend on each other need the moment at which each pod came: the module `replay` repeats the
//! placements one after another. What can't be told from a plan (which of several allowed places the solver had to choose) is not judged here; the
//! slow solver among the tests does that.

mod account;
mod buffer;
mod capacity;
mod company;
mod daemon;
mod default_spread;
mod demand;
mod form;
mod limit;
mod maximal;
mod min_values;
mod options;
mod overlay;
mod pool;
mod port;
mod price;
mod refusal;
mod replay;
mod requests;
mod reservation;
mod shortfall;
mod size;
mod taint;
mod topology;
mod validity;
mod violation;
mod volume;
mod waiting;
mod world;

pub use self::violation::{Place, Violation, Violations};
use self::{replay::Replay, world::World};
use crate::{decision::Plan, policy::Policy, snapshot::Snapshot};

/// A rule: looks at the world and adds what breaks it.
type Rule = fn(&World<'_>, &mut Vec<Violation>);

const RULES: [Rule; 17] = [
    account::each_waiting_pod_once,
    buffer::virtual_pods_are_named,
    pool::machines_come_from_usable_pools,
    taint::taints_are_tolerated,
    demand::nodes_are_what_pods_demand,
    demand::machines_are_what_pools_and_pods_demand,
    capacity::nodes_hold_their_pods,
    volume::nodes_hold_their_volumes,
    port::host_ports_are_free,
    min_values::minimum_values_are_kept,
    options::every_type_does,
    price::types_are_in_price_order,
    overlay::machines_say_what_is_overlaid,
    requests::requests_are_sums,
    reservation::reservations_are_kept,
    limit::limits_hold,
    refusal::refusals_are_true,
];

/// Verifies that a plan keeps every rule, and that it decides what had to be decided.
///
/// The policy is given by the caller, not taken from the plan: nothing that the plan says about itself is trusted. What is verified:
///
/// * every pod that waits is in the plan once, no other is; those of capacity buffers are named;
/// * taints, labels and node terms, where volumes can be used, host ports, resources with daemons, for nodes and for *each* type that a machine lists;
/// * spread, affinity and anti-affinity, those of others included: in the order of the round each pod may come to its place, with the counts of that moment, and
///   every machine says in the end exactly what its pool and its pods made of it;
/// * minimum numbers of values, and whether they were lowered;
/// * machines come from pools that may make them, are within the pools' limits and reservations, and no heavier pool had to make them;
/// * the order of types, as what they are sold, the cheapest offering, what overlays changed, requests, names;
/// * each refusal is true by itself, its figures included, and no pod that was left fits what is there in the end.
///
/// # Errors
///
/// All rules that are broken, with the data that shows it.
///
/// # Cost
///
/// Grows with the pods, with machines × the types that each lists, and with places × the pods of different kinds that are left without a place: meant for tests and
/// for a last look before money is spent, not for simulations. Figures are in `benches/README.md`.
///
/// # What is not seen
///
/// Pods on a machine that was given up in the end, because its list of types was cut too short for the pool's minimum numbers of values, counted for
/// others and are not in the plan. Where there may have been some, and pods depend on others, their company is not verified.
///
/// # Example: a pod that is put where it may not be
///
/// ```
/// use karp_core::{check, decision::Plan, model::{Node, Pod}, policy::Policy, snapshot::Snapshot};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let snapshot = Snapshot::builder("2026-01-15T12:00:00Z".parse()?)
///     .node(Node::new("n1").resource("cpu", "1"))
///     .pod(Pod::new("web").request("cpu", "2"))
///     .build()?;
/// let mut plan = Plan::new(snapshot.now());
/// plan.existing.insert("n1".into(), vec![snapshot.pods[0].id.clone()]);
/// let broken = check(&snapshot, &Policy::compat(), &plan).unwrap_err();
/// assert!(broken.to_string().contains("node `n1` holds cpu 2, but has 1 left"), "{broken}");
/// # Ok(())
/// # }
/// ```
pub fn check(snapshot: &Snapshot, policy: &Policy, plan: &Plan) -> Result<(), Violations> {
    let snapshot = buffer::with_buffers(snapshot, policy);
    let snapshot = default_spread::with_defaults(snapshot, policy);
    let world = World::new(&snapshot, policy, plan);
    let mut found = Vec::new();
    for rule in RULES {
        rule(&world, &mut found);
    }
    let replay = Replay::of(&world, &mut found);
    // Whether a pod fits can't be told where pods stand that don't exist or fit.
    if found.is_empty() {
        maximal::no_unplaced_pod_fits(&world, replay.as_ref(), &mut found);
        maximal::no_heavier_pool_was_passed_over(replay.as_ref(), &mut found);
    }
    if found.is_empty() { Ok(()) } else { Err(Violations(found)) }
}
