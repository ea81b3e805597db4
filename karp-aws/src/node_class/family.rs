//! Image families and their aliases, as the node class writes them.

use serde_json::Value;

/// Families in the order of the definition.
pub(super) const FAMILIES: [&str; 7] =
    ["AL2", "AL2023", "Bottlerocket", "Custom", "Windows2019", "Windows2022", "Windows2025"];

/// Families that aliases name, with the family each stands for.
pub(super) const ALIASES: [(&str, &str); 6] = [
    ("al2", "AL2"),
    ("al2023", "AL2023"),
    ("bottlerocket", "Bottlerocket"),
    ("windows2019", "Windows2019"),
    ("windows2022", "Windows2022"),
    ("windows2025", "Windows2025"),
];

/// Family of images nobody but the user knows.
pub(super) const CUSTOM: &str = "Custom";

/// The family an alias such as `al2023@latest` stands for; none when it is no known one.
pub(super) fn of_alias(alias: &str) -> Option<&'static str> {
    let name = alias.split('@').next().unwrap_or_default();
    ALIASES.iter().find(|(known, _)| *known == name).map(|(_, family)| *family)
}

/// The family of a node class: `amiFamily`, or that of its alias, or `Custom`.
pub(super) fn resolved(spec: &Value) -> &str {
    if let Some(family) = spec.get("amiFamily").and_then(Value::as_str) {
        return family;
    }
    aliases(spec).find_map(|(_, alias)| of_alias(alias)).unwrap_or(CUSTOM)
}

/// Aliases of the image selector, with the positions of their terms.
pub(crate) fn aliases(spec: &Value) -> impl Iterator<Item = (usize, &str)> {
    let terms = spec.get("amiSelectorTerms").and_then(Value::as_array);
    let terms = terms.into_iter().flatten().enumerate();
    terms.filter_map(|(index, term)| Some((index, term.get("alias")?.as_str()?)))
}
