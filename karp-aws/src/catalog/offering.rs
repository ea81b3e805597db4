//! Ways to buy a type: zone × capacity type, and reservations, with price and availability; not what is bought.

use karp_core::model::{CapacityType, Offering, Operator, Price, Requirement};

use crate::{
    label,
    node_class::{ClassSpec, Reservation},
};

use super::{figures::TypeFigures, labels, region::Offer, spot_price};

/// A reserved machine costs this part of the price on demand: it is paid anyway, and only has to be preferred.
const RESERVED_PRICE_DIVISOR: u64 = 10_000_000;

/// Labels that only machines of a reservation carry.
const RESERVATION_KEYS: [&str; 3] = [
    label::CAPACITY_RESERVATION_ID,
    label::CAPACITY_RESERVATION_TYPE,
    label::CAPACITY_RESERVATION_INTERRUPTIBLE,
];

/// The offerings of a type: each zone that has it, on demand and spot, then the reservations of the class.
///
/// One that can't be bought is there, too, so that machines that run already have a price: the class has no subnet in the zone, the
/// type does not suit the class (`compatible` is false), or AWS publishes no price. Zones where EC2 does not have the type
/// give no offering.
pub(super) fn of(
    figures: &TypeFigures,
    class: &ClassSpec,
    offer: &Offer,
    compatible: bool,
) -> Vec<Offering> {
    let mut offerings = Vec::new();
    // Without a reservation the type itself says that there are no such labels: stating it again in each of some ten thousand
    // offerings would double their size.
    let has_reservation = labels::reservations(figures, class).next().is_some();
    for zone in &offer.zones {
        for capacity_type in labels::purchasable(figures) {
            let price = price(figures, offer, zone, capacity_type);
            let mut offering =
                Offering::new(zone.clone(), capacity_type, price.unwrap_or(Price::MAX));
            offering.available = compatible && price.is_some() && labels::admits_zone(class, zone);
            if has_reservation {
                for key in RESERVATION_KEYS {
                    offering.requirements.add(Requirement::does_not_exist(key));
                }
            }
            add_zone_id(&mut offering, class, zone);
            offerings.push(offering);
        }
    }
    offerings.extend(
        labels::reservations(figures, class).map(|reservation| reserved(reservation, class, offer)),
    );
    offerings
}

/// What the type costs, where AWS publishes a price.
fn price(
    figures: &TypeFigures,
    offer: &Offer,
    zone: &str,
    capacity_type: CapacityType,
) -> Option<Price> {
    let on_demand = offer.on_demand?;
    match capacity_type {
        CapacityType::Spot => Some(spot_price::made_up(on_demand, &figures.name, zone)),
        CapacityType::OnDemand | CapacityType::Reserved => Some(on_demand),
    }
}

/// A reserved offering, with nothing left in it: how much is left only EC2 knows.
fn reserved(reservation: &Reservation, class: &ClassSpec, offer: &Offer) -> Offering {
    let price =
        offer.on_demand.map_or(Price::ZERO, |price| price.scaled(1, RESERVED_PRICE_DIVISOR));
    let mut offering = Offering::new(reservation.zone.clone(), CapacityType::Reserved, price);
    offering.available = false;
    offering.reservation_capacity = Some(0);
    for (key, value) in [
        (label::CAPACITY_RESERVATION_ID, reservation.id.clone()),
        (label::CAPACITY_RESERVATION_TYPE, reservation.kind.clone()),
        (label::CAPACITY_RESERVATION_INTERRUPTIBLE, reservation.interruptible.to_string()),
    ] {
        offering.requirements.add(Requirement::new(key, Operator::In, [value]));
    }
    add_zone_id(&mut offering, class, &reservation.zone);
    offering
}

fn add_zone_id(offering: &mut Offering, class: &ClassSpec, zone: &str) {
    let id = class.zones.as_ref().and_then(|zones| zones.get(zone)?.clone());
    if let Some(id) = id {
        offering.requirements.add(Requirement::new(label::TOPOLOGY_ZONE_ID, Operator::In, [id]));
    }
}
