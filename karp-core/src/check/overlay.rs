//! Types as node overlays make them, pair of overlays by pair, and the rule that machines say so.

use std::{cmp::Reverse, sync::Arc};

use super::{Violation, validity, world::World};
use crate::{
    model::{
        InstanceType, NodeOverlay, NodePool, Operator, Overlaid, Price, PriceAdjustment,
        Requirement, Requirements, Undefined, Vocabulary, label,
    },
    policy::Policy,
    snapshot::Snapshot,
};

/// Overlays that count, those first that win.
///
/// Of two that exclude each other the first in this order counts. One that does not count excludes nobody.
pub(super) fn applied<'s>(snapshot: &'s Snapshot, policy: &Policy) -> Vec<&'s NodeOverlay> {
    if !policy.feature_gates.node_overlay {
        return Vec::new();
    }
    let mut all: Vec<&NodeOverlay> = snapshot.overlays.iter().map(Arc::as_ref).collect();
    all.retain(|overlay| is_valid(overlay, &snapshot.vocabulary));
    all.sort_by_key(|overlay| (Reverse(overlay.weight), Reverse(&overlay.name)));
    let mut applied: Vec<&NodeOverlay> = Vec::new();
    for overlay in all {
        if !applied.iter().any(|other| exclude_each_other(overlay, other, snapshot)) {
            applied.push(overlay);
        }
    }
    applied
}

/// A type as it is for a pool.
pub(super) fn overlaid(
    kind: &Arc<InstanceType>,
    (pool, overlays): (&NodePool, &[&NodeOverlay]),
    vocabulary: &Vocabulary,
) -> Arc<InstanceType> {
    let mut own = Arc::clone(kind);
    // The last word is that of the first overlay.
    for overlay in overlays.iter().rev() {
        let meant = offerings(overlay, kind, pool, vocabulary);
        if meant.is_empty() {
            continue;
        }
        let own = Arc::make_mut(&mut own);
        own.overlaid.price |= changes_prices(overlay);
        own.overlaid.capacity |= !overlay.capacity.is_empty();
        for (name, amount) in overlay.capacity.iter() {
            own.capacity.set(name.clone(), amount);
        }
        for (place, offering) in own.offerings.iter_mut().enumerate() {
            let before = kind.offerings.get(place).map(|offering| offering.price);
            if let (true, Some(before)) = (meant.contains(&place), before) {
                offering.price = price(overlay, before).unwrap_or(offering.price);
            }
        }
    }
    own
}

pub(super) fn machines_say_what_is_overlaid(world: &World<'_>, found: &mut Vec<Violation>) {
    for (machine, pool) in world.machines() {
        let kinds = machine.instance_types.iter().filter_map(|name| pool.kinds.get(name));
        let expected = Overlaid::any(kinds.map(|kind| kind.instance_type.overlaid));
        if machine.overlaid != expected {
            found.push(Violation::Overlaid { machine: machine.name.clone(), expected });
        }
    }
}

/// What a price becomes; none when the overlay says nothing about prices.
fn price(overlay: &NodeOverlay, before: Price) -> Option<Price> {
    let absolute = overlay.price.as_ref().and_then(|text| text.parse::<Price>().ok());
    let change = overlay.price_adjustment.as_ref().map(|text| text.parse::<PriceAdjustment>());
    let changed = change.and_then(Result::ok).map(|change| change.apply(before));
    absolute.or(changed)
}

fn changes_prices(overlay: &NodeOverlay) -> bool {
    overlay.price.is_some() || overlay.price_adjustment.is_some()
}

/// Whether two overlays of one weight say something about the same thing, in any pool.
fn exclude_each_other(a: &NodeOverlay, b: &NodeOverlay, snapshot: &Snapshot) -> bool {
    let same_resource = a.capacity.iter().any(|(name, _)| b.capacity.get(name).is_some());
    let both_prices = changes_prices(a) && changes_prices(b);
    let clash_on = |pool: &NodePool, kind: &InstanceType| {
        let of = |overlay| offerings(overlay, kind, pool, &snapshot.vocabulary);
        let (of_a, of_b) = (of(a), of(b));
        let same_offering = of_a.iter().any(|place| of_b.contains(place));
        same_resource && !of_a.is_empty() && !of_b.is_empty() || both_prices && same_offering
    };
    let pools = snapshot.node_pools.iter();
    a.weight == b.weight
        && pools
            .filter(|pool| !snapshot.excluded_pools.contains_key(&pool.name))
            .any(|pool| snapshot.types_of(&pool.name).iter().any(|kind| clash_on(pool, kind)))
}

/// Places of the offerings that an overlay is about.
fn offerings(
    overlay: &NodeOverlay,
    kind: &InstanceType,
    pool: &NodePool,
    vocabulary: &Vocabulary,
) -> Vec<usize> {
    let asked: Requirements = overlay
        .requirements
        .iter()
        .map(|entry| Requirement::from(entry).normalized(vocabulary))
        .collect();
    let labels = pool.template.labels.iter().map(|(key, value)| Requirement::equals(key, value));
    let own = labels.chain([Requirement::equals(label::NODE_POOL, pool.name.as_str())]);
    let mut is = kind.requirements.clone();
    is.extend(own.map(|own| own.normalized(vocabulary)));
    if !is.offered().is_compatible(&asked, Undefined::Strict) {
        return Vec::new();
    }
    let known = Undefined::WellKnown(vocabulary);
    let offerings = kind.offerings.iter().enumerate();
    let meant = offerings.filter(|(_, own)| asked.is_compatible(&own.requirements, known));
    meant.map(|(place, _)| place).collect()
}

/// Whether an overlay keeps the rules for its fields.
fn is_valid(overlay: &NodeOverlay, vocabulary: &Vocabulary) -> bool {
    let invalid_entry = overlay.requirements.iter().any(|entry| {
        let mut entry = entry.clone();
        entry.key = vocabulary.canonical_key(&entry.key).to_owned();
        vocabulary.is_restricted(&entry.key)
            || validity::is_invalid(&entry, vocabulary)
            || entry.operator == Operator::NotIn && entry.values.is_empty()
    });
    let invalid_capacity =
        overlay.capacity.iter().any(|(name, amount)| name.is_core() || amount < 0);
    let invalid_price = overlay.price.as_ref().is_some_and(|text| {
        let mut parts = text.split('.');
        let is_number = |part: &str| {
            !part.is_empty() && part.chars().all(|character| character.is_ascii_digit())
        };
        parts.clone().count() > 2 || !parts.all(is_number) || text.parse::<Price>().is_err()
    });
    let adjustment = overlay.price_adjustment.as_ref();
    let invalid_adjustment = adjustment
        .is_some_and(|text| overlay.price.is_some() || text.parse::<PriceAdjustment>().is_err());
    !invalid_entry && !invalid_capacity && !invalid_price && !invalid_adjustment
}
