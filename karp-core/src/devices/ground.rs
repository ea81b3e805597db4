//! Places on which devices are to be used, and whether a device can be; not which device is taken.

use crate::model::{
    DeviceNodes, NodeSelectorTerm, Operator, Requirement, Requirements, Undefined, Vocabulary,
};

/// A place on which devices are to be used.
pub trait Ground {
    /// What is known of the place; narrows as devices are chosen.
    type State: Clone;

    /// The place as one on which devices for `nodes` can be used, too; none when it can't be. Of several terms, `way` says which.
    fn narrowed(&self, state: &Self::State, nodes: &DeviceNodes, way: usize)
    -> Option<Self::State>;
}

/// A node that is there.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "callers make it")]
pub struct OnNode<'n> {
    /// Its name.
    pub name: &'n str,
    /// Its labels.
    pub labels: &'n Requirements,
    /// Label keys that have several names.
    pub vocabulary: &'n Vocabulary,
}

/// A machine to buy: what it must be narrows to where its devices are.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "callers make it")]
pub struct NewMachine<'n> {
    /// Label keys that the provider knows.
    pub vocabulary: &'n Vocabulary,
}

impl Ground for OnNode<'_> {
    type State = ();

    fn narrowed(&self, (): &(), nodes: &DeviceNodes, way: usize) -> Option<()> {
        let reaches = match nodes {
            DeviceNodes::Nowhere => false,
            DeviceNodes::All => true,
            DeviceNodes::Named(name) => name == self.name,
            DeviceNodes::Matching(terms) => terms.get(way).is_some_and(|term| {
                !is_empty(term)
                    && self.meets_fields(term)
                    && self.labels.is_compatible(&demand(term, self.vocabulary), Undefined::Strict)
            }),
        };
        reaches.then_some(())
    }
}

impl OnNode<'_> {
    /// Kubernetes knows one field of nodes: their name.
    fn meets_fields(&self, term: &NodeSelectorTerm) -> bool {
        term.match_fields.iter().all(|entry| {
            let is_named = entry.values.iter().any(|name| name == self.name);
            entry.key == "metadata.name"
                && match entry.operator {
                    Operator::In => is_named,
                    Operator::NotIn => !is_named,
                    Operator::Exists
                    | Operator::DoesNotExist
                    | Operator::Gt
                    | Operator::Lt
                    | Operator::Gte
                    | Operator::Lte => false,
                }
        })
    }
}

impl Ground for NewMachine<'_> {
    type State = Requirements;

    fn narrowed(
        &self,
        state: &Requirements,
        nodes: &DeviceNodes,
        way: usize,
    ) -> Option<Requirements> {
        match nodes {
            DeviceNodes::Nowhere | DeviceNodes::Named(_) => None,
            DeviceNodes::All => Some(state.clone()),
            DeviceNodes::Matching(terms) => {
                // Nobody knows the name of a node that does not exist.
                let term = terms.get(way).filter(|term| term.match_fields.is_empty())?;
                let demand = demand(term, self.vocabulary);
                let undefined = Undefined::WellKnown(self.vocabulary);
                if is_empty(term) || !state.is_compatible(&demand, undefined) {
                    return None;
                }
                let mut narrowed = state.clone();
                narrowed.add_all(&demand);
                Some(narrowed)
            }
        }
    }
}

/// Kubernetes lets an empty term select nothing.
const fn is_empty(term: &NodeSelectorTerm) -> bool {
    term.match_expressions.is_empty() && term.match_fields.is_empty()
}

fn demand(term: &NodeSelectorTerm, vocabulary: &Vocabulary) -> Requirements {
    let mut demand = Requirements::new();
    for entry in &term.match_expressions {
        demand.add(Requirement::from(entry).normalized(vocabulary));
    }
    demand
}
