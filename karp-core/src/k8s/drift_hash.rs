//! The number by which a machine is known to be older than its template.
//!
//! A controller writes the hash of a template on the pool and on every claim made from it; a claim
//! whose hash differs has drifted. Not here: drift of requirements, images and networks, which is
//! found by comparison.
//!
//! The number must equal the reference's, so that clusters keep their machines when karp takes over:
//! names of structs and fields below are part of what is hashed, as is the order of the fields.
//! Lists are sets: their order does not matter, and two equal elements cancel each other out.

use serde_json::Value;

use crate::model::{NillableSpan, NodePool, Span};

/// Version of the hash of a `NodePool`; hashes of other versions can't be compared.
pub const NODE_POOL_HASH_VERSION: &str = NodePool::HASH_VERSION;

/// Hash of the template of a `NodePool` with defaults filled in, as annotations hold it in decimal.
///
/// Requirements do not take part, nor does anything outside the template. Texts that are no
/// durations count as absent, as does the time at which a taint was added.
///
/// # Example: the text of a duration does not matter
///
/// ```
/// use karp_core::k8s::drift_hash::node_pool_hash;
/// use serde_json::json;
///
/// let pool = |expire: &str| {
///     json!({"spec": {"template": {"spec": {
///         "nodeClassRef": {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "default"},
///         "requirements": [],
///         "expireAfter": expire,
///     }}}})
/// };
/// assert_eq!(node_pool_hash(&pool("720h")), 6_821_555_240_594_823_858);
/// assert_eq!(node_pool_hash(&pool("720h0m")), node_pool_hash(&pool("720h")));
/// assert_eq!(node_pool_hash(&pool("Never")), 17_369_979_337_536_258_260);
/// ```
pub fn node_pool_hash(pool: &Value) -> u64 {
    let template = pool.pointer("/spec/template").unwrap_or(&Value::Null);
    let metadata = template.get("metadata").unwrap_or(&Value::Null);
    let spec = template.get("spec").unwrap_or(&Value::Null);
    let metadata = StructHash::new("ObjectMeta")
        .field("Labels", text_map(metadata.get("labels")))
        .field("Annotations", text_map(metadata.get("annotations")));
    let spec = StructHash::new("NodeClaimTemplateSpec")
        .field("Taints", list(spec.get("taints"), taint))
        .field("StartupTaints", list(spec.get("startupTaints"), taint))
        .field("NodeClassRef", spec.get("nodeClassRef").map(node_class_ref))
        .field("TerminationGracePeriod", spec.get("terminationGracePeriod").and_then(duration))
        .field("ExpireAfter", spec.get("expireAfter").and_then(nillable_duration));
    StructHash::new("NodeClaimTemplate")
        .field("ObjectMeta", metadata.finish_unless_empty())
        .field("Spec", spec.finish_unless_empty())
        .finish()
}

fn taint(taint: &Value) -> u64 {
    StructHash::new("Taint")
        .field("Key", filled_text(taint.get("key")))
        .field("Value", filled_text(taint.get("value")))
        .field("Effect", filled_text(taint.get("effect")))
        .finish()
}

fn node_class_ref(reference: &Value) -> u64 {
    StructHash::new("NodeClassReference")
        .field("Kind", filled_text(reference.get("kind")))
        .field("Name", filled_text(reference.get("name")))
        .field("Group", filled_text(reference.get("group")))
        .finish()
}

/// A duration, whose zero is skipped inside the struct, but not the struct itself.
pub fn duration(value: &Value) -> Option<u64> {
    let span: Span = value.as_str()?.parse().ok()?;
    let nanos = (!span.is_zero()).then(|| long(span.as_nanos()));
    Some(StructHash::new("Duration").field("Duration", nanos).finish())
}

/// A duration or `Never`, which is the same as none.
fn nillable_duration(value: &Value) -> Option<u64> {
    let span = value.as_str()?.parse::<NillableSpan>().ok()?.as_span()?;
    Some(
        StructHash::new("NillableDuration").field("Duration", Some(long(span.as_nanos()))).finish(),
    )
}

/// A struct being hashed: its name, then its fields one after the other.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct StructHash {
    hash: u64,
    is_empty: bool,
}

impl StructHash {
    /// Begins with the name of the struct.
    pub const fn new(name: &str) -> Self {
        Self { hash: text(name), is_empty: true }
    }

    /// Adds a field, unless it has no value.
    pub const fn field(mut self, name: &str, value: Option<u64>) -> Self {
        if let Some(value) = value {
            self.hash = finish(self.hash ^ pair(text(name), value));
            self.is_empty = false;
        }
        self
    }

    /// The hash so far.
    #[must_use]
    pub const fn finish(self) -> u64 {
        self.hash
    }

    /// The hash, or none when no field had a value: such a struct is skipped by the one around it.
    #[must_use]
    pub const fn finish_unless_empty(self) -> Option<u64> {
        if self.is_empty { None } else { Some(self.hash) }
    }
}

/// Hash of a list's elements; none for no list. An empty list is not none.
pub fn list(value: Option<&Value>, element: fn(&Value) -> u64) -> Option<u64> {
    let items = value?.as_array()?;
    Some(items.iter().map(element).fold(0, |all, hash| all ^ hash))
}

/// Hash of a map; none for no map. An empty map is not none.
pub fn map(value: Option<&Value>, entry: fn(&Value) -> u64) -> Option<u64> {
    let entries = value?.as_object()?.iter();
    let hashes = entries.map(|(key, value)| pair(text(key), entry(value)));
    Some(finish(hashes.fold(0, |all, hash| all ^ hash)))
}

/// Hash of a map from text to text.
pub fn text_map(value: Option<&Value>) -> Option<u64> {
    map(value, |value| text(value.as_str().unwrap_or_default()))
}

/// Hash of a text, which may be empty; none for no text.
pub fn any_text(value: Option<&Value>) -> Option<u64> {
    value?.as_str().map(text)
}

/// Hash of a text that counts as absent when it is empty.
pub fn filled_text(value: Option<&Value>) -> Option<u64> {
    value?.as_str().filter(|text| !text.is_empty()).map(text)
}

/// Hash of a boolean; none for no boolean.
pub fn boolean(value: Option<&Value>) -> Option<u64> {
    value?.as_bool().map(|value| fnv(&[u8::from(value)]))
}

/// Hash of a text.
pub const fn text(text: &str) -> u64 {
    fnv(text.as_bytes())
}

/// Hash of an integer of 32 bits.
pub const fn int(value: i32) -> u64 {
    fnv(&value.to_le_bytes())
}

/// Hash of an integer of 64 bits.
pub const fn long(value: i64) -> u64 {
    fnv(&value.to_le_bytes())
}

/// Hash of two hashes in order.
const fn pair(one: u64, other: u64) -> u64 {
    fnv_from(fnv(&one.to_le_bytes()), &other.to_le_bytes())
}

/// Scrambles a sum of hashes.
const fn finish(hash: u64) -> u64 {
    fnv(&hash.to_le_bytes())
}

const fn fnv(bytes: &[u8]) -> u64 {
    const OFFSET_BASIS: u64 = 0xcbf2_9ce4_8422_2325;

    fnv_from(OFFSET_BASIS, bytes)
}

/// FNV-1, the older order: multiply, then combine.
///
/// <https://datatracker.ietf.org/doc/html/draft-eastlake-fnv-17.html>
const fn fnv_from(mut hash: u64, mut bytes: &[u8]) -> u64 {
    const PRIME: u64 = 0x0000_0100_0000_01b3;

    while let [byte, rest @ ..] = bytes {
        hash = hash.wrapping_mul(PRIME) ^ *byte as u64;
        bytes = rest;
    }
    hash
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn hash(change: &Value) -> u64 {
        let mut spec = json!({
            "nodeClassRef": {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "default"},
            "expireAfter": "720h",
        });
        for (key, value) in change["spec"].as_object().into_iter().flatten() {
            spec[key] = value.clone();
        }
        let metadata = &change["metadata"];
        node_pool_hash(&json!({"spec": {"template": {"metadata": metadata, "spec": spec}}}))
    }

    #[test]
    fn templates_have_the_hashes_that_the_reference_gives_them() {
        let same = json!({"key": "a", "value": "b", "effect": "NoSchedule"});
        let other = json!({"key": "c", "effect": "NoExecute"});
        for (change, wanted) in [
            (json!({}), 6_821_555_240_594_823_858),
            (json!({"spec": {"expireAfter": "Never"}}), 17_369_979_337_536_258_260),
            (json!({"spec": {"expireAfter": "0s"}}), 15_640_125_381_500_602_090),
            (json!({"metadata": {"labels": {}}}), 1_287_117_484_082_965_808),
            (json!({"spec": {"taints": []}}), 17_700_736_223_175_069_915),
            (json!({"spec": {"taints": [same, same]}}), 17_700_736_223_175_069_915),
            (json!({"spec": {"terminationGracePeriod": "0s"}}), 10_356_118_934_572_431_967),
            (json!({"spec": {"taints": [same, other]}}), 10_450_290_681_353_908_783),
            (json!({"spec": {"taints": [other, same]}}), 10_450_290_681_353_908_783),
        ] {
            assert_eq!(hash(&change), wanted, "{change}");
        }
    }

    #[test]
    fn whole_templates_have_the_hashes_that_the_reference_gives_them() {
        let full = json!({
            "metadata": {
                "labels": {"keyLabel": "valueLabel", "keyLabel2": "valueLabel2"},
                "annotations": {
                    "keyAnnotation": "valueAnnotation", "keyAnnotation2": "valueAnnotation2"
                },
            },
            "spec": {
                "taints": [{"key": "keyvalue1", "effect": "NoExecute"}],
                "startupTaints": [{"key": "startupkeyvalue1", "effect": "NoExecute"}],
                "nodeClassRef": {
                    "group": "karpenter.test.sh", "kind": "TestNodeClass", "name": "default"
                },
                "terminationGracePeriod": "5m",
                "expireAfter": "5m",
            },
        });
        assert_eq!(hash(&full), 10_188_347_701_192_299_315);
        let gpu = json!({
            "metadata": {"labels": {"team": "a"}},
            "spec": {
                "taints": [{"key": "dedicated", "value": "gpu", "effect": "NoSchedule"}],
                "nodeClassRef": {
                    "group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "gpu"
                },
                "terminationGracePeriod": "30s",
                "expireAfter": "72h",
            },
        });
        assert_eq!(hash(&gpu), 16_493_452_619_121_047_130);
    }

    #[test]
    fn requirements_and_everything_outside_the_template_do_not_count() {
        let requirement = json!([{"key": "a", "operator": "Exists"}]);
        assert_eq!(hash(&json!({"spec": {"requirements": requirement}})), hash(&json!({})));
    }
}
