//! Resources as columns of numbers; not what they are requested for.

use rustc_hash::FxHashMap;

use super::table::{Id, Rows, Table, id_types};
use crate::model::{ResourceName, Resources};

id_types! {
    /// A resource that some pod or daemon asks for.
    ResourceIx;
    /// Amounts that equal pods ask for.
    RequestId;
}

/// The resources that anybody asks for, in name order.
///
/// A resource that nobody asks for refuses nobody, unless a place has less than nothing of it; places are checked for that once.
#[derive(Clone, Debug)]
pub(crate) struct Axis {
    names: Table<ResourceIx, ResourceName>,
}

impl Axis {
    /// The axis of all resources of these lists, and the number of pods.
    pub(crate) fn of<'r>(lists: impl IntoIterator<Item = &'r Resources>) -> Self {
        let mut names = vec![ResourceName::PODS];
        for list in lists {
            for (name, _) in list.iter() {
                if !names.contains(name) {
                    names.push(name.clone());
                }
            }
        }
        names.sort_unstable();
        Self { names: Table::from_rows(names) }
    }

    /// How many resources.
    pub(crate) const fn len(&self) -> usize {
        self.names.len()
    }

    /// Resources in order.
    pub(crate) fn names(&self) -> &[ResourceName] {
        self.names.rows()
    }

    /// The name of a resource.
    pub(crate) fn name(&self, resource: ResourceIx) -> &ResourceName {
        &self.names[resource]
    }

    /// The column of a resource.
    pub(crate) fn column(&self, name: &ResourceName) -> Option<usize> {
        self.names().iter().position(|own| own == name)
    }

    /// Amounts as a row, resource by resource.
    pub(crate) fn row(&self, amounts: &Resources) -> Vec<i64> {
        self.names().iter().map(|name| amounts.amount(name)).collect()
    }

    /// A row as amounts, zeros left out.
    pub(crate) fn amounts(&self, row: &[i64]) -> Resources {
        let named = self.names().iter().zip(row);
        named.filter(|(_, amount)| **amount != 0).map(|(name, amount)| (name, *amount)).collect()
    }
}

/// Distinct requests.
#[derive(Clone, Debug)]
pub(crate) struct Requests {
    rows: Rows<RequestId, i64>,
    ids: FxHashMap<Vec<i64>, RequestId>,
}

impl Requests {
    /// None yet, over `axis`.
    pub(crate) fn new(axis: &Axis) -> Self {
        Self { rows: Rows::new(axis.len()), ids: FxHashMap::default() }
    }

    /// Interns what one pod asks for: its requests, and one pod.
    pub(crate) fn pod(&mut self, axis: &Axis, requests: &Resources) -> RequestId {
        let mut row = axis.row(requests);
        if let Some(pods) = axis.column(&ResourceName::PODS).and_then(|at| row.get_mut(at)) {
            *pods = pods.saturating_add(1);
        }
        if let Some(&id) = self.ids.get(&row) {
            return id;
        }
        let id = self.rows.push(&row, 0);
        self.ids.insert(row, id);
        id
    }

    /// The amounts of a request.
    #[inline]
    pub(crate) fn of(&self, request: RequestId) -> &[i64] {
        &self.rows[request]
    }

    /// How many distinct requests there are.
    pub(crate) const fn len(&self) -> usize {
        self.rows.len()
    }

    /// All requests.
    pub(crate) fn ids(&self) -> impl Iterator<Item = RequestId> {
        (0..self.rows.len()).map(RequestId::at)
    }
}
