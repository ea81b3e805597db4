//! Offerings that were refused for lack of capacity, and for how long they are left alone; not who refused them.

use std::{borrow::Cow, sync::Arc};

use serde::{Deserialize, Serialize};

use super::Memory;
use crate::{
    model::{CapacityType, InstanceType, InstanceTypeName, Timestamp},
    policy::StockOuts,
    snapshot::Snapshot,
};

/// An offering that was refused for lack of capacity.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    /// The type.
    pub instance_type: InstanceTypeName,
    /// The zone; empty for a cloud without zones.
    pub zone: String,
    /// How it was to be paid.
    pub capacity_type: CapacityType,
    /// When it was refused last.
    pub at: Timestamp,
    /// How often in a row; from 1.
    pub times: u32,
}

impl Refusal {
    /// Until when the offering is left alone.
    ///
    /// ```
    /// use karp_core::{disrupt::Memory, model::{CapacityType::Spot, Span, Timestamp}, policy::StockOuts};
    ///
    /// let (mut memory, rules) = (Memory::new(), StockOuts::default());
    /// let mut now = Timestamp::EPOCH;
    /// for minutes in [15, 30, 60] {
    ///     memory.refuse(("m.large".into(), "z1", Spot), now, &rules);
    ///     let refusal = &memory.refusals[0];
    ///     assert_eq!(refusal.until(&rules).since(now), Span::minutes(minutes));
    ///     now = refusal.until(&rules);
    /// }
    /// ```
    pub fn until(&self, rules: &StockOuts) -> Timestamp {
        let doublings = self.times.saturating_sub(1).min(62);
        self.at + rules.first.saturating_mul(1_i64 << doublings).min(rules.longest)
    }

    /// Whether it still says how long the next one counts.
    pub(super) fn counts(&self, rules: &StockOuts, now: Timestamp) -> bool {
        now < self.until(rules) || now.since(self.at) < rules.longest.saturating_mul(2)
    }

    fn is_of(&self, kind: &str, zone: &str, capacity_type: CapacityType) -> bool {
        self.instance_type.as_str() == kind
            && self.zone == zone
            && self.capacity_type == capacity_type
    }
}

impl Memory {
    /// Remembers that an offering (type, zone, how it was to be paid) was refused for lack of capacity.
    pub fn refuse(
        &mut self,
        (instance_type, zone, capacity_type): (InstanceTypeName, &str, CapacityType),
        at: Timestamp,
        rules: &StockOuts,
    ) {
        let mut known = self.refusals.iter_mut();
        match known.find(|own| own.is_of(instance_type.as_str(), zone, capacity_type)) {
            Some(own) => {
                let goes_on = own.counts(rules, at);
                own.times = if goes_on { own.times.saturating_add(1) } else { 1 };
                own.at = own.at.max(at);
            }
            None => self.refusals.push(Refusal {
                instance_type,
                zone: zone.to_owned(),
                capacity_type,
                at,
                times: 1,
            }),
        }
    }

    /// Remembers that an offering was to be had: earlier refusals no longer count.
    pub fn grant(&mut self, instance_type: &str, zone: &str, capacity_type: CapacityType) {
        self.refusals.retain(|own| !own.is_of(instance_type, zone, capacity_type));
    }
}

/// Offerings that are left alone can't be bought.
pub(super) fn hide(snapshot: &mut Cow<'_, Snapshot>, rules: &StockOuts, refusals: &[Refusal]) {
    let now = snapshot.now;
    let held: Vec<&Refusal> = refusals.iter().filter(|own| now < own.until(rules)).collect();
    if held.is_empty() {
        return;
    }
    for types in snapshot.to_mut().instance_types.values_mut() {
        let shortened = types.iter().map(|kind| without(kind, &held));
        *types = shortened.collect();
    }
}

fn without(kind: &Arc<InstanceType>, held: &[&Refusal]) -> Arc<InstanceType> {
    let own: Vec<&&Refusal> = held.iter().filter(|own| own.instance_type == kind.name).collect();
    if own.is_empty() {
        return Arc::clone(kind);
    }
    let mut kind = InstanceType::clone(kind);
    for offering in &mut kind.offerings {
        let Some(capacity_type) = offering.capacity_type() else { continue };
        let zone = offering.zone().unwrap_or_default();
        if own.iter().any(|own| own.is_of(kind.name.as_str(), zone, capacity_type)) {
            offering.available = false;
        }
    }
    Arc::new(kind)
}
