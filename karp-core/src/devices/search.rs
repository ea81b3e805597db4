//! Depth-first search for devices that meet several demands in one place; not what is asked for and not what is there.
//!
//! Devices are tried in the order of the stock, those of the cluster first, and taken back where the rest can't be met. There is no clock:
//! the search ends after so many devices were tried.

use std::collections::BTreeMap;

use super::{
    Allocated, Demand, Ground, Outcome, Stock, Usage,
    attribute::by_name,
    constraint::Pin,
    demand::{MOST_DEVICES, Wanted},
    portion::portion,
    stock::{StockDevice, TemplateIx},
    usage::Key,
};
use crate::model::{AllocatedDevice, DeviceCount, DeviceNodes, Quantity};

/// Most demands with requests that a search looks at together.
const MOST_DEMANDS: usize = 64;

/// What is left at a place.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "callers make it")]
pub struct Room<'u> {
    /// What is taken already, here and elsewhere.
    pub usage: &'u Usage,
    /// The type of a machine to buy, whose devices count as well.
    pub template: Option<TemplateIx>,
}

/// Finds devices that meet all demands on a place.
///
/// Gives up after `steps` devices were tried, or with more than 64 demands that ask for something.
///
/// # Cost
///
/// Exponential in the number of devices in the worst case, which `steps` bounds; linear in the usual one.
pub fn allocate<G: Ground>(
    (stock, room): (&Stock, Room<'_>),
    demands: &[&Demand],
    (ground, state): (&G, G::State),
    steps: u32,
) -> Outcome<G::State> {
    let asking = demands.iter().filter(|demand| !demand.requests.is_empty()).count();
    if asking > MOST_DEMANDS {
        return Outcome::GaveUp;
    }
    let pins = demands.iter().map(|demand| vec![Pin::default(); demand.constraints.len()]);
    let mut search = Search {
        stock,
        room,
        demands,
        ground,
        usage: Usage::new(),
        pins: pins.collect(),
        chosen: Vec::new(),
        steps,
    };
    match search.request(Place { demand: 0, request: 0 }, &state) {
        Some(state) => Outcome::Allocated(search.into_allocated(state)),
        None if search.steps == 0 => Outcome::GaveUp,
        None => Outcome::Refused,
    }
}

struct Search<'s, G> {
    stock: &'s Stock,
    room: Room<'s>,
    demands: &'s [&'s Demand],
    ground: &'s G,
    /// What was taken so far.
    usage: Usage,
    pins: Vec<Vec<Pin>>,
    chosen: Vec<(usize, AllocatedDevice)>,
    steps: u32,
}

/// A request among all demands.
#[derive(Clone, Copy)]
struct Place {
    demand: usize,
    request: usize,
}

/// A request in one of its forms.
#[derive(Clone, Copy)]
struct Slot<'s> {
    place: Place,
    wanted: &'s Wanted,
}

/// What one device takes, to be given back.
type Taken = Vec<(Key, i128)>;

impl<'s, G: Ground> Search<'s, G> {
    /// Meets a request and all behind it.
    fn request(&mut self, mut place: Place, state: &G::State) -> Option<G::State> {
        let request = loop {
            let Some(demand) = self.demands.get(place.demand) else { return Some(state.clone()) };
            match demand.requests.get(place.request) {
                Some(request) => break request,
                None => place = Place { demand: place.demand + 1, request: 0 },
            }
        };
        for wanted in &request.alternatives {
            let slot = Slot { place, wanted };
            let found = match wanted.count {
                DeviceCount::Exactly(count) => self.some(slot, (count, 0), state),
                DeviceCount::All => self.all(slot, state),
            };
            if found.is_some() || self.steps == 0 {
                return found;
            }
        }
        None
    }

    fn behind(&mut self, slot: Slot<'s>, state: &G::State) -> Option<G::State> {
        let Place { demand, request } = slot.place;
        self.request(Place { demand, request: request + 1 }, state)
    }

    /// Takes `left` more devices, not before the `from`-th that matches.
    fn some(
        &mut self,
        slot: Slot<'s>,
        (left, from): (u32, usize),
        state: &G::State,
    ) -> Option<G::State> {
        if left == 0 {
            return self.behind(slot, state);
        }
        for (index, &number) in slot.wanted.matches.iter().enumerate().skip(from) {
            let Some(device) = self.device(number) else { continue };
            // A device that is shared can be taken once more.
            let next = if device.device.shareable { index } else { index + 1 };
            for way in 0..ways(device) {
                self.spend()?;
                let Some(narrowed) = self.narrowed(state, device, way) else { continue };
                let Some(taken) = self.take(slot, (number, device)) else { break };
                let found = self.some(slot, (left - 1, next), &narrowed);
                if found.is_some() {
                    return found;
                }
                self.give_back(slot, &taken);
            }
        }
        None
    }

    /// Takes all devices that match and can be used here; at least one.
    fn all(&mut self, slot: Slot<'s>, state: &G::State) -> Option<G::State> {
        if self.is_unsettled(state) {
            return None;
        }
        let is_here = |&&number: &&usize| {
            let device = self.device(number);
            device.is_some_and(|device| self.reaches(state, device))
        };
        let here: Vec<usize> = slot.wanted.matches.iter().filter(is_here).copied().collect();
        if here.is_empty() { None } else { self.each(slot, &here, state) }
    }

    fn each(&mut self, slot: Slot<'s>, left: &[usize], state: &G::State) -> Option<G::State> {
        let Some((&number, rest)) = left.split_first() else { return self.behind(slot, state) };
        let device = self.device(number)?;
        for way in 0..ways(device) {
            self.spend()?;
            let Some(narrowed) = self.narrowed(state, device, way) else { continue };
            let taken = self.take(slot, (number, device))?;
            let found = self.each(slot, rest, &narrowed);
            if found.is_some() {
                return found;
            }
            self.give_back(slot, &taken);
        }
        None
    }

    /// Whether it is not known what "all" is: a pool with devices here is being changed or invalid.
    fn is_unsettled(&self, state: &G::State) -> bool {
        self.stock.devices.iter().any(|device| {
            let pool = self.stock.pool(device);
            let in_doubt = pool.is_some_and(|pool| pool.is_incomplete || pool.invalid.is_some());
            in_doubt && self.is_of_place(device) && self.reaches(state, device)
        })
    }

    /// The device of this number, if it is in the cluster or comes with the machine.
    fn device(&self, number: usize) -> Option<&'s StockDevice> {
        self.stock.devices.get(number).filter(|device| self.is_of_place(device))
    }

    fn is_of_place(&self, device: &StockDevice) -> bool {
        device.template.is_none() || device.template == self.room.template
    }

    fn reaches(&self, state: &G::State, device: &StockDevice) -> bool {
        (0..ways(device)).any(|way| self.narrowed(state, device, way).is_some())
    }

    fn narrowed(&self, state: &G::State, device: &StockDevice, way: usize) -> Option<G::State> {
        if device.template.is_some() {
            return Some(state.clone());
        }
        self.ground.narrowed(state, &device.nodes, way)
    }

    /// Counts a device that is tried; none when too many were.
    const fn spend(&mut self) -> Option<()> {
        self.steps = self.steps.saturating_sub(1);
        if self.steps == 0 { None } else { Some(()) }
    }

    /// Takes a device for a request, if enough of it is left and no constraint is against it.
    fn take(&mut self, slot: Slot<'s>, (number, device): (usize, &StockDevice)) -> Option<Taken> {
        let of_demand = |(demand, _): &&(usize, _)| *demand == slot.place.demand;
        let count = self.chosen.iter().filter(of_demand).count();
        if u64::try_from(count).is_ok_and(|count| count >= MOST_DEVICES) {
            return None;
        }
        let amounts = amounts(device, &slot.wanted.capacity)?;
        let is_shared = self.taken(Key::Sharers(number)) > 0;
        let keys = Usage::keys((number, device), amounts.iter().copied(), is_shared);
        let has_room = keys.iter().all(|&(key, amount)| {
            self.limit(key).is_none_or(|most| self.taken(key) + amount <= most)
        });
        if !has_room || !self.pin(slot, number) {
            return None;
        }
        for &(key, amount) in &keys {
            self.usage.put(key, amount);
        }
        let mut allocated = AllocatedDevice::new(slot.wanted.name.as_str(), device.id.clone());
        if device.device.shareable {
            let capacity = device.device.capacity.iter().zip(amounts);
            let amount =
                |((name, own), nanos): ((&String, &crate::model::DeviceCapacity), i128)| {
                    (name.clone(), Quantity::from_nanos(nanos, own.value.format()))
                };
            allocated.consumed = capacity.map(amount).collect();
        }
        self.chosen.push((slot.place.demand, allocated));
        Some(keys)
    }

    fn give_back(&mut self, slot: Slot<'s>, taken: &Taken) {
        for &(key, amount) in taken {
            self.usage.put(key, -amount);
        }
        self.unpin(slot, slot.wanted.constraints.len());
        self.chosen.pop();
    }

    /// Puts a device under all constraints of a request, or under none.
    fn pin(&mut self, slot: Slot<'s>, number: usize) -> bool {
        let demand = slot.place.demand;
        for (done, &at) in slot.wanted.constraints.iter().enumerate() {
            let constraint = self.demands.get(demand).and_then(|demand| demand.constraints.get(at));
            let pin = self.pins.get_mut(demand).and_then(|pins| pins.get_mut(at));
            let (Some(constraint), Some(pin)) = (constraint, pin) else { continue };
            if !pin.take(constraint, number) {
                self.unpin(slot, done);
                return false;
            }
        }
        true
    }

    /// Takes a device from under the first constraints of a request.
    fn unpin(&mut self, slot: Slot<'s>, count: usize) {
        let Some(pins) = self.pins.get_mut(slot.place.demand) else { return };
        for &at in slot.wanted.constraints.iter().take(count) {
            if let Some(pin) = pins.get_mut(at) {
                pin.give_back();
            }
        }
    }

    fn taken(&self, key: Key) -> i128 {
        self.room.usage.of(key).saturating_add(self.usage.of(key))
    }

    /// How much there is; none = no end of it.
    fn limit(&self, key: Key) -> Option<i128> {
        match key {
            Key::Device(_) => Some(1),
            Key::Sharers(_) => None,
            Key::Capacity(number, at) => {
                let device = self.stock.devices.get(number)?;
                device.device.capacity.values().nth(at).map(|capacity| capacity.value.nanos())
            }
            Key::Counter(counter) => self.stock.counters.get(counter).copied(),
        }
    }

    fn into_allocated(self, state: G::State) -> Allocated<G::State> {
        let mut claims = vec![Vec::new(); self.demands.len()];
        for (demand, device) in self.chosen {
            if let Some(claim) = claims.get_mut(demand) {
                claim.push(device);
            }
        }
        Allocated { state, claims, usage: self.usage }
    }
}

/// In how many ways a place can be one on which the device can be used.
const fn ways(device: &StockDevice) -> usize {
    match &device.nodes {
        DeviceNodes::Matching(terms) if device.template.is_none() => terms.len(),
        DeviceNodes::All
        | DeviceNodes::Matching(_)
        | DeviceNodes::Named(_)
        | DeviceNodes::Nowhere => 1,
    }
}

/// What a request takes of each capacity of a device; none when the device does not have what is asked for.
///
/// Of a device that is not shared the request takes nothing in particular, but may ask how large it is.
fn amounts(device: &StockDevice, asked: &BTreeMap<String, Quantity>) -> Option<Vec<i128>> {
    let (capacity, driver) = (&device.device.capacity, &device.id.driver);
    if asked.keys().any(|name| by_name(capacity, driver, name).is_none()) {
        return None;
    }
    let own =
        |name: &str| asked.get(name).or_else(|| asked.get(format!("{driver}/{name}").as_str()));
    let amount = |(name, capacity): (&String, &crate::model::DeviceCapacity)| match own(name) {
        asked if device.device.shareable => portion(capacity, asked),
        Some(asked) if asked.nanos() > capacity.value.nanos() => None,
        _ => Some(0),
    };
    capacity.iter().map(amount).collect()
}
