//! Instance types under node overlays: each overlay is tried on a copy of all types, which is kept when nothing clashed.

use std::{cmp::Reverse, collections::BTreeMap, sync::Arc};

use karp_core::{
    model::{
        InstanceType, NodeOverlay, NodePool, NodePoolName, Offering, Operator, Price,
        PriceAdjustment, Requirement, RequirementEntry, Requirements, Vocabulary,
        check_label_value, check_qualified_name, label,
    },
    policy::Policy,
    snapshot::Snapshot,
};

use super::terms;

/// Prices and capacity that overlays set so far, and the weight of the last overlay that is about each.
type Prices = BTreeMap<(NodePoolName, String, String), (Price, u32)>;
type Capacity = BTreeMap<(NodePoolName, String, String), (i64, u32)>;

/// The snapshot with the types that overlays make.
pub(crate) fn applied(snapshot: &Snapshot, policy: &Policy) -> Snapshot {
    let mut applied = snapshot.clone();
    if !policy.feature_gates.node_overlay {
        return applied;
    }
    let mut overlays: Vec<&Arc<NodeOverlay>> =
        snapshot.overlays.iter().filter(|one| is_valid(one, &snapshot.vocabulary)).collect();
    overlays.sort_by_key(|one| Reverse((one.weight, one.name.clone())));
    let mut kept = (Prices::new(), Capacity::new());
    for overlay in overlays {
        if let Some(tried) = with(overlay, kept.clone(), snapshot) {
            kept = tried;
        }
    }
    for (pool, types) in &mut applied.instance_types {
        *types = types.iter().map(|kind| changed(kind, pool, &kept)).collect();
    }
    applied
}

/// What is set when the overlay is applied, too; none when it clashes with another of its weight.
fn with(
    overlay: &NodeOverlay,
    (mut prices, mut capacity): (Prices, Capacity),
    snapshot: &Snapshot,
) -> Option<(Prices, Capacity)> {
    for pool in &snapshot.node_pools {
        if snapshot.excluded_pools.contains_key(&pool.name) {
            continue;
        }
        for kind in snapshot.types_of(&pool.name) {
            let meant = meant(overlay, kind, pool, &snapshot.vocabulary);
            for offering in &meant {
                let Some(price) = price(overlay, offering.price) else { break };
                let entry = prices.entry(of_offering(&pool.name, kind, offering));
                let was = entry.or_insert((price, u32::MAX));
                if was.1 == overlay.weight {
                    return None;
                }
                was.1 = overlay.weight;
            }
            for (name, amount) in overlay.capacity.iter().filter(|_| !meant.is_empty()) {
                let key = (pool.name.clone(), kind.name.to_string(), name.to_string());
                let was = capacity.entry(key).or_insert((amount, u32::MAX));
                if was.1 == overlay.weight {
                    return None;
                }
                was.1 = overlay.weight;
            }
        }
    }
    Some((prices, capacity))
}

fn of_offering(
    pool: &NodePoolName,
    kind: &InstanceType,
    offering: &Offering,
) -> (NodePoolName, String, String) {
    (pool.clone(), kind.name.to_string(), offering.requirements.to_string())
}

/// Offerings that an overlay is about, if it is about the type.
fn meant<'t>(
    overlay: &NodeOverlay,
    kind: &'t InstanceType,
    pool: &NodePool,
    vocabulary: &Vocabulary,
) -> Vec<&'t Offering> {
    let mut asked = Requirements::new();
    terms::add_entries(&mut asked, &overlay.requirements, vocabulary);
    let mut is =
        terms::both(&kind.requirements, &terms::of_labels(&pool.template.labels, vocabulary));
    is.add(Requirement::equals(label::NODE_POOL, pool.name.as_str()));
    if !terms::is_strictly_compatible(&is.offered(), &asked) {
        return Vec::new();
    }
    let of_offering = |one: &&Offering| terms::is_compatible(&asked, &one.requirements, vocabulary);
    kind.offerings.iter().filter(of_offering).collect()
}

fn price(overlay: &NodeOverlay, before: Price) -> Option<Price> {
    if let Some(text) = &overlay.price {
        return Some(text.parse().expect("the price is valid"));
    }
    let text = overlay.price_adjustment.as_ref()?;
    let change: PriceAdjustment = text.parse().expect("the change is valid");
    Some(change.apply(before))
}

fn changed(
    kind: &Arc<InstanceType>,
    pool: &NodePoolName,
    (prices, capacity): &(Prices, Capacity),
) -> Arc<InstanceType> {
    let mut changed = InstanceType::clone(kind);
    for offering in &mut changed.offerings {
        if let Some((price, _)) = prices.get(&of_offering(pool, kind, offering)) {
            offering.price = *price;
            changed.overlaid.price = true;
        }
    }
    for ((of_pool, of_kind, resource), (amount, _)) in capacity {
        if of_pool == pool && *of_kind == *kind.name {
            changed.capacity.set(resource.clone(), *amount);
            changed.overlaid.capacity = true;
        }
    }
    Arc::new(changed)
}

fn is_valid(overlay: &NodeOverlay, vocabulary: &Vocabulary) -> bool {
    let price = overlay.price.as_ref().is_none_or(|text| text.parse::<Price>().is_ok());
    let change = overlay.price_adjustment.as_ref();
    let change = change.is_none_or(|text| text.parse::<PriceAdjustment>().is_ok());
    let both = overlay.price.is_some() && overlay.price_adjustment.is_some();
    let capacity = overlay.capacity.iter().all(|(name, _)| !name.is_core());
    let entries = overlay.requirements.iter().all(|entry| is_valid_entry(entry, vocabulary));
    price && change && !both && capacity && entries
}

fn is_valid_entry(entry: &RequirementEntry, vocabulary: &Vocabulary) -> bool {
    let key = vocabulary.canonical_key(&entry.key);
    let has_known = || {
        let known = vocabulary.closed_values(key);
        known.is_none_or(|known| entry.values.iter().any(|value| known.contains(value)))
    };
    let number = |value: &String| value.parse::<i64>().is_ok_and(|number| number >= 0);
    let values = match entry.operator {
        Operator::In => !entry.values.is_empty() && has_known(),
        Operator::NotIn => !entry.values.is_empty(),
        Operator::Gt | Operator::Gte | Operator::Lt | Operator::Lte => {
            entry.values.len() == 1 && entry.values.iter().all(number)
        }
        Operator::Exists | Operator::DoesNotExist => true,
    };
    values
        && !vocabulary.is_restricted(key)
        && check_qualified_name(key).is_ok()
        && entry.values.iter().all(|value| check_label_value(value).is_ok())
}
