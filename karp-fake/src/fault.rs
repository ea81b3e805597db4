//! Faults planned by operation and count; not chance, which a test draws from a [`Seed`](crate::Seed) when it wants it.

use std::collections::BTreeMap;

use karp_core::backend::{ErrorKind, ProviderError};

/// An operation of a backend that can be made to fail.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Operation {
    /// [`create_claim`](karp_core::backend::ClusterState::create_claim).
    CreateClaim,
    /// [`delete_claim`](karp_core::backend::ClusterState::delete_claim).
    DeleteClaim,
    /// [`delete_node`](karp_core::backend::ClusterState::delete_node).
    DeleteNode,
    /// [`evict`](karp_core::backend::ClusterState::evict).
    Evict,
    /// [`instance_types`](karp_core::backend::CloudProvider::instance_types).
    InstanceTypes,
    /// [`launch`](karp_core::backend::CloudProvider::launch).
    Launch,
    /// [`machine`](karp_core::backend::CloudProvider::machine).
    Machine,
    /// [`machines`](karp_core::backend::CloudProvider::machines).
    Machines,
    /// [`prices`](karp_core::backend::Pricing::prices).
    Prices,
    /// [`read`](karp_core::backend::ClusterState::read).
    Read,
    /// [`terminate`](karp_core::backend::CloudProvider::terminate).
    Terminate,
    /// [`update_claim`](karp_core::backend::ClusterState::update_claim).
    UpdateClaim,
    /// [`update_node`](karp_core::backend::ClusterState::update_node).
    UpdateNode,
}

/// What goes wrong in one call.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Fault {
    /// The call fails and has no effect.
    LoseRequest(ErrorKind),
    /// The call takes effect and fails all the same: what leaks machines.
    LoseReply(ErrorKind),
    /// Nothing that is asked for has capacity. Like [`LoseRequest`](Self::LoseRequest) for anything but a launch.
    NoCapacity,
}

/// Which calls go wrong, and how.
///
/// ```
/// use karp_core::backend::ErrorKind;
/// use karp_fake::{Fault, FaultPlan, Operation};
///
/// // The first launch is carried out but nobody hears of it; the third finds no capacity.
/// let plan = FaultPlan::new()
///     .on_nth(Operation::Launch, 0, Fault::LoseReply(ErrorKind::Timeout))
///     .on_nth(Operation::Launch, 2, Fault::NoCapacity);
/// assert_eq!(plan.len(), 2);
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct FaultPlan {
    planned: BTreeMap<(Operation, u64), Fault>,
}

impl FaultPlan {
    /// Nothing goes wrong.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes the `nth` call of an operation go wrong, counted from 0.
    #[must_use]
    pub fn on_nth(mut self, operation: Operation, nth: u64, fault: Fault) -> Self {
        self.planned.insert((operation, nth), fault);
        self
    }

    /// Number of planned faults.
    pub fn len(&self) -> usize {
        self.planned.len()
    }

    /// Whether nothing goes wrong.
    pub fn is_empty(&self) -> bool {
        self.planned.is_empty()
    }
}

impl Operation {
    /// The method's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CreateClaim => "create_claim",
            Self::DeleteClaim => "delete_claim",
            Self::DeleteNode => "delete_node",
            Self::Evict => "evict",
            Self::InstanceTypes => "instance_types",
            Self::Launch => "launch",
            Self::Machine => "machine",
            Self::Machines => "machines",
            Self::Prices => "prices",
            Self::Read => "read",
            Self::Terminate => "terminate",
            Self::UpdateClaim => "update_claim",
            Self::UpdateNode => "update_node",
        }
    }
}

/// A plan and how many calls there were.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    plan: FaultPlan,
    calls: BTreeMap<Operation, u64>,
}

impl Faults {
    pub(crate) const fn new(plan: FaultPlan) -> Self {
        Self { plan, calls: BTreeMap::new() }
    }

    /// Number of calls of an operation so far.
    pub(crate) fn calls(&self, operation: Operation) -> u64 {
        self.calls.get(&operation).copied().unwrap_or(0)
    }

    /// Counts a call and says what goes wrong in it.
    pub(crate) fn strike(&mut self, operation: Operation) -> Option<Fault> {
        let count = self.calls.entry(operation).or_insert(0);
        let nth = *count;
        *count += 1;
        self.plan.planned.get(&(operation, nth)).copied()
    }

    /// Runs `effect` unless the request is lost, and hides its result if the reply is.
    pub(crate) fn around<T>(
        fault: Option<Fault>,
        operation: Operation,
        effect: impl FnOnce() -> Result<T, ProviderError>,
    ) -> Result<T, ProviderError> {
        let failed =
            |kind| Err(ProviderError::new(operation.name(), kind).with_detail("planned fault"));
        match fault {
            None => effect(),
            Some(Fault::LoseRequest(kind)) => failed(kind),
            Some(Fault::LoseReply(kind)) => {
                // What comes of it is exactly what the caller does not learn.
                drop(effect());
                failed(kind)
            }
            Some(Fault::NoCapacity) => failed(ErrorKind::NoCapacity),
        }
    }
}
