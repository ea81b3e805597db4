//! Instance types as bits: which of them a set of requirements leaves; not how large they are.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{
    algebra::{Algebra, ReqId, SetId, Undefined},
    bits::{self, Bits},
    names::{KeyId, ValueId},
    reader::Reader,
    reservations::{ReservationIx, Reservations, Supply},
    table::{Id, Table, id_types},
};
use crate::model::{InstanceType, Offering, Price, Resources};

id_types! {
    /// The instance types of some pools.
    CatalogIx;
    /// A way in which one type can be sized: its own figures, or those that some of its offerings override.
    PositionIx;
    /// Distinct requirements of offerings.
    OfferIx;
}

/// The instance types of some pools.
#[derive(Clone, Debug)]
pub(crate) struct Catalog {
    types: Arc<[Arc<InstanceType>]>,
    positions: Table<PositionIx, Position>,
    /// Whether some type has more than one position.
    has_variants: bool,
    /// Requirements of types on demanded keys.
    by_key: Vec<(KeyId, KeyIndex)>,
    offers: Table<OfferIx, Offer>,
    /// Offers and prices of all positions, end to end.
    priced: Vec<(OfferIx, Price)>,
    /// Offers of reserved capacity, each with its reservation.
    reserved: Vec<(OfferIx, ReservationIx)>,
}

/// One sizing of a type.
#[derive(Clone, Debug)]
pub(crate) struct Position {
    /// Index of the type.
    pub(crate) kind: usize,
    /// What pods can use, daemons not yet subtracted.
    pub(crate) allocatable: Resources,
    /// Its part of `priced`.
    priced: (usize, usize),
}

/// What types say about one key.
#[derive(Clone, Debug)]
struct KeyIndex {
    /// Positions of types that don't mention the key.
    silent: Bits,
    /// Positions by what their types require, in the order of first mention.
    groups: Vec<(ReqId, Vec<PositionIx>)>,
}

/// Equal requirements of offerings.
#[derive(Clone, Debug)]
struct Offer {
    set: SetId,
    /// Positions that can be bought so.
    positions: Bits,
}

impl Catalog {
    /// Reads the types of a pool.
    pub(super) fn new(
        types: &Arc<[Arc<InstanceType>]>,
        (reader, reservations): (Reader<'_>, &Reservations),
        algebra: &mut Algebra,
    ) -> Self {
        let mut catalog = Self {
            types: Arc::clone(types),
            positions: Table::default(),
            has_variants: false,
            by_key: Vec::new(),
            offers: Table::default(),
            priced: Vec::new(),
            reserved: Vec::new(),
        };
        let mut offer_ids = FxHashMap::default();
        for (kind, offered) in types.iter().enumerate() {
            catalog.add_positions((kind, offered), reservations, |offering, offers| {
                let set = reader.set(algebra, &offering.requirements);
                *offer_ids
                    .entry(set)
                    .or_insert_with(|| offers.push(Offer { set, positions: Bits::default() }))
            });
        }
        catalog.index_keys(reader, algebra);
        catalog
    }

    /// The types.
    pub(crate) fn types(&self) -> &[Arc<InstanceType>] {
        &self.types
    }

    /// All sizings.
    pub(crate) const fn positions(&self) -> &Table<PositionIx, Position> {
        &self.positions
    }

    /// Types of a row, each once, in name order.
    pub(crate) fn kinds<'a>(&'a self, row: &'a [u64]) -> impl Iterator<Item = usize> + 'a {
        let mut before = None;
        bits::ones(row)
            .map(|position| self.positions[PositionIx::at(position)].kind)
            .filter(move |kind| before.replace(*kind) != Some(*kind))
    }

    /// Sizings of a type.
    pub(crate) fn positions_of(&self, kind: usize) -> impl Iterator<Item = PositionIx> {
        let rows = self.positions.rows();
        let start = rows.partition_point(|sizing| sizing.kind < kind);
        let end = rows.partition_point(|sizing| sizing.kind <= kind);
        (start..end).map(PositionIx::at)
    }

    /// The type of a sizing.
    pub(crate) fn kind(&self, position: PositionIx) -> Option<&Arc<InstanceType>> {
        self.types.get(self.positions[position].kind)
    }

    /// Positions whose types' requirements leave something of `req`.
    pub(crate) fn with(&self, algebra: &Algebra, req: ReqId) -> Bits {
        let key = algebra.of(req).key;
        let Some((_, index)) = self.by_key.iter().find(|(own, _)| *own == key) else {
            return Bits::below(self.positions.len());
        };
        let mut with = index.silent.clone();
        for (offered, positions) in &index.groups {
            if algebra.agree(*offered, req) {
                for position in positions {
                    with.insert(position.index());
                }
            }
        }
        with
    }

    /// Different values of a label among the types of a row, counted up to `enough`.
    pub(crate) fn values(&self, algebra: &Algebra, key: KeyId, row: &[u64], enough: u32) -> u32 {
        let Some((_, index)) = self.by_key.iter().find(|(own, _)| *own == key) else { return 0 };
        let mut seen = Bits::default();
        let mut count = 0;
        for (req, positions) in &index.groups {
            let listed = algebra.of(*req);
            let is_left = || positions.iter().any(|position| bits::has(row, position.index()));
            if listed.complement || !is_left() {
                continue;
            }
            for value in bits::ones(&listed.values) {
                count += u32::from(!seen.has(value));
                seen.insert(value);
            }
            if count >= enough {
                return count;
            }
        }
        count
    }

    /// The first label of which a row has fewer values than `set` demands: the label, the demand, the values there are.
    pub(crate) fn unmet_minimum(
        &self,
        algebra: &Algebra,
        set: SetId,
        row: &[u64],
    ) -> Option<(KeyId, u32, u32)> {
        algebra.minimums(set).find_map(|(key, demanded)| {
            let there = self.values(algebra, key, row, demanded);
            (there < demanded).then_some((key, demanded, there))
        })
    }

    /// Positions that have nowhere less than nothing.
    pub(crate) fn sound(&self) -> Bits {
        let nothing = Resources::new();
        let sound = self.positions.iter().filter(|(_, sizing)| nothing.fits(&sizing.allocatable));
        let mut positions = Bits::empty(self.positions.len());
        sound.for_each(|(position, _)| positions.insert(position.index()));
        positions
    }

    /// Values of a label that machines of a pool with the set `set` may have.
    ///
    /// Values that types list and the pool allows, and those that the pool lists, whether a type has them or not.
    pub(crate) fn domains(&self, algebra: &Algebra, set: SetId, key: KeyId) -> Bits {
        let of_pool = algebra.get(set, key);
        let mut domains = Bits::default();
        let mut add = |req: ReqId| {
            let listed = algebra.of(req);
            if !listed.complement {
                let allowed = bits::ones(&listed.values).filter(|&value| {
                    of_pool.is_none_or(|pool| algebra.admits(pool, ValueId::at(value)))
                });
                allowed.for_each(|value| domains.insert(value));
            }
        };
        of_pool.into_iter().for_each(&mut add);
        let index = self.by_key.iter().find(|(own, _)| *own == key);
        index.iter().flat_map(|(_, index)| &index.groups).for_each(|(req, _)| add(*req));
        domains
    }

    /// Positions with an available offering that `set` allows.
    pub(crate) fn offered(&self, algebra: &Algebra, set: SetId) -> Bits {
        let mut offered = Bits::empty(self.positions.len());
        for offer in self.offers.rows() {
            if algebra.compatible(set, offer.set, Undefined::AllowWellKnown) {
                offered.unite(offer.positions.words());
            }
        }
        offered
    }

    /// Whether some type has more than one sizing.
    pub(crate) const fn has_variants(&self) -> bool {
        self.has_variants
    }

    /// Adds to a row all positions of the types that it has one of: a type that is kept is kept in all its sizings.
    pub(crate) fn close(&self, row: &mut [u64]) {
        if !self.has_variants {
            return;
        }
        let kept: Vec<usize> =
            bits::ones(row).map(|position| self.positions[PositionIx::at(position)].kind).collect();
        let mut closed = Bits::empty(self.positions.len());
        for (position, sizing) in self.positions.iter() {
            if kept.binary_search(&sizing.kind).is_ok() {
                closed.insert(position.index());
            }
        }
        row.iter_mut().zip(closed.words()).for_each(|(word, closed)| *word = *closed);
    }

    /// Offers that `set` allows.
    pub(crate) fn allowed_offers(&self, algebra: &Algebra, set: SetId) -> Vec<OfferIx> {
        self.offers
            .iter()
            .filter(|(_, offer)| algebra.compatible(set, offer.set, Undefined::AllowWellKnown))
            .map(|(id, _)| id)
            .collect()
    }

    /// All offers.
    #[cfg(feature = "bounds")]
    pub(crate) fn offers(&self) -> impl Iterator<Item = OfferIx> {
        self.offers.ids()
    }

    /// Requirements of an offer.
    pub(crate) fn offer_set(&self, offer: OfferIx) -> SetId {
        self.offers[offer].set
    }

    /// Positions that an offer is of.
    pub(crate) fn offer_positions(&self, offer: OfferIx) -> &Bits {
        &self.offers[offer].positions
    }

    /// Offers of reserved capacity, each with its reservation.
    pub(crate) fn reserved(&self) -> &[(OfferIx, ReservationIx)] {
        &self.reserved
    }

    /// Positions with an available offering that `set` allows and that is not of reserved capacity.
    pub(crate) fn offered_openly(&self, algebra: &Algebra, set: SetId) -> Bits {
        let mut offered = Bits::empty(self.positions.len());
        for (id, offer) in self.offers.iter() {
            let is_reserved = self.reserved.iter().any(|(reserved, _)| *reserved == id);
            if !is_reserved && algebra.compatible(set, offer.set, Undefined::AllowWellKnown) {
                offered.unite(offer.positions.words());
            }
        }
        offered
    }

    /// Available offers of a position, with prices.
    pub(crate) fn priced(&self, position: PositionIx) -> &[(OfferIx, Price)] {
        let (start, end) = self.positions[position].priced;
        self.priced.get(start..end).unwrap_or(&[])
    }

    /// Adds the positions of a type: its own figures first, then one per distinct override of available offerings.
    fn add_positions(
        &mut self,
        (kind, offered): (usize, &InstanceType),
        reservations: &Reservations,
        mut offer_of: impl FnMut(&Offering, &mut Table<OfferIx, Offer>) -> OfferIx,
    ) {
        let usable = || {
            let named = |own: &&Offering| reservations.supply(own) != Supply::Nameless;
            offered.offerings.iter().filter(|own| own.available).filter(named)
        };
        let mut overrides = vec![(&None, &None)];
        for offering in usable() {
            let pair = (&offering.capacity_override, &offering.overhead_override);
            if !overrides.contains(&pair) {
                overrides.push(pair);
            }
        }
        self.has_variants |= overrides.len() > 1;
        for (capacity, overhead) in overrides {
            let start = self.priced.len();
            let position = PositionIx::at(self.positions.len());
            for offering in usable() {
                if (&offering.capacity_override, &offering.overhead_override)
                    == (capacity, overhead)
                {
                    let offer = offer_of(offering, &mut self.offers);
                    self.offers[offer].positions.insert(position.index());
                    self.priced.push((offer, offering.price));
                    if let Supply::Reserved(reservation) = reservations.supply(offering)
                        && !self.reserved.contains(&(offer, reservation))
                    {
                        self.reserved.push((offer, reservation));
                    }
                }
            }
            let allocatable = match (capacity, overhead) {
                (None, None) => offered.allocatable(),
                _ => InstanceType::allocatable_of(
                    &replaced(&offered.capacity, capacity.as_ref()),
                    &replaced(&offered.overhead.total(), overhead.as_ref()),
                ),
            };
            self.positions.push(Position { kind, allocatable, priced: (start, self.priced.len()) });
        }
    }

    fn index_keys(&mut self, reader: Reader<'_>, algebra: &mut Algebra) {
        let silent = Bits::below(self.positions.len());
        let mut slots: FxHashMap<(KeyId, ReqId), usize> = FxHashMap::default();
        let mut by_key: Vec<(KeyId, KeyIndex)> = algebra
            .names()
            .keys()
            .map(|(key, _)| (key, KeyIndex { silent: silent.clone(), groups: Vec::new() }))
            .collect();
        for (position, sizing) in self.positions.iter() {
            let Some(kind) = self.types.get(sizing.kind) else { continue };
            for requirement in kind.requirements.iter() {
                let Some(req) = reader.requirement(algebra, requirement) else { continue };
                let key = algebra.of(req).key;
                let Some((_, index)) = by_key.get_mut(key.index()) else { continue };
                index.silent.remove(position.index());
                let slot = *slots.entry((key, req)).or_insert_with(|| {
                    index.groups.push((req, Vec::new()));
                    index.groups.len() - 1
                });
                if let Some((_, positions)) = index.groups.get_mut(slot) {
                    positions.push(position);
                }
            }
        }
        by_key.retain(|(_, index)| !index.groups.is_empty());
        self.by_key = by_key;
    }
}

fn replaced(amounts: &Resources, by: Option<&Resources>) -> Resources {
    let mut replaced = amounts.clone();
    for (name, amount) in by.into_iter().flat_map(Resources::iter) {
        replaced.set(name, amount);
    }
    replaced
}
