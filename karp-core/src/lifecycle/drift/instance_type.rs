//! Whether a machine of this type can still be bought like this, at any price and at any time; not whether it can be bought now.

use std::sync::Arc;

use crate::{
    lifecycle::Settings,
    model::{CapacityType, InstanceType, NodeClaim, Operator, Requirement, Requirements, label},
};

/// Whether the catalog has the claim's type, with an offering that its labels allow, available or not.
///
/// A reservation that ends leaves its machine as on-demand: a reserved claim passes by an on-demand offering, whatever its reservation was.
pub(super) fn is_offered(
    claim: &NodeClaim,
    types: &[Arc<InstanceType>],
    settings: &Settings,
) -> bool {
    let Some(name) = claim.labels.get(label::INSTANCE_TYPE) else { return false };
    let Some(kind) = types.iter().find(|kind| kind.name == name.as_str()) else { return false };
    let mut labels = Requirements::from_labels(&claim.labels);
    let reserved = CapacityType::Reserved.as_str();
    if claim.labels.get(label::CAPACITY_TYPE).is_some_and(|own| own == reserved) {
        let either = [reserved, CapacityType::OnDemand.as_str()];
        labels.replace(Requirement::new(label::CAPACITY_TYPE, Operator::In, either));
        for key in &settings.reservation_labels {
            labels.remove(key);
        }
    }
    kind.offerings.iter().any(|offering| labels.intersects(&offering.requirements).is_ok())
}
