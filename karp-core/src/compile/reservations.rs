//! Reserved capacity: which reservations there are and how many machines each has left; not who takes them.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{
    pools,
    table::{Table, id_types},
};
use crate::{
    model::{CapacityType, Offering},
    policy::Policy,
    snapshot::Snapshot,
};

id_types! {
    /// A reservation.
    ReservationIx;
}

/// All reservations of the pools that make machines.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reservations {
    /// Label that names them; none when they don't count.
    pub(crate) key: Option<String>,
    counts: bool,
    ids: FxHashMap<Arc<str>, ReservationIx>,
    /// Their ids at the cloud.
    pub(crate) names: Table<ReservationIx, Arc<str>>,
    /// Machines that are left: the least that any offering says.
    pub(crate) left: Table<ReservationIx, u32>,
}

/// How an offering is bought.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Supply {
    /// As many as wanted.
    Open,
    /// As many as a reservation has left.
    Reserved(ReservationIx),
    /// Not at all: it is of reserved capacity and does not say of which.
    Nameless,
}

impl Reservations {
    /// Reads the offerings of all pools that make machines.
    pub(super) fn of(snapshot: &Snapshot, policy: &Policy) -> Self {
        let mut all = Self { counts: policy.feature_gates.reserved_capacity, ..Self::default() };
        if !all.counts {
            return all;
        }
        all.key = snapshot.vocabulary.reservation_id().map(str::to_owned);
        let used = pools::ordered(snapshot)
            .into_iter()
            .filter(|pool| pools::excluded(snapshot, pool).is_none());
        let kinds = used.flat_map(|pool| snapshot.types_of(&pool.name));
        for offering in kinds.flat_map(|kind| &kind.offerings) {
            let Some(id) = all.id(offering) else { continue };
            let left = offering.reservation_capacity.unwrap_or(0);
            if let Some(&known) = all.ids.get(id) {
                all.left[known] = all.left[known].min(left);
            } else {
                let name: Arc<str> = Arc::from(id);
                let new = all.names.push(Arc::clone(&name));
                all.left.push(left);
                all.ids.insert(name, new);
            }
        }
        all
    }

    /// How an offering is bought.
    pub(super) fn supply(&self, offering: &Offering) -> Supply {
        if !self.counts || !is_reserved(offering) {
            return Supply::Open;
        }
        let known = self.id(offering).and_then(|id| self.ids.get(id));
        known.map_or(Supply::Nameless, |&reservation| Supply::Reserved(reservation))
    }

    /// The reservation that an offering of reserved capacity names.
    fn id<'o>(&self, offering: &'o Offering) -> Option<&'o str> {
        let key = self.key.as_deref()?;
        is_reserved(offering).then(|| offering.single(key)).flatten()
    }
}

fn is_reserved(offering: &Offering) -> bool {
    offering.capacity_type() == Some(CapacityType::Reserved)
}
