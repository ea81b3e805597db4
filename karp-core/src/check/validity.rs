//! Whether what a pod demands of labels is against the rules of Kubernetes; not whether a place meets it.

use crate::model::{
    Operator, Pod, RequirementEntry, Vocabulary, check_label_value, check_qualified_name,
};

/// Everything that a pod demands of labels, under the current names of the labels.
pub(super) fn demands<'p>(
    pod: &'p Pod,
    vocabulary: &'p Vocabulary,
) -> impl Iterator<Item = RequirementEntry> + 'p {
    let selector = pod
        .spec
        .node_selector
        .iter()
        .map(|(key, value)| RequirementEntry::new(key, Operator::In, [value.as_str()]));
    let required = pod.spec.node_affinity.required.iter();
    let terms = required.flat_map(|term| term.match_expressions.iter().cloned());
    selector.chain(terms).map(|mut entry| {
        entry.key = vocabulary.canonical_key(&entry.key).to_owned();
        entry
    })
}

/// Whether a key, a value or the number of values is not allowed.
/// <https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set>
pub(super) fn is_invalid(entry: &RequirementEntry, vocabulary: &Vocabulary) -> bool {
    let is_integer = |value: &String| value.parse::<i64>().is_ok_and(|integer| integer >= 0);
    let wrong_values = match entry.operator {
        Operator::In => {
            let closed = vocabulary.closed_values(&entry.key);
            let known = |value: &String| closed.is_none_or(|closed| closed.contains(value));
            !entry.values.iter().any(known)
        }
        Operator::Gt | Operator::Gte | Operator::Lt | Operator::Lte => {
            entry.values.len() != 1 || !entry.values.iter().all(is_integer)
        }
        Operator::DoesNotExist | Operator::Exists | Operator::NotIn => false,
    };
    wrong_values
        || check_qualified_name(&entry.key).is_err()
        || entry.values.iter().any(|value| check_label_value(value).is_err())
}
