//! Zones, capacity types, prices, availability.

use std::collections::BTreeSet;

use karp_aws::label as aws;
use karp_core::model::{CapacityType, InstanceType, Price, label as core, usd};
use serde_json::json;

use crate::ec2::{available, catalog, kubelet_class, named, types};

fn price(offered: &InstanceType, zone: &str, capacity_type: CapacityType) -> Option<Price> {
    let offering = offered.offerings.iter().find(|offering| {
        offering.zone() == Some(zone) && offering.capacity_type() == Some(capacity_type)
    })?;
    Some(offering.price)
}

/// ITOFF-1
#[test]
fn each_zone_and_capacity_type_is_offered_once() {
    for offered in types(&kubelet_class("AL2023", &json!({}))) {
        let distinct: BTreeSet<_> = offered
            .offerings
            .iter()
            .map(|offering| (offering.zone().unwrap(), offering.capacity_type().unwrap()))
            .collect();
        assert_eq!(distinct.len(), offered.offerings.len(), "{}", offered.name);
    }
}

#[test]
fn prices_are_aws_on_demand_and_made_up_on_spot() {
    let types = types(&kubelet_class("AL2", &json!({})));
    let a1 = named(&types, "a1.2xlarge");
    assert_eq!(price(a1, "us-east-1a", CapacityType::OnDemand), Some(usd("0.204").unwrap()));
    assert_eq!(price(a1, "us-east-1a", CapacityType::Spot), Some(usd("0.1385568").unwrap()));
    assert_eq!(price(a1, "us-east-1b", CapacityType::Spot), Some(usd("0.1135872").unwrap()));
    assert_eq!(price(a1, "us-east-1f", CapacityType::OnDemand), None);
    assert!(catalog().spot_prices_are_synthetic());
    assert_eq!(catalog().figures_date(), "2026-07-20");
}

#[test]
fn spot_is_always_cheaper_than_on_demand() {
    for offered in types(&kubelet_class("AL2", &json!({}))) {
        for offering in offered.offerings.iter().filter(|offering| offering.available) {
            let zone = offering.zone().unwrap();
            let on_demand = price(&offered, zone, CapacityType::OnDemand).unwrap();
            let is_spot = offering.capacity_type() == Some(CapacityType::Spot);
            assert!(!is_spot || offering.price < on_demand, "{}", offered.name);
        }
    }
}

#[test]
fn a_type_without_zone_or_price_is_listed_and_can_not_be_bought() {
    let types = types(&kubelet_class("AL2", &json!({})));
    assert_eq!(types.len(), 1395);
    assert!(named(&types, "hpc6a.48xlarge").offerings.is_empty());
    let unpriced = named(&types, "r9g.large");
    assert!(!unpriced.offerings.is_empty());
    for offering in &unpriced.offerings {
        assert!(!offering.available && !offering.price.is_known());
    }
    assert_eq!(types.iter().filter(|offered| available(offered) > 0).count(), 1340);
}

/// MET-2
#[test]
fn zones_without_a_subnet_of_the_class_are_priced_but_not_available() {
    let mut class = kubelet_class("AL2023", &json!({}));
    class["status"] = json!({ "subnets": [
        { "id": "subnet-1", "zone": "us-east-1a" },
        { "id": "subnet-2", "zone": "us-east-1a", "zoneID": "use1-az6" },
    ]});
    let types = types(&class);
    let large = named(&types, "m5.large");
    for offering in &large.offerings {
        assert!(offering.price.is_known());
        assert_eq!(offering.available, offering.zone() == Some("us-east-1a"));
        let id = offering.single(aws::TOPOLOGY_ZONE_ID);
        assert_eq!(id, offering.available.then_some("use1-az6"));
    }
    let zones = large.requirements.get(core::ZONE).unwrap();
    assert!(zones.has("us-east-1a") && !zones.has("us-east-1b"));
}

#[test]
fn reservations_of_the_status_are_offered_as_empty() {
    let mut class = kubelet_class("AL2023", &json!({}));
    class["status"] = json!({ "capacityReservations": [{
        "id": "cr-1",
        "availabilityZone": "us-east-1a",
        "instanceType": "m5.large",
        "ownerID": "111122223333",
        "instanceMatchCriteria": "targeted",
    }]});
    let types = types(&class);
    let large = named(&types, "m5.large");
    let reserved: Vec<_> = large
        .offerings
        .iter()
        .filter(|offering| offering.capacity_type() == Some(CapacityType::Reserved))
        .collect();
    assert_eq!(reserved.len(), 1);
    assert_eq!(reserved[0].single(aws::CAPACITY_RESERVATION_ID), Some("cr-1"));
    assert_eq!(reserved[0].single(aws::CAPACITY_RESERVATION_TYPE), Some("default"));
    assert_eq!(reserved[0].price, usd("0.0000000096").unwrap());
    assert!(!reserved[0].available && reserved[0].reservation_capacity == Some(0));
    assert!(large.requirements.get(core::CAPACITY_TYPE).unwrap().has("reserved"));
    let other = named(&types, "m5.xlarge");
    assert!(!other.requirements.get(core::CAPACITY_TYPE).unwrap().has("reserved"));
}
