//! Types of all pools under all overlays; not what one overlay says.
//!
//! Overlays are applied heaviest first, of equal weight the last by name first, each to everything that it is about or to nothing: it is a
//! conflict when something that it is about was touched by another of the same weight, even if both say the same. What a heavier one has
//! set stays.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::overlay::Overlay;
use crate::{
    model::{
        Finding, InstanceType, NodeOverlay, NodePool, NodePoolName, Price, Requirement,
        Requirements, ResourceName, Severity, Vocabulary, label,
    },
    snapshot::Snapshot,
};

/// Types of a pool.
type Types = Arc<[Arc<InstanceType>]>;

/// Types of the pools for which an overlay changes some; types that none changes are the snapshot's own.
pub(super) fn types(
    snapshot: &Snapshot,
    findings: &mut Vec<Finding>,
) -> BTreeMap<NodePoolName, Types> {
    let vocabulary = &snapshot.vocabulary;
    let mut overlays = Vec::new();
    for object in &snapshot.overlays {
        match Overlay::read(object, vocabulary) {
            Ok(overlay) => overlays.push(overlay),
            Err(finding) => findings.push(*finding),
        }
    }
    overlays
        .sort_by_key(|overlay| std::cmp::Reverse((overlay.object.weight, &overlay.object.name)));
    let mut shelves = shelves(snapshot, &overlays);
    for overlay in &overlays {
        for shelf in &mut shelves {
            shelf.look(overlay, vocabulary);
        }
        match shelves.iter().find_map(|shelf| shelf.conflict(overlay)) {
            Some(finding) => findings.push(finding),
            None => shelves.iter_mut().for_each(|shelf| shelf.apply(overlay)),
        }
    }
    let mut changed = BTreeMap::new();
    for shelf in &shelves {
        if let Some(types) = shelf.types() {
            changed.extend(shelf.pools.iter().map(|pool| (pool.name.clone(), Arc::clone(&types))));
        }
    }
    changed
}

/// Types as all pools have them that sell the same and that no overlay tells apart.
struct Shelf<'s> {
    pools: Vec<&'s NodePool>,
    /// Labels of their machines that some overlay asks for.
    labels: Requirements,
    types: &'s Types,
    items: Vec<Item<'s>>,
}

/// A type and what overlays made of it so far.
struct Item<'s> {
    kind: &'s InstanceType,
    /// What a machine of the pools is, as far as type and labels say.
    is: Requirements,
    /// Places of the offerings that the overlay at hand is about.
    meant: Vec<usize>,
    /// By the place of the offering.
    prices: BTreeMap<usize, Touched<'s, Price>>,
    capacity: BTreeMap<ResourceName, Touched<'s, i64>>,
}

/// What the heaviest overlay set, and the lightest that is about the same so far.
struct Touched<'s, T> {
    value: T,
    last: &'s NodeOverlay,
}

/// Types of all pools that are not left out.
fn shelves<'s>(snapshot: &'s Snapshot, overlays: &[Overlay<'_>]) -> Vec<Shelf<'s>> {
    let asked: BTreeSet<&str> =
        overlays.iter().flat_map(|overlay| overlay.requirements.keys()).collect();
    let mut shelves: Vec<Shelf<'_>> = Vec::new();
    for pool in &snapshot.node_pools {
        let Some(types) = snapshot.instance_types.get(&pool.name) else { continue };
        if snapshot.excluded_pools.contains_key(&pool.name) {
            continue;
        }
        let labels: Requirements = pool
            .template
            .labels
            .iter()
            .map(|(key, value)| Requirement::equals(key, value.as_str()))
            .chain([Requirement::equals(label::NODE_POOL, pool.name.as_str())])
            .map(|own| own.normalized(&snapshot.vocabulary))
            .filter(|own| asked.contains(own.key()))
            .collect();
        let same =
            |shelf: &&mut Shelf<'_>| Arc::ptr_eq(shelf.types, types) && shelf.labels == labels;
        match shelves.iter_mut().find(same) {
            Some(shelf) => shelf.pools.push(pool),
            None => shelves.push(Shelf::new(pool, labels, types)),
        }
    }
    shelves
}

impl<'s> Shelf<'s> {
    fn new(pool: &'s NodePool, labels: Requirements, types: &'s Types) -> Self {
        let items = types.iter().map(|kind| Item::new(kind, &labels)).collect();
        Self { pools: vec![pool], labels, types, items }
    }

    /// Finds what the overlay is about.
    fn look(&mut self, overlay: &Overlay<'_>, vocabulary: &Vocabulary) {
        for own in &mut self.items {
            own.meant = overlay.offerings(own.kind, &own.is, vocabulary);
        }
    }

    /// Why the overlay can't be applied.
    fn conflict(&self, overlay: &Overlay<'_>) -> Option<Finding> {
        let conflict = |own: &Item<'s>| Some((own.conflict(overlay)?, own.kind));
        let ((other, what), kind) = self.items.iter().find_map(conflict)?;
        let pool = self.pools.first().map_or("", |pool| pool.name.as_str());
        let message = format!(
            "it and `{other}` have the weight {} and both set {what} of `{}` for node pool \
             `{pool}`; the overlay is not applied, a different weight would settle it",
            overlay.object.weight, kind.name
        );
        let object = format!("NodeOverlay {}", overlay.object.name);
        Some(Finding::new("overlay-conflict", Severity::Error, object, message).at("spec.weight"))
    }

    /// Applies the overlay to what it is about.
    fn apply(&mut self, overlay: &Overlay<'s>) {
        for own in self.items.iter_mut().filter(|own| !own.meant.is_empty()) {
            own.apply(overlay);
        }
    }

    /// The types; none when all are as they were.
    fn types(&self) -> Option<Types> {
        let is_changed = |own: &Item<'_>| !own.prices.is_empty() || !own.capacity.is_empty();
        self.items.iter().any(is_changed).then(|| {
            let both = self.types.iter().zip(&self.items);
            both.map(
                |(kind, own)| {
                    if is_changed(own) { Arc::new(own.changed()) } else { Arc::clone(kind) }
                },
            )
            .collect()
        })
    }
}

impl<'s> Item<'s> {
    fn new(kind: &'s InstanceType, labels: &Requirements) -> Self {
        let mut is = kind.requirements.clone();
        is.add_all(labels);
        Self {
            kind,
            is: is.offered(),
            meant: Vec::new(),
            prices: BTreeMap::new(),
            capacity: BTreeMap::new(),
        }
    }

    /// The overlay of equal weight that touched the same, and what that is.
    fn conflict(&self, overlay: &Overlay<'_>) -> Option<(&'s str, String)> {
        if self.meant.is_empty() {
            return None;
        }
        let clashes = |last: &'s NodeOverlay| {
            (last.weight == overlay.object.weight).then_some(last.name.as_str())
        };
        let of_price = overlay.price.iter().flat_map(|_| &self.meant).find_map(|place| {
            let other = clashes(self.prices.get(place)?.last)?;
            Some((other, "the price".to_owned()))
        });
        let of_capacity = || {
            overlay.object.capacity.iter().find_map(|(name, _)| {
                let other = clashes(self.capacity.get(name)?.last)?;
                Some((other, format!("the capacity `{name}`")))
            })
        };
        of_price.or_else(of_capacity)
    }

    fn apply(&mut self, overlay: &Overlay<'s>) {
        let last = overlay.object;
        if let Some(change) = &overlay.price {
            for &place in &self.meant {
                let Some(offering) = self.kind.offerings.get(place) else { continue };
                let value = change.apply(offering.price);
                self.prices.entry(place).or_insert(Touched { value, last }).last = last;
            }
        }
        for (name, value) in last.capacity.iter() {
            self.capacity.entry(name.clone()).or_insert(Touched { value, last }).last = last;
        }
    }

    /// The type as overlays make it.
    fn changed(&self) -> InstanceType {
        let mut kind = self.kind.clone();
        kind.overlaid.price |= !self.prices.is_empty();
        kind.overlaid.capacity |= !self.capacity.is_empty();
        for (place, offering) in kind.offerings.iter_mut().enumerate() {
            if let Some(touched) = self.prices.get(&place) {
                offering.price = touched.value;
            }
        }
        for (name, touched) in &self.capacity {
            kind.capacity.set(name.clone(), touched.value);
        }
        kind
    }
}
