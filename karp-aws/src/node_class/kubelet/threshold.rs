//! Values of eviction thresholds, grace periods and reservations.

use karp_core::model::{Quantity, Span};

/// What can run short so that pods are evicted.
pub(in crate::node_class) const SIGNALS: [&str; 6] = [
    "memory.available",
    "nodefs.available",
    "nodefs.inodesFree",
    "imagefs.available",
    "imagefs.inodesFree",
    "pid.available",
];

/// What can be reserved for the system.
pub(in crate::node_class) const RESERVABLE: [&str; 4] =
    ["cpu", "memory", "ephemeral-storage", "pid"];

/// Why a threshold is neither a percentage from 0 to 100 nor a quantity from 0 on.
pub(super) fn threshold_problem(text: &str) -> Option<String> {
    let is_fine = match text.strip_suffix('%') {
        Some(number) => number.parse::<f64>().is_ok_and(|number| (0.0..=100.0).contains(&number)),
        None => text.parse::<Quantity>().is_ok_and(|quantity| quantity.nanos() >= 0),
    };
    (!is_fine).then(|| {
        format!("expected a percentage such as `5%`, or a quantity such as `500Mi`, found `{text}`")
    })
}

/// Why a grace period is no duration from 0 on.
pub(super) fn grace_period_problem(text: &str) -> Option<String> {
    match text.parse::<Span>() {
        Ok(span) if span.is_negative() => Some(format!("may not be negative, found `{text}`")),
        Ok(_) => None,
        Err(error) => Some(error.to_string()),
    }
}

/// Whether a reserved amount has to be computed: it is no quantity.
pub(super) fn is_expression(text: &str) -> bool {
    text.parse::<Quantity>().is_err()
}
