//! Names that say nothing.

use crate::source::Source;

/// Module names that could hold anything, and so end up holding everything.
const FORBIDDEN: &[&str] = &[
    "util", "utils", "helper", "helpers", "common", "misc", "shared", "base", "manager", "types",
    "prelude",
];

/// Files and folders with such a name.
pub(crate) fn broken(sources: &[Source]) -> Vec<String> {
    let mut broken = Vec::new();
    for source in sources {
        for part in source.path.split('/') {
            let name = part.strip_suffix(".rs").unwrap_or(part);
            if FORBIDDEN.contains(&name) {
                broken.push(format!("{}: `{name}` says nothing about what is in it", source.path));
            }
        }
    }
    broken
}
