//! One instance type for one node class, from figures to what the solver reads; not the list of them.

use karp_core::model::InstanceType;

use crate::{Settings, node_class::ClassSpec};

use super::{
    capacity, compatibility, figures::TypeFigures, labels, offering, overhead, region::Offer,
};

/// The type as machines of the class are: labels, capacity, overhead, offerings.
pub(super) fn resolve(
    figures: &TypeFigures,
    class: &ClassSpec,
    settings: &Settings,
    (region, offer): (&str, &Offer),
) -> InstanceType {
    let mut instance_type = InstanceType::new(figures.name.as_str());
    instance_type.requirements = labels::of(figures, class, region, offer);
    instance_type.capacity = capacity::of(figures, class, settings);
    instance_type.overhead = overhead::of(figures, class, settings, &instance_type.capacity);
    let compatible = compatibility::holds(figures, class);
    instance_type.offerings = offering::of(figures, class, offer, compatible);
    instance_type
}
