//! Taints: shape, and what controllers check across both lists of a pool.

use std::collections::BTreeSet;

use serde_json::Value;

use super::pattern::QUALIFIED_NAME;
use super::report::Broken;
use super::schema::{Schema, list, object, text, time};
use crate::model::check_qualified_name;

/// A list of taints.
///
/// The value follows the grammar of keys: a prefix is legal, an explicit empty text is not.
pub(super) fn taints() -> Schema {
    list(object([
        ("key", text().at_least(1).like(&QUALIFIED_NAME).required()),
        ("value", text().like(&QUALIFIED_NAME).into()),
        ("effect", text().one_of(&["NoSchedule", "PreferNoSchedule", "NoExecute"]).required()),
        ("timeAdded", time().into()),
    ]))
    .into()
}

/// Checks lengths, and that no pair of key and effect repeats in any of the `lists` of `parent`.
pub(super) fn check_at_runtime(parent: &Value, field: &str, lists: &[&str], broken: &mut Broken) {
    let mut seen = BTreeSet::new();
    for name in lists {
        let taints = parent.get(name).and_then(Value::as_array);
        for (index, taint) in taints.into_iter().flatten().enumerate() {
            let at = format!("{field}.{name}[{index}]");
            let text = |part| taint.get(part).and_then(Value::as_str).unwrap_or_default();
            let (key, value, effect) = (text("key"), text("value"), text("effect"));
            if let Err(error) = check_qualified_name(key) {
                broken.at(format!("{at}.key"), error.to_string());
            }
            if !value.is_empty()
                && let Err(error) = check_qualified_name(value)
            {
                broken.at(format!("{at}.value"), error.to_string());
            }
            if !seen.insert((key, effect)) {
                broken.at(at, format!("a taint `{key}` with effect `{effect}` is there already"));
            }
        }
    }
}
