//! The cloud that others hold: calls, settings, faults; not its machines.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use karp_core::{
    backend::{
        Capabilities, CapacityPool, Clock, CloudProvider, ErrorKind, InstanceTypes,
        InstanceTypesRequest, LaunchRequest, Launched, Machine, MachineId, MachineRequest,
        Machines, MachinesRequest, ProviderDescription, ProviderError, TerminateRequest,
        Terminated,
    },
    model::{InstanceType, Span},
};

use super::fleet::Fleet;
use crate::{FakeClock, Fault, FaultPlan, Operation, fault::Faults};

/// A cloud in memory: clones are one cloud.
///
/// It keeps the [contract](CloudProvider#contract) to the letter, at its weakest where told so: lists lag, launches take time, stock runs
/// out, and machines of other people are there. Ids are `fake:///<zone>/i-<number>` in the order of launch.
///
/// ```
/// use karp_core::backend::{CloudProvider, ErrorKind, Launch, LaunchOption, LaunchOutcome, LaunchRequest, LaunchToken, OfferingSelector};
/// use karp_core::backend::CapacityPool;
/// use karp_core::model::{CapacityType::Spot, Timestamp};
/// use karp_fake::{FakeClock, FakeCloud, catalog};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// // One spot machine is left in z1.
/// let cloud = FakeCloud::new(FakeClock::new(Timestamp::EPOCH), catalog::teaching())
///     .with_stock("spot-z1", OfferingSelector::all().in_zone("z1").paid_as(Spot), 1);
/// let options = [LaunchOption::new("m.large", "z1", Spot), LaunchOption::new("c.large", "z2", Spot)];
///
/// let mut zones = Vec::new();
/// for token in ["t-1", "t-2"] {
///     let launch = Launch::new(LaunchToken::new(token), "claim", "general", options.to_vec());
///     match &cloud.launch(&LaunchRequest::new(vec![launch])).await?.outcomes[0] {
///         LaunchOutcome::Started(machine) => zones.push(machine.zone.clone().unwrap()),
///         other => panic!("{other:?}"),
///     }
/// }
/// assert_eq!(zones, ["z1", "z2"]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct FakeCloud {
    clock: FakeClock,
    description: ProviderDescription,
    capabilities: Capabilities,
    page_size: usize,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    fleet: Fleet,
    faults: Faults,
}

impl FakeCloud {
    /// A cloud that sells `types` without end, starts machines at once and lists without lag, up to 50 launches and 50 terminations
    /// a call.
    pub fn new(clock: FakeClock, types: Vec<Arc<InstanceType>>) -> Self {
        let state = State { fleet: Fleet::new(types), faults: Faults::default() };
        Self {
            clock,
            description: ProviderDescription::new("fake"),
            capabilities: Capabilities::new()
                .with_batch_launch(50)
                .with_batch_terminate(50)
                .with_atomic_launch()
                .with_capacity_pools(),
            page_size: usize::MAX,
            state: Arc::new(Mutex::new(state)),
        }
    }

    /// Says who the cloud is: node classes, labels, repair policies.
    #[must_use]
    pub fn with_description(mut self, description: ProviderDescription) -> Self {
        self.description = description;
        self
    }

    /// Limits what offerings that `selector` selects can supply together.
    #[must_use]
    pub fn with_stock(
        self,
        name: &str,
        selector: karp_core::backend::OfferingSelector,
        machines: u32,
    ) -> Self {
        let pool = CapacityPool::new(name, vec![selector])
            .with_remaining(machines.into(), karp_core::backend::CapacityUnit::Machines);
        self.with_capacity_pool(pool)
    }

    /// Adds a shared limit: a quota of vCPUs, for example. One without a remaining amount limits nothing.
    #[must_use]
    pub fn with_capacity_pool(self, pool: CapacityPool) -> Self {
        self.state().fleet.add_pool(pool);
        self
    }

    /// Lists what was launched or ended only after `lag`.
    #[must_use]
    pub fn with_listing_lag(mut self, lag: Span) -> Self {
        self.capabilities = self.capabilities.with_listing_lag(lag);
        self
    }

    /// Answers launches with "under way" until `span` has passed.
    #[must_use]
    pub fn with_asynchronous_launch(mut self, span: Span) -> Self {
        self.capabilities = self.capabilities.with_asynchronous_launch();
        self.state().fleet.launch_span = span;
        self
    }

    /// Lets machines be pending for `boot` before they run, and going for `shutdown` before they are gone.
    #[must_use]
    pub fn with_spans(self, boot: Span, shutdown: Span) -> Self {
        {
            let mut state = self.state();
            state.fleet.boot_span = boot;
            state.fleet.shutdown_span = shutdown;
        }
        self
    }

    /// Lists at most `size` machines a page; 0 counts as 1.
    #[must_use]
    pub fn with_page_size(mut self, size: usize) -> Self {
        self.page_size = size.max(1);
        self
    }

    /// Makes calls go wrong.
    #[must_use]
    pub fn with_faults(self, plan: FaultPlan) -> Self {
        self.state().faults = Faults::new(plan);
        self
    }

    /// Puts a machine into the cloud that somebody else launched: it is never listed, and never ended.
    pub fn add_foreign_machine(&self, id: MachineId) {
        self.state().fleet.add_foreign(id);
    }

    /// Changes what a shared limit has left.
    ///
    /// Unknown names change nothing and answer `false`.
    pub fn set_remaining(&self, pool: &str, remaining: i64) -> bool {
        self.state().fleet.set_remaining(pool, remaining)
    }

    /// Every machine of ours that ever was, without lag and faults, by launch: what is true, for a test to compare with.
    pub fn all_machines(&self) -> Vec<Machine> {
        self.state().fleet.all(self.clock.now())
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
        effect: impl FnOnce(&mut Fleet) -> Result<T, ProviderError>,
    ) -> Result<T, ProviderError> {
        let mut state = self.state();
        let fault = state.faults.strike(operation);
        Faults::around(fault, operation, || effect(&mut state.fleet))
    }

    fn check_launch(&self, request: &LaunchRequest) -> Result<(), ProviderError> {
        let invalid = |detail: &str| {
            Err(ProviderError::new("launch", ErrorKind::InvalidRequest).with_detail(detail))
        };
        if request.launches.len() > self.capabilities.launches_per_call_max {
            return invalid("more launches than one call takes");
        }
        let mut tokens: Vec<_> = request.launches.iter().map(|launch| &launch.token).collect();
        tokens.sort_unstable();
        if tokens.windows(2).any(|pair| pair.first() == pair.last()) {
            return invalid("two launches have one token");
        }
        if request.launches.iter().any(|launch| launch.options.is_empty()) {
            return invalid("a launch has no options");
        }
        Ok(())
    }
}

#[async_trait]
impl CloudProvider for FakeCloud {
    fn capabilities(&self) -> Capabilities {
        self.capabilities.clone()
    }

    async fn instance_types(
        &self,
        _: &InstanceTypesRequest,
    ) -> Result<InstanceTypes, ProviderError> {
        self.call(Operation::InstanceTypes, |fleet| Ok(fleet.on_sale()))
    }

    async fn launch(&self, request: &LaunchRequest) -> Result<Launched, ProviderError> {
        self.check_launch(request)?;
        let now = self.clock.now();
        let mut state = self.state();
        match state.faults.strike(Operation::Launch) {
            // A launch without capacity is an outcome, not a failed call.
            Some(Fault::NoCapacity) => Ok(state.fleet.refuse(request, now)),
            fault => {
                Faults::around(fault, Operation::Launch, || Ok(state.fleet.launch(request, now)))
            }
        }
    }

    async fn machines(&self, request: &MachinesRequest) -> Result<Machines, ProviderError> {
        let (now, lag) = (self.clock.now(), self.capabilities.listing_lag);
        self.call(Operation::Machines, |fleet| fleet.list(request, self.page_size, now, lag))
    }

    async fn machine(&self, request: &MachineRequest) -> Result<Machine, ProviderError> {
        let now = self.clock.now();
        self.call(Operation::Machine, |fleet| fleet.find(&request.key, now))
    }

    async fn terminate(&self, request: &TerminateRequest) -> Result<Terminated, ProviderError> {
        if request.machines.len() > self.capabilities.terminations_per_call_max {
            return Err(ProviderError::new("terminate", ErrorKind::InvalidRequest)
                .with_detail("more machines than one call takes"));
        }
        let now = self.clock.now();
        self.call(Operation::Terminate, |fleet| Ok(fleet.terminate(&request.machines, now)))
    }

    fn description(&self) -> ProviderDescription {
        self.description.clone()
    }
}
