//! The machines of the cloud and what is left to sell; not calls that go wrong.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use karp_core::{
    backend::{
        Atomicity, CapacityPool, ErrorKind, InstanceTypes, Launch, LaunchFailure, LaunchOption,
        LaunchOutcome, LaunchRequest, LaunchToken, Launched, Machine, MachineId, MachineKey,
        MachineState, Machines, MachinesRequest, PendingLaunch, ProviderError, Selection,
        TerminateOutcome, Terminated,
    },
    model::{InstanceType, InstanceTypeName, Span, Timestamp},
};

use super::offer::{Offer, selector_of};

#[derive(Clone, Debug)]
pub(super) struct Fleet {
    types: BTreeMap<InstanceTypeName, Arc<InstanceType>>,
    pools: Vec<CapacityPool>,
    /// Ours, in the order of launch.
    machines: Vec<Entry>,
    by_token: BTreeMap<LaunchToken, usize>,
    by_id: BTreeMap<MachineId, usize>,
    foreign: BTreeSet<MachineId>,
    pub(super) launch_span: Span,
    pub(super) boot_span: Span,
    pub(super) shutdown_span: Span,
}

#[derive(Clone, Debug)]
struct Entry {
    machine: Machine,
    ended_at: Option<Timestamp>,
}

impl Fleet {
    pub(super) fn new(types: Vec<Arc<InstanceType>>) -> Self {
        Self {
            types: types.into_iter().map(|kind| (kind.name.clone(), kind)).collect(),
            pools: Vec::new(),
            machines: Vec::new(),
            by_token: BTreeMap::new(),
            by_id: BTreeMap::new(),
            foreign: BTreeSet::new(),
            launch_span: Span::ZERO,
            boot_span: Span::ZERO,
            shutdown_span: Span::ZERO,
        }
    }

    pub(super) fn add_pool(&mut self, pool: CapacityPool) {
        self.pools.push(pool);
    }

    pub(super) fn add_foreign(&mut self, id: MachineId) {
        self.foreign.insert(id);
    }

    pub(super) fn set_remaining(&mut self, name: &str, remaining: i64) -> bool {
        let found = self.pools.iter_mut().find(|pool| pool.name == name);
        found.map(|pool| pool.remaining = Some(remaining)).is_some()
    }

    pub(super) fn all(&self, now: Timestamp) -> Vec<Machine> {
        self.machines.iter().map(|entry| self.shown(entry, now)).collect()
    }

    /// What is sold now: offerings whose shared limits are used up are there, unavailable.
    pub(super) fn on_sale(&self) -> InstanceTypes {
        let types = self.types.values().map(|kind| self.with_availability(kind)).collect();
        InstanceTypes::new(types).with_capacity_pools(self.pools.iter().cloned())
    }

    /// One outcome per launch.
    pub(super) fn launch(&mut self, request: &LaunchRequest, now: Timestamp) -> Launched {
        let before = (request.atomicity == Atomicity::AllOrNone).then(|| self.clone());
        let mut outcomes: Vec<LaunchOutcome> =
            request.launches.iter().map(|launch| self.launch_one(launch, now)).collect();
        let failed = |outcome: &LaunchOutcome| matches!(outcome, LaunchOutcome::Failed(_));
        if let (Some(before), true) = (before, outcomes.iter().any(failed)) {
            *self = before;
            for outcome in outcomes.iter_mut().filter(|outcome| !failed(outcome)) {
                let error = ProviderError::new("launch", ErrorKind::NoCapacity)
                    .with_detail("another machine of the group can't be had");
                *outcome = LaunchOutcome::Failed(LaunchFailure::new(error));
            }
        }
        Launched::new(outcomes)
    }

    /// One outcome per launch, in a moment without any capacity: machines that are there are there all the same.
    pub(super) fn refuse(&self, request: &LaunchRequest, now: Timestamp) -> Launched {
        let outcome = |launch: &Launch| {
            if let Some(entry) = self.launched_as(&launch.token) {
                return self.answer(entry, &launch.token, now);
            }
            let error =
                ProviderError::new("launch", ErrorKind::NoCapacity).with_detail("planned fault");
            let exhausted = launch.options.iter().map(selector_of);
            LaunchOutcome::Failed(LaunchFailure::new(error).exhausting(exhausted))
        };
        Launched::new(request.launches.iter().map(outcome).collect())
    }

    pub(super) fn list(
        &self,
        request: &MachinesRequest,
        page_size: usize,
        now: Timestamp,
        lag: Span,
    ) -> Result<Machines, ProviderError> {
        // A page token is the index to go on from: machines are only ever added behind.
        let from = match request.page.as_deref().map(str::parse::<usize>) {
            None => 0,
            Some(Ok(from)) => from,
            Some(Err(_)) => {
                return Err(ProviderError::new("machines", ErrorKind::InvalidRequest)
                    .with_detail("unknown page"));
            }
        };
        let mut page = Vec::new();
        let seen_at = now - lag;
        for (index, entry) in self.machines.iter().enumerate().skip(from) {
            let shown = self.shown(entry, seen_at);
            let is_listed = entry.machine.launched_at <= seen_at
                && self.is_launched(entry, now)
                && shown.state != MachineState::Terminated
                && request
                    .node_pool
                    .as_ref()
                    .is_none_or(|pool| shown.node_pool.as_ref() == Some(pool));
            if !is_listed {
                continue;
            }
            if page.len() == page_size {
                return Ok(Machines::with_more(page, index.to_string()));
            }
            page.push(shown);
        }
        Ok(Machines::new(page))
    }

    pub(super) fn find(&self, key: &MachineKey, now: Timestamp) -> Result<Machine, ProviderError> {
        let found = match key {
            MachineKey::Id(id) => self.entry(id),
            MachineKey::Token(token) => self.launched_as(token),
        };
        match found {
            Some(entry) if self.is_launched(entry, now) => Ok(self.shown(entry, now)),
            _ => Err(self.missing("machine", key)),
        }
    }

    pub(super) fn terminate(&mut self, ids: &[MachineId], now: Timestamp) -> Terminated {
        Terminated::new(ids.iter().map(|id| self.terminate_one(id, now)).collect())
    }

    fn terminate_one(&mut self, id: &MachineId, now: Timestamp) -> TerminateOutcome {
        if self.foreign.contains(id) {
            let key = MachineKey::Id(id.clone());
            return TerminateOutcome::Failed(self.missing("terminate", &key));
        }
        let found = self.by_id.get(id).and_then(|index| self.machines.get_mut(*index));
        let Some(entry) = found else { return TerminateOutcome::Gone };
        let is_first = entry.ended_at.is_none();
        let ended_at = *entry.ended_at.get_or_insert(now);
        if is_first {
            let machine = entry.machine.clone();
            self.change_stock(&machine, 1);
        }
        if ended_at + self.shutdown_span <= now {
            TerminateOutcome::Gone
        } else {
            TerminateOutcome::UnderWay
        }
    }

    fn launch_one(&mut self, launch: &Launch, now: Timestamp) -> LaunchOutcome {
        if let Some(entry) = self.launched_as(&launch.token) {
            return self.answer(entry, &launch.token, now);
        }
        let mut failure = None;
        for option in self.in_order_of(launch) {
            match self.take(launch, option, now) {
                Ok(entry) => {
                    let outcome = self.answer(&entry, &launch.token, now);
                    let index = self.machines.len();
                    self.by_token.insert(launch.token.clone(), index);
                    self.by_id.insert(entry.machine.id.clone(), index);
                    self.machines.push(entry);
                    return outcome;
                }
                Err(refused) => failure = Some(joined(failure, *refused)),
            }
        }
        let nothing =
            || LaunchFailure::new(ProviderError::new("launch", ErrorKind::InvalidRequest));
        LaunchOutcome::Failed(failure.unwrap_or_else(nothing))
    }

    /// The options in the order in which they are tried.
    fn in_order_of<'a>(&self, launch: &'a Launch) -> Vec<&'a LaunchOption> {
        let mut options: Vec<&LaunchOption> = launch.options.iter().collect();
        if launch.selection == Selection::CapacityFirst {
            // Most left first; the sort is stable, so that ties keep the caller's order.
            options.sort_by_key(|option| std::cmp::Reverse(self.left_of(option)));
        }
        options
    }

    /// What is left of an option, in machines; without a limit, all there is.
    fn left_of(&self, option: &LaunchOption) -> i64 {
        let Some(offer) = self.offer(option) else { return 0 };
        let limits = self
            .pools
            .iter()
            .filter(|pool| offer.draws_from(pool))
            .filter_map(|pool| Some(pool.remaining? / offer.share_of(pool).max(1)));
        limits.chain(offer.offering.reservation_capacity.map(i64::from)).min().unwrap_or(i64::MAX)
    }

    fn offer<'a>(&'a self, option: &'a LaunchOption) -> Option<Offer<'a>> {
        self.types.get(&option.instance_type).and_then(|kind| Offer::of(kind, option))
    }

    /// Takes one machine from stock.
    fn take(
        &mut self,
        launch: &Launch,
        option: &LaunchOption,
        now: Timestamp,
    ) -> Result<Entry, Box<LaunchFailure>> {
        let failed = |kind, detail: String| {
            let error = ProviderError::new("launch", kind).with_detail(detail);
            Box::new(LaunchFailure::new(error).exhausting([selector_of(option)]))
        };
        let Some(offer) = self.offer(option) else {
            let detail = format!("`{}` is not sold there", option.instance_type);
            return Err(failed(ErrorKind::InvalidRequest, detail));
        };
        if !offer.offering.available || offer.offering.reservation_capacity == Some(0) {
            return Err(failed(ErrorKind::NoCapacity, format!("`{}`", option.instance_type)));
        }
        let used_up = self.pools.iter().find(|pool| {
            offer.draws_from(pool) && pool.remaining.is_some_and(|left| left < offer.share_of(pool))
        });
        if let Some(pool) = used_up {
            let kind = match pool.unit {
                karp_core::backend::CapacityUnit::Machines => ErrorKind::NoCapacity,
                _ => ErrorKind::QuotaExceeded,
            };
            let mut failure = failed(kind, format!("`{}`", pool.name));
            failure.exhausted_pools.push(pool.name.clone());
            return Err(failure);
        }
        let zone = option.zone.as_deref().unwrap_or("");
        let id = MachineId::new(format!("fake:///{zone}/i-{:06}", self.machines.len() + 1));
        let mut machine = Machine::new(id, option.instance_type.clone(), option.capacity_type, now);
        offer.describe(&mut machine, launch);
        machine.token = Some(launch.token.clone());
        machine.claim = Some(launch.claim.clone());
        machine.node_pool = Some(launch.node_pool.clone());
        self.change_stock(&machine, -1);
        Ok(Entry { machine, ended_at: None })
    }

    /// Adds `machines` of a machine's offering to stock, reservations and shared limits.
    fn change_stock(&mut self, machine: &Machine, machines: i64) {
        let mut option =
            LaunchOption::zoneless(machine.instance_type.clone(), machine.capacity_type);
        option.zone.clone_from(&machine.zone);
        option.reservation.clone_from(&machine.reservation);
        let Some(kind) = self.types.get(&machine.instance_type).cloned() else { return };
        let Some(offer) = Offer::of(&kind, &option) else { return };
        for pool in self.pools.iter_mut().filter(|pool| offer.draws_from(pool)) {
            let share = offer.share_of(pool);
            pool.remaining =
                pool.remaining.map(|left| left.saturating_add(share.saturating_mul(machines)));
        }
        if offer.offering.reservation_capacity.is_some() {
            let mut changed = (*kind).clone();
            for offering in
                changed.offerings.iter_mut().filter(|offering| *offering == offer.offering)
            {
                let left =
                    offering.reservation_capacity.map_or(0, i64::from).saturating_add(machines);
                offering.reservation_capacity = u32::try_from(left).ok();
            }
            self.types.insert(kind.name.clone(), Arc::new(changed));
        }
    }

    fn with_availability(&self, kind: &Arc<InstanceType>) -> Arc<InstanceType> {
        let can_be_had = |offering: &karp_core::model::Offering| {
            let Some(capacity_type) = offering.capacity_type() else { return offering.available };
            let mut option = LaunchOption::zoneless(kind.name.clone(), capacity_type);
            option.zone = offering.zone().map(str::to_owned);
            let offer = Offer { kind, offering, option: &option };
            offering.available
                && offering.reservation_capacity != Some(0)
                && self
                    .pools
                    .iter()
                    .filter(|pool| offer.draws_from(pool))
                    .all(|pool| pool.remaining.is_none_or(|left| left >= offer.share_of(pool)))
        };
        if kind.offerings.iter().all(|offering| offering.available == can_be_had(offering)) {
            return Arc::clone(kind);
        }
        let mut changed = (**kind).clone();
        for offering in &mut changed.offerings {
            offering.available = can_be_had(offering);
        }
        Arc::new(changed)
    }

    fn answer(&self, entry: &Entry, token: &LaunchToken, now: Timestamp) -> LaunchOutcome {
        if self.is_launched(entry, now) {
            return LaunchOutcome::Started(self.shown(entry, now));
        }
        let ready_at = entry.machine.launched_at + self.launch_span;
        LaunchOutcome::Pending(PendingLaunch::new(token.clone(), ready_at.since(now)))
    }

    /// Whether the cloud has answered that the machine exists.
    fn is_launched(&self, entry: &Entry, now: Timestamp) -> bool {
        entry.machine.launched_at + self.launch_span <= now
    }

    /// The machine as it is at `now`.
    fn shown(&self, entry: &Entry, now: Timestamp) -> Machine {
        let mut machine = entry.machine.clone();
        machine.state = match entry.ended_at {
            Some(ended_at) if ended_at + self.shutdown_span <= now => MachineState::Terminated,
            Some(ended_at) if ended_at <= now => MachineState::Terminating,
            _ if machine.launched_at + self.boot_span <= now => MachineState::Running,
            _ => MachineState::Pending,
        };
        machine
    }

    fn entry(&self, id: &MachineId) -> Option<&Entry> {
        self.by_id.get(id).and_then(|index| self.machines.get(*index))
    }

    fn launched_as(&self, token: &LaunchToken) -> Option<&Entry> {
        self.by_token.get(token).and_then(|index| self.machines.get(*index))
    }

    fn missing(&self, operation: &'static str, key: &MachineKey) -> ProviderError {
        let (kind, detail) = match key {
            MachineKey::Id(id) if self.foreign.contains(id) => {
                (ErrorKind::NotOurs, format!("`{id}`"))
            }
            MachineKey::Id(id) => (ErrorKind::NotFound, format!("`{id}`")),
            MachineKey::Token(token) => (ErrorKind::NotFound, format!("token `{token}`")),
        };
        ProviderError::new(operation, kind).with_detail(detail)
    }
}

/// Both failures as one: the more telling error, everything that ran out.
fn joined(first: Option<LaunchFailure>, next: LaunchFailure) -> LaunchFailure {
    let Some(mut joined) = first else { return next };
    if joined.error.kind() == ErrorKind::InvalidRequest {
        joined.error = next.error;
    }
    joined.exhausted.extend(next.exhausted);
    joined.exhausted_pools.extend(next.exhausted_pools);
    joined
}
