//! Pods by what selectors can see of them; not what selects them for.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::{scope::Audience, term::Terms};
use crate::{
    compile::table::{Table, id_types},
    model::{Labels, SelectorOperator},
};

id_types! {
    /// Pods that no selector can tell apart.
    LabelsId;
}

/// Pods by what selectors can see of them: the namespace, and labels that some selector mentions.
#[derive(Clone, Debug, Default)]
pub(in crate::compile) struct LabelClasses {
    mentioned: BTreeSet<String>,
    ids: FxHashMap<(String, Labels), LabelsId>,
    rows: Table<LabelsId, (String, Labels)>,
}

impl LabelClasses {
    /// Classes as these constraints see them.
    pub(in crate::compile) fn new(terms: &Terms) -> Self {
        let mut mentioned = BTreeSet::new();
        for selector in terms.rows.rows().iter().filter_map(|term| term.audience.selector.as_ref())
        {
            mentioned.extend(selector.match_labels.keys().cloned());
            mentioned.extend(selector.match_expressions.iter().map(|own| own.key.clone()));
        }
        Self { mentioned, ..Self::default() }
    }

    /// The class of a pod.
    pub(in crate::compile) fn class(&mut self, namespace: &str, labels: &Labels) -> LabelsId {
        let seen: Labels = labels
            .iter()
            .filter(|(key, _)| self.mentioned.contains(*key))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        let key = (namespace.to_owned(), seen);
        if let Some(&id) = self.ids.get(&key) {
            return id;
        }
        let id = self.rows.push(key.clone());
        self.ids.insert(key, id);
        id
    }

    /// Whether a constraint is about the pods of a class.
    pub(super) fn is_meant(&self, class: LabelsId, audience: &Audience) -> bool {
        let (namespace, labels) = &self.rows[class];
        audience.includes(namespace, labels)
    }

    /// For each class, which of `audiences` include it, in their order.
    pub(super) fn selecting<'a, G: Copy + Ord>(
        &self,
        audiences: impl Iterator<Item = (G, &'a Audience)>,
    ) -> Table<LabelsId, Vec<G>> {
        // Selectors that demand one value of a label are found by it, the others are asked one by one.
        let mut by_label: FxHashMap<(&str, &str), Vec<(G, &Audience)>> = FxHashMap::default();
        let mut others: Vec<(G, &Audience)> = Vec::new();
        for (id, audience) in audiences {
            match demanded(audience) {
                Some(label) => by_label.entry(label).or_default().push((id, audience)),
                None => others.push((id, audience)),
            }
        }
        let of_class = |(namespace, labels): &(String, Labels)| {
            let indexed = labels
                .iter()
                .filter_map(|(key, value)| by_label.get(&(key.as_str(), value.as_str())))
                .flatten();
            let mut selecting: Vec<G> = indexed
                .chain(&others)
                .filter(|(_, audience)| audience.includes(namespace, labels))
                .map(|(id, _)| *id)
                .collect();
            selecting.sort_unstable();
            selecting
        };
        Table::from_rows(self.rows.rows().iter().map(of_class).collect())
    }
}

/// A label that every selected pod has.
fn demanded(audience: &Audience) -> Option<(&str, &str)> {
    let selector = audience.selector.as_ref()?;
    if let Some((key, value)) = selector.match_labels.iter().next() {
        return Some((key, value));
    }
    selector.match_expressions.iter().find_map(|own| match (own.operator, own.values.as_slice()) {
        (SelectorOperator::In, [value]) => Some((own.key.as_str(), value.as_str())),
        _ => None,
    })
}
