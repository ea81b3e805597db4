//! The cluster that others hold: calls, settings, faults; not what a write does.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use karp_core::{
    backend::{
        Clock, ClusterObjects, ClusterState, CreateClaimRequest, DeleteClaimRequest,
        DeleteNodeRequest, EvictRequest, Evicted, ProviderError, ReadRequest, UpdateClaimRequest,
        UpdateNodeRequest, Written,
    },
    model::Timestamp,
};

use super::{eviction, history::History, write};
use crate::{FakeClock, FaultPlan, Operation, fault::Faults};

/// A cluster in memory: clones are one cluster.
///
/// [`edit`](Self::edit) plays everyone else in the cluster: whoever creates pods, binds them, registers Nodes.
///
/// ```
/// use karp_core::backend::{ClusterState, EvictRequest, Evicted, ReadRequest};
/// use karp_core::model::{Node, Pod, Timestamp};
/// use karp_fake::{FakeClock, FakeCluster};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let cluster = FakeCluster::new(FakeClock::new(Timestamp::EPOCH));
/// cluster.edit(|objects| {
///     objects.nodes.push(Node::new("n-1").resource("cpu", "4").into());
///     objects.pods.push(Pod::new("web-0").bound_to("n-1").into());
/// });
/// let pod = cluster.read(&ReadRequest::new()).await?.pods[0].clone();
/// let evicted = cluster.evict(&EvictRequest::new(pod.id.clone(), pod.uid.clone())).await?;
/// assert_eq!(evicted, Evicted::Accepted);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct FakeCluster {
    clock: FakeClock,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    history: History,
    faults: Faults,
    next_uid: u64,
}

impl FakeCluster {
    /// An empty cluster, whose reads don't lag.
    pub fn new(clock: FakeClock) -> Self {
        Self { clock, state: Arc::default() }
    }

    /// Lets reads reflect only what is `changes` changes old, as far as a read does not ask for more.
    #[must_use]
    pub fn with_read_lag(self, changes: usize) -> Self {
        self.state().history.lag = changes;
        self
    }

    /// Makes calls go wrong.
    #[must_use]
    pub fn with_faults(self, plan: FaultPlan) -> Self {
        self.state().faults = Faults::new(plan);
        self
    }

    /// Changes the cluster as anybody else would, and says the revision that reflects it.
    pub fn edit(&self, change: impl FnOnce(&mut ClusterObjects)) -> u64 {
        let now = self.clock.now();
        let mut state = self.state();
        eviction::remove_stopped(&mut state.history, now);
        state
            .history
            .change(|objects| {
                change(objects);
                Ok(())
            })
            .unwrap_or_default()
    }

    /// The cluster as it is, without lag and faults: what is true, for a test to compare with.
    pub fn objects(&self) -> ClusterObjects {
        let now = self.clock.now();
        let mut state = self.state();
        eviction::remove_stopped(&mut state.history, now);
        (*state.history.newest()).clone()
    }

    /// How often an operation was called.
    pub fn calls(&self, operation: Operation) -> u64 {
        self.state().faults.calls(operation)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a call and carries it out, unless something was planned to go wrong.
    fn call<T>(
        &self,
        operation: Operation,
        effect: impl FnOnce(&mut State, Timestamp) -> Result<T, ProviderError>,
    ) -> Result<T, ProviderError> {
        let now = self.clock.now();
        let mut state = self.state();
        let fault = state.faults.strike(operation);
        eviction::remove_stopped(&mut state.history, now);
        Faults::around(fault, operation, || effect(&mut state, now))
    }
}

#[async_trait]
impl ClusterState for FakeCluster {
    async fn read(&self, request: &ReadRequest) -> Result<ClusterObjects, ProviderError> {
        self.call(Operation::Read, |state, _| state.history.read(request.not_before))
    }

    async fn create_claim(&self, request: &CreateClaimRequest) -> Result<Written, ProviderError> {
        self.call(Operation::CreateClaim, |state, now| {
            state.next_uid += 1;
            let uid = format!("fake-claim-{:06}", state.next_uid);
            let created =
                state.history.change(|objects| write::create_claim(objects, request, &uid, now));
            created.map(Written::new)
        })
    }

    async fn update_claim(&self, request: &UpdateClaimRequest) -> Result<Written, ProviderError> {
        self.call(Operation::UpdateClaim, |state, _| {
            state.history.change(|objects| write::update_claim(objects, request)).map(Written::new)
        })
    }

    async fn delete_claim(&self, request: &DeleteClaimRequest) -> Result<Written, ProviderError> {
        self.call(Operation::DeleteClaim, |state, now| {
            state
                .history
                .change(|objects| write::delete_claim(objects, request, now))
                .map(Written::new)
        })
    }

    async fn update_node(&self, request: &UpdateNodeRequest) -> Result<Written, ProviderError> {
        self.call(Operation::UpdateNode, |state, _| {
            state.history.change(|objects| write::update_node(objects, request)).map(Written::new)
        })
    }

    async fn delete_node(&self, request: &DeleteNodeRequest) -> Result<Written, ProviderError> {
        self.call(Operation::DeleteNode, |state, now| {
            state
                .history
                .change(|objects| write::delete_node(objects, request, now))
                .map(Written::new)
        })
    }

    async fn evict(&self, request: &EvictRequest) -> Result<Evicted, ProviderError> {
        self.call(Operation::Evict, |state, now| eviction::evict(&mut state.history, request, now))
    }
}
