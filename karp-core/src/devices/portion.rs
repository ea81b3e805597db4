//! How much of a capacity a claim takes; not whether so much is left.

use crate::model::{DeviceCapacity, Portions, Quantity};

/// How much of a capacity a claim takes that asks for `asked`, in billionths; none = so much can't be had.
///
/// A claim that does not ask takes the default of the policy, or all where there is none. What is asked for is rounded up to the next portion.
///
/// ```
/// use karp_core::{devices::portion, model::{DeviceCapacity, Portions, Quantity}};
/// let values = Portions::Values(vec![Quantity::from_units(2), Quantity::from_units(4)]);
/// let lanes = DeviceCapacity::new(Quantity::from_units(8)).in_portions(None, values);
/// assert_eq!(portion(&lanes, Some(&Quantity::from_units(3))), Some(Quantity::from_units(4).nanos()));
/// assert_eq!(portion(&lanes, Some(&Quantity::from_units(5))), None);
/// assert_eq!(portion(&lanes, None), Some(Quantity::from_units(8).nanos()));
/// ```
pub fn portion(capacity: &DeviceCapacity, asked: Option<&Quantity>) -> Option<i128> {
    let all = capacity.value.nanos();
    let policy = capacity.policy.as_ref();
    let wanted = asked.or_else(|| policy.and_then(|policy| policy.default.as_ref()));
    let Some(wanted) = wanted.map(Quantity::nanos) else { return Some(all) };
    let taken = match policy.map(|policy| &policy.portions) {
        None | Some(Portions::Any) => wanted,
        Some(Portions::Values(values)) => {
            values.iter().map(Quantity::nanos).filter(|value| *value >= wanted).min()?
        }
        Some(Portions::Range { min, max, step }) => {
            let least = min.nanos();
            let over = wanted.saturating_sub(least).max(0);
            let step = step.as_ref().map(Quantity::nanos).filter(|step| *step > 0);
            let steps = step.map_or(over, |step| {
                let beyond = over % step;
                if beyond == 0 { over } else { over.saturating_add(step - beyond) }
            });
            let taken = least.saturating_add(steps);
            let is_allowed = max.as_ref().is_none_or(|max| taken <= max.nanos());
            is_allowed.then_some(taken)?
        }
    };
    (taken <= all).then_some(taken)
}
