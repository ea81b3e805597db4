//! Images that change without anybody changing a manifest; not which image is good.

use karp_core::{
    lint::Rule,
    model::{Finding, Severity},
};
use serde_json::Value;

use super::object;
use crate::node_class::aliases;

/// An alias that follows every release.
pub(super) const FLOATING: Rule = Rule::new(
    "floating-image-alias",
    Severity::Warning,
    "an image alias follows every release",
    "pin the version, `al2023@v20260107` for example, try the next one in a test cluster first, and raise it on purpose",
);

/// Looks at a node class; other objects are passed over.
pub(super) fn find(object: &Value) -> Vec<Finding> {
    let group = object::text(object, "/apiVersion").split('/').next().unwrap_or_default();
    if group != "karpenter.k8s.aws" || object::text(object, "/kind") != "EC2NodeClass" {
        return Vec::new();
    }
    let spec = object.get("spec").unwrap_or(&Value::Null);
    let floating = aliases(spec).filter(|(_, alias)| alias.ends_with("@latest"));
    floating
        .map(|(index, alias)| {
            let message = format!(
                "`{alias}` changes when AWS releases an image: from then on every machine of the class is drifted and replaced, in all \
                 clusters at once, by an image that nobody has tried"
            );
            let finding = FLOATING
                .finding(object::name(object), message)
                .at(format!("spec.amiSelectorTerms[{index}].alias"));
            if alias.starts_with("windows") { windows(finding) } else { finding }
        })
        .collect()
}

/// There are no other aliases of Windows.
fn windows(finding: Finding) -> Finding {
    let remedy = "select the image by `id` or `name`, since aliases of Windows can't be pinned, or hold drift to a window by a budget";
    Finding { severity: Severity::Info, ..finding }.mended_by(remedy)
}
