//! What a user should know about the types of a pool: what was assumed, made up or left out; not what validation says.

use karp_core::model::{CapacityType, Finding, NodePool, Requirement, Severity, label as core};

use crate::{label, node_class::ClassReading};

/// Where and when prices were read.
#[derive(Clone, Copy, Debug)]
pub(super) struct PricesOf {
    /// Name of the region.
    pub(super) region: &'static str,
    /// `YYYY-MM-DD`.
    pub(super) day: &'static str,
}

/// Findings about a pool and its class; `reading` is none when the class is not among the manifests.
///
/// Those about prices name the region, not the pool: equal ones of several pools are one.
pub(super) fn about(
    pool: &NodePool,
    reading: Option<&ClassReading>,
    prices: PricesOf,
) -> Vec<Finding> {
    let reference = &pool.template.node_class;
    let pool_object = format!("NodePool {}", pool.name);
    let mut findings = vec![bundled_prices(prices)];
    findings.extend(made_up_prices(pool, prices));
    if let Some(reading) = reading {
        let class_object = format!("{} {}", reference.kind, reference.name);
        findings.extend(about_class(reading, &class_object));
        findings.extend(unknown_zone_ids(pool, reading, &pool_object));
    } else {
        findings.push(missing_class(&pool_object, &reference.name));
    }
    findings
}

fn about_class(reading: &ClassReading, class_object: &str) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    findings.extend(reading.expressions.iter().map(|(field, text)| {
        let message = format!(
            "`{text}` is an expression, which is not evaluated (Karpenter's feature gate NodeClassCEL is off by default): \
             planned as if the field was not set"
        );
        Finding::new("kubelet-expression-ignored", Severity::Warning, class_object, message).at(field)
    }));
    if !reading.spec.reservations.is_empty() {
        let message = "how many machines are left in a capacity reservation only EC2 knows: planned as if none was left";
        findings.push(
            Finding::new("reservation-count-unknown", Severity::Info, class_object, message)
                .at("status.capacityReservations"),
        );
    }
    if let Some(name) = &reading.placement_group_name {
        let message = format!(
            "placement group `{name}` was not looked up: types that it does not support are not excluded, and nodes have no label of it"
        );
        findings.push(
            Finding::new("placement-group-unresolved", Severity::Info, class_object, message)
                .at("spec.placementGroupSelector.name"),
        );
    }
    findings
}

fn bundled_prices(PricesOf { region, day }: PricesOf) -> Finding {
    let message = format!("on-demand prices are AWS's list prices for Linux of {day}");
    Finding::new("bundled-prices", Severity::Info, format!("region {region}"), message)
}

fn missing_class(pool: &str, class: &str) -> Finding {
    let message = format!(
        "EC2NodeClass `{class}` is not among the manifests: planned with Amazon Linux 2023, its default volume of 20Gi and default \
         kubelet settings, in every zone"
    );
    Finding::new("missing-node-class", Severity::Warning, pool, message)
        .at("spec.template.spec.nodeClassRef.name")
}

/// Whether machines of the pool may be spot machines, as far as the pool says.
pub(crate) fn admits_spot(pool: &NodePool) -> bool {
    let spot = CapacityType::Spot.as_str();
    let written = pool.template.requirements.iter().map(Requirement::from);
    let admits = written
        .filter(|requirement| requirement.key() == core::CAPACITY_TYPE)
        .all(|requirement| requirement.has(spot));
    let label = pool.template.labels.get(core::CAPACITY_TYPE);
    admits && label.is_none_or(|value| value == spot)
}

/// Spot prices matter only to a pool that admits spot.
fn made_up_prices(pool: &NodePool, PricesOf { region, day }: PricesOf) -> Option<Finding> {
    let message = format!(
        "spot prices are made up: a fixed share of the on-demand price of {day}, for each type and zone; \
         good for comparing plans, not for a budget"
    );
    admits_spot(pool).then(|| {
        let object = format!("region {region}");
        Finding::new("synthetic-spot-prices", Severity::Info, object, message)
    })
}

/// A demand for zone ids can't be checked when nobody knows them.
fn unknown_zone_ids(pool: &NodePool, reading: &ClassReading, object: &str) -> Option<Finding> {
    let template = &pool.template;
    let asked = template.labels.contains_key(label::TOPOLOGY_ZONE_ID)
        || template.requirements.iter().any(|entry| entry.key == label::TOPOLOGY_ZONE_ID);
    let known = reading.spec.zones.iter().flatten().any(|(_, id)| id.is_some());
    let message = "which zone an id names is not known, as the status of the node class lists no subnets: any zone is taken";
    (asked && !known).then(|| {
        Finding::new("zone-ids-unknown", Severity::Warning, object, message)
            .at("spec.template.spec.requirements")
    })
}
