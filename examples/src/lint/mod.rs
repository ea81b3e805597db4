//! Findings about manifests as the tool `lint` prints them; not what is looked for.

mod inspection;
mod json;
mod manifest_objects;
mod sarif;
mod text;

use karp_core::lint::Rule;

pub use self::{
    inspection::{Inspection, Located},
    json::json,
    manifest_objects::ManifestObjects,
    sarif::sarif,
    text::text,
};

/// All rules, the core's and those of EC2, in the order of their codes.
pub fn rules() -> Vec<Rule> {
    let mut rules = [karp_core::lint::RULES, karp_aws::lint::RULES].concat();
    rules.sort_by_key(|rule| rule.code);
    rules
}
