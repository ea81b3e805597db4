//! Where the volumes of a pod can be used, as numbers: alternatives in the order in which they are tried; not which one is taken.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{
    algebra::{Algebra, ReqId, SetId},
    reader::Reader,
    storage::{BadVolume, Mount},
    table::{Id, Table, id_types},
};
use crate::explain::VolumeProblem;

id_types! {
    /// A list of alternatives.
    VolumesId;
}

/// Most alternatives that are told apart: a product of many volumes with many zones each would be without end.
const MOST: usize = 1_024;

/// A place where all volumes of a pod can be used.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Alternative {
    /// What a machine must be, without the host name.
    pub(crate) set: SetId,
    /// What its host name must be.
    pub(crate) host: Option<ReqId>,
}

/// Distinct lists of alternatives.
#[derive(Clone, Debug)]
pub(crate) struct Volumes {
    rows: Table<VolumesId, Arc<[Alternative]>>,
    ids: FxHashMap<Arc<[Alternative]>, VolumesId>,
}

impl Default for Volumes {
    fn default() -> Self {
        let mut volumes = Self { rows: Table::default(), ids: FxHashMap::default() };
        volumes.intern(vec![Alternative { set: Algebra::nothing(), host: None }]);
        volumes
    }
}

impl Volumes {
    /// No constraint: one alternative that asks for nothing.
    pub(crate) fn none() -> VolumesId {
        VolumesId::at(0)
    }

    /// The alternatives, in the order in which they are tried; at least one.
    pub(crate) fn of(&self, id: VolumesId) -> &[Alternative] {
        &self.rows[id]
    }

    /// Interns a list.
    fn intern(&mut self, alternatives: Vec<Alternative>) -> VolumesId {
        let row: Arc<[Alternative]> = alternatives.into();
        if let Some(&id) = self.ids.get(&row) {
            return id;
        }
        let id = self.rows.push(Arc::clone(&row));
        self.ids.insert(row, id);
        id
    }

    /// The alternatives of a pod: one of each of its volumes, those dropped that exclude each other.
    pub(super) fn read(
        &mut self,
        mounts: &[Mount<'_>],
        reader: Reader<'_>,
        algebra: &mut Algebra,
    ) -> Result<VolumesId, BadVolume> {
        let mut kept = vec![Algebra::nothing()];
        for mount in mounts {
            let own: Vec<SetId> = mount
                .terms(reader.vocabulary())
                .map(|term| reader.entries(algebra, term))
                .collect();
            if own.is_empty() {
                continue;
            }
            kept = product(&kept, &own, algebra);
            let problem = match kept.len() {
                0 => VolumeProblem::Elsewhere,
                1..=MOST => continue,
                _ => VolumeProblem::TooManyPlaces { most: MOST },
            };
            return Err(BadVolume { claim: mount.claim.to_owned(), problem });
        }
        let host_key = algebra.names().host();
        let alternative = |set: SetId| match host_key
            .and_then(|key| Some((key, algebra.get(set, key)?)))
        {
            Some((key, host)) => Alternative { set: algebra.without(set, key), host: Some(host) },
            None => Alternative { set, host: None },
        };
        let alternatives = kept.into_iter().map(alternative).collect();
        Ok(self.intern(alternatives))
    }
}

/// Each of `left` with each of `right`, in order, once; without those that no machine can ever be.
fn product(left: &[SetId], right: &[SetId], algebra: &mut Algebra) -> Vec<SetId> {
    let mut found = Vec::new();
    let mut seen = rustc_hash::FxHashSet::default();
    for &first in left {
        for &second in right {
            let both = algebra.join(first, second);
            let is_void = algebra.entries(both).iter().any(|&(_, req)| algebra.of(req).is_void());
            if !is_void && seen.insert(both) {
                found.push(both);
            }
            if found.len() > MOST {
                return found;
            }
        }
    }
    found
}
