//! What can be wrong with a plan; not how it is found out.

use std::{error::Error, fmt};

use crate::{
    decision::CheapestOffering,
    explain::Reason,
    model::{
        HostPort, InstanceTypeName, NodeClaimName, NodeName, NodePoolName, Overlaid, PodId,
        Requirement, ResourceName, Resources, Taint, Timestamp, amount_text,
    },
};

/// A rule that a plan breaks, with the data that shows it.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Violation {
    /// The capacity types of a machine are not those as which its types are to be had.
    #[error("types of machine `{machine}` are to be had as {sold}, which is not what it says")]
    CapacityTypes {
        /// The machine.
        machine: NodeClaimName,
        /// As what they are to be had.
        sold: Requirement,
    },
    /// The cheapest offering is not the one that the plan names.
    #[error("{}", cheapest(.machine, .expected.as_ref()))]
    Cheapest {
        /// The machine.
        machine: NodeClaimName,
        /// What is the cheapest.
        expected: Option<CheapestOffering>,
    },
    /// A refusal is not true, or its figures are wrong.
    #[error("pod `{pod}` is refused with `{}`{}, but {problem}", .reason.code(), by(.node_pool.as_ref()))]
    FalseRefusal {
        /// The pod.
        pod: PodId,
        /// The pool; none when the refusal is not that of a pool.
        node_pool: Option<NodePoolName>,
        /// What the plan says.
        reason: Reason,
        /// What is the matter with it.
        problem: String,
    },
    /// A pod was left that fits a node, an open machine or a new machine of a pool.
    #[error("pod `{pod}` has no place, but fits {place}")]
    Fits {
        /// The pod.
        pod: PodId,
        /// Where it fits.
        place: Place,
    },
    /// A pod stands where its node selector or required node terms forbid.
    #[error("pod `{pod}` is on {place}, which is not what it demands")]
    Demand {
        /// The pod.
        pod: PodId,
        /// Where it stands.
        place: Place,
    },
    /// A pod that must be near others stands where none of them is.
    #[error(
        "pod `{pod}` is on {place}, but must be near pods in a domain of `{key}`, and none is there"
    )]
    Affinity {
        /// The pod.
        pod: PodId,
        /// Where it stands.
        place: Place,
        /// Label whose values are the domains.
        key: String,
    },
    /// A pod stands where pods are that it must be away from, or that must be away from it.
    #[error("pod `{pod}` is on {place}, {}", apart(.key, *.by_others, *.there))]
    AntiAffinity {
        /// The pod.
        pod: PodId,
        /// Where it stands.
        place: Place,
        /// Label whose values are the domains.
        key: String,
        /// Whether the others demand it.
        by_others: bool,
        /// How many are in the domain of the place; none where that could be one of several.
        there: Option<i64>,
    },
    /// When the pod was placed, its constraints and those of others left other domains than those of its place.
    #[error("pod `{pod}` is on {place}, which is not in the domains that were left: {allowed}")]
    Domain {
        /// The pod.
        pod: PodId,
        /// Where it stands.
        place: Place,
        /// Domains that one of the constraints left.
        allowed: Requirement,
    },
    /// With the pod there are too many in a domain, compared with the emptiest.
    #[error("pod `{pod}` is on {place}, {}", uneven(.key, *.max_skew, *.there, *.least))]
    Spread {
        /// The pod.
        pod: PodId,
        /// Where it stands.
        place: Place,
        /// Label whose values are the domains.
        key: String,
        /// Greatest allowed difference.
        max_skew: u32,
        /// Pods in the domain of the place before; none where that could be one of several.
        there: Option<i64>,
        /// Pods in the emptiest domain that counts.
        least: i64,
    },
    /// Neither its demands nor those of its pods and the pods around them make the machine what it says.
    #[error("machine `{machine}` says {said}, but need be no more than {needed}")]
    Unfounded {
        /// The machine.
        machine: NodeClaimName,
        /// What it says of the label.
        said: Requirement,
        /// What follows from its pool and its pods.
        needed: Requirement,
    },
    /// In none of its forms does the pod fit where it stands.
    #[error("pod `{pod}` can't have come to {place}")]
    Unexplained {
        /// The pod.
        pod: PodId,
        /// Where it stands.
        place: Place,
    },
    /// A pod takes a port of its host that another pod or a daemon has.
    #[error("pod `{pod}` takes {port} on {place}, where it is taken")]
    HostPort {
        /// The pod.
        pod: PodId,
        /// Where it stands.
        place: Place,
        /// The port.
        port: HostPort,
    },
    /// The plan is of another instant than the snapshot.
    #[error("the plan is of {plan}, the snapshot is not")]
    Instant {
        /// Instant of the plan.
        plan: Timestamp,
    },
    /// With this machine, a pool may have more than its limit.
    #[error("machine `{machine}` may have {resource} {}, but the limit leaves {}", amount_text(.resource, *.taken), amount_text(.resource, *.left))]
    Limit {
        /// The machine.
        machine: NodeClaimName,
        /// The resource.
        resource: ResourceName,
        /// What at most was left of the limit when the machine was opened.
        left: i64,
        /// What one of its types has.
        taken: i64,
    },
    /// Types of a machine have too few different values of a label.
    #[error(
        "types of machine `{machine}` have {there} values of `{key}`, but must have {demanded}"
    )]
    MinValues {
        /// The machine.
        machine: NodeClaimName,
        /// The label.
        key: String,
        /// How many there must be.
        demanded: u32,
        /// How many there are.
        there: u32,
    },
    /// A machine says that minimum numbers of values were lowered and they were not, or the other way round.
    #[error("machine `{machine}` is wrong about whether minimum numbers of values were lowered")]
    MinValuesFlag {
        /// The machine.
        machine: NodeClaimName,
    },
    /// A machine demands another number of values of a label than its pool, and may not.
    #[error("machine `{machine}` demands {} values of `{key}`, but its pool {demanded}", .said.unwrap_or(0))]
    StatedMinValues {
        /// The machine.
        machine: NodeClaimName,
        /// The label.
        key: String,
        /// What it demands.
        said: Option<u32>,
        /// What its pool demands.
        demanded: u32,
    },
    /// Refusals don't stand for each usable pool once, in the order in which pools are tried.
    #[error("pod `{pod}` is not refused by each usable pool once and in order")]
    MissingRefusal {
        /// The pod.
        pod: PodId,
    },
    /// A machine lists no type, or more types than the policy allows.
    #[error("machine `{machine}` lists {listed} instance types")]
    NumberOfTypes {
        /// The machine.
        machine: NodeClaimName,
        /// Listed types.
        listed: usize,
    },
    /// A machine does not say what node overlays changed of its types, or says too much.
    #[error("machine `{machine}` does not say what overlays changed (price: {}, capacity: {})", .expected.price, .expected.capacity)]
    Overlaid {
        /// The machine.
        machine: NodeClaimName,
        /// What they changed.
        expected: Overlaid,
    },
    /// Pods ask for more than a node has left.
    #[error("node `{node}` holds {resource} {}, but has {} left", amount_text(.resource, *.needed), amount_text(.resource, *.left))]
    Overbooked {
        /// The node.
        node: NodeName,
        /// The resource.
        resource: ResourceName,
        /// What pods put there ask for.
        needed: i64,
        /// What was left.
        left: i64,
    },
    /// A pool that is tried earlier could have made the machine for its first pod.
    #[error("node pool `{node_pool}` is tried before that of machine `{machine}` and can make it")]
    PassedOver {
        /// The machine.
        machine: NodeClaimName,
        /// The pool.
        node_pool: NodePoolName,
    },
    /// A pod that waits is nowhere in the plan.
    #[error("pod `{pod}` waits, but is not in the plan")]
    PodLost {
        /// The pod.
        pod: PodId,
    },
    /// A pod is in the plan that does not wait.
    #[error("pod `{pod}` does not wait for a place")]
    PodNotWaiting {
        /// The pod.
        pod: PodId,
    },
    /// Pods bring more volumes to a node than it can hold.
    #[error("node `{node}` would hold {needed} volumes of `{driver}`, but can hold {limit}")]
    Volumes {
        /// The node.
        node: NodeName,
        /// The driver.
        driver: String,
        /// How many volumes of the driver there would be.
        needed: usize,
        /// How many it can hold.
        limit: u32,
    },
    /// A pod is in the plan more than once.
    #[error("pod `{pod}` is in the plan more than once")]
    PodTwice {
        /// The pod.
        pod: PodId,
    },
    /// Requests are not those of the machine's pods and its least daemons.
    #[error("what machine `{machine}` has to hold is {expected}")]
    Requests {
        /// The machine.
        machine: NodeClaimName,
        /// What they are.
        expected: Resources,
    },
    /// The machine may be something that its pool does not allow.
    #[error("machine `{machine}` need not be what its pool demands: {demanded}")]
    Requirement {
        /// The machine.
        machine: NodeClaimName,
        /// What the pool demands.
        demanded: Requirement,
    },
    /// A pod stands where a taint forbids.
    #[error("pod `{pod}` is on {place}, but does not tolerate {taint}")]
    Taint {
        /// The pod.
        pod: PodId,
        /// Where it stands.
        place: Place,
        /// The taint.
        taint: Taint,
    },
    /// More machines name a reservation than it has left.
    #[error("machine `{machine}` is one too many of reservation `{reservation}`")]
    Reservation {
        /// The machine that is one too many.
        machine: NodeClaimName,
        /// Id of the reservation.
        reservation: String,
    },
    /// A type is not one of the pool's, listed twice, or its labels are not what the machine must have.
    #[error("machine `{machine}` can't be a `{instance_type}`")]
    TypeLabels {
        /// The machine.
        machine: NodeClaimName,
        /// The type.
        instance_type: InstanceTypeName,
    },
    /// No available offering of a type is what the machine must be and holds its pods and daemons.
    #[error(
        "no `{instance_type}` that machine `{machine}` could be is to be had and holds {needed}"
    )]
    TypeOffering {
        /// The machine.
        machine: NodeClaimName,
        /// The type.
        instance_type: InstanceTypeName,
        /// What has to be held.
        needed: Resources,
    },
    /// A type is listed before a cheaper one, or one of the same price and a smaller name.
    #[error("machine `{machine}` lists `{instance_type}` too early")]
    TypeOrder {
        /// The machine.
        machine: NodeClaimName,
        /// The type that should come later.
        instance_type: InstanceTypeName,
    },
    /// The machine's name is not its pool's next.
    #[error("machine `{machine}` should be called `{expected}`")]
    UnexpectedName {
        /// The machine.
        machine: NodeClaimName,
        /// What it should be.
        expected: NodeClaimName,
    },
    /// Pods are put on a node that is not there, goes away, or gets none.
    #[error("node `{node}` takes no pods")]
    UnusableNode {
        /// The node.
        node: NodeName,
    },
    /// A machine has no pods, or comes from a pool that may not make machines for pods.
    #[error("machine `{machine}` has no pods or node pool `{node_pool}` makes none for pods")]
    UnusablePool {
        /// The machine.
        machine: NodeClaimName,
        /// The pool.
        node_pool: NodePoolName,
    },
    /// A machine may be of reserved capacity and does not name its reservations, or may be of other capacity, too.
    #[error("machine `{machine}` may be of reserved capacity, but not of which")]
    Unreserved {
        /// The machine.
        machine: NodeClaimName,
    },
    /// A pod is not said to stand for room of its capacity buffer, or is said to and does not.
    #[error("the plan is wrong about whether pod `{pod}` is that of a capacity buffer")]
    VirtualPod {
        /// The pod.
        pod: PodId,
    },
}

/// Where a pod stands or could stand.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "pods go to nodes, open machines or new machines")]
pub enum Place {
    /// A machine of the plan.
    Machine(NodeClaimName),
    /// A new machine of a pool.
    NewMachine(NodePoolName),
    /// A node that is there.
    Node(NodeName),
}

/// All rules that a plan breaks.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Violations(pub(super) Vec<Violation>);

impl Violations {
    /// The violations; at least one.
    pub fn as_slice(&self) -> &[Violation] {
        &self.0
    }
}

impl Error for Violations {}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the plan breaks {} rules", self.0.len())?;
        self.0.iter().try_for_each(|violation| write!(f, "; {violation}"))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Machine(name) => write!(f, "machine `{name}`"),
            Self::NewMachine(pool) => write!(f, "a new machine of node pool `{pool}`"),
            Self::Node(name) => write!(f, "node `{name}`"),
        }
    }
}

/// The pool that refuses, if it is one.
fn by(node_pool: Option<&NodePoolName>) -> String {
    node_pool.map(|pool| format!(" by node pool `{pool}`")).unwrap_or_default()
}

/// What is wrong with the company of a pod that must be alone.
fn apart(key: &str, by_others: bool, there: Option<i64>) -> String {
    let whose =
        if by_others { "pods that must be away from it" } else { "pods that it must be away from" };
    match there {
        Some(there) => format!("where {there} {whose} are in the same domain of `{key}`"),
        None => format!("where {whose} are in every domain of `{key}`"),
    }
}

/// What is wrong with the number of pods in a domain.
fn uneven(key: &str, max_skew: u32, there: Option<i64>, least: i64) -> String {
    let there = match there {
        Some(there) => format!("{there} are in the same domain of `{key}`"),
        None => format!("every domain of `{key}` that is left has too many"),
    };
    format!("where {there}, while the emptiest has {least} and may be exceeded by {max_skew}")
}

/// What is wrong with the offering that a machine names.
fn cheapest(machine: &NodeClaimName, expected: Option<&CheapestOffering>) -> String {
    match expected {
        Some(CheapestOffering { instance_type, zone, price, .. }) => format!(
            "the cheapest offering of machine `{machine}` is `{instance_type}` in `{zone}` at {price}"
        ),
        None => format!("machine `{machine}` names an offering that it can't have"),
    }
}
