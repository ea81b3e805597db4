//! Remembers which instance types a set of requirements leaves; not which of them are large enough.

use rustc_hash::FxHashMap;

use crate::compile::{
    algebra::{Algebra, ReqId, SetId},
    bits::Bits,
    catalog::Catalog,
};

/// Types of one catalog by requirements.
#[derive(Clone, Debug, Default)]
pub(super) struct Filter {
    by_req: FxHashMap<ReqId, Bits>,
    by_set: FxHashMap<SetId, Bits>,
}

impl Filter {
    /// Positions that meet every requirement of `set` and have an available offering that it allows.
    pub(super) fn ok(&mut self, catalog: &Catalog, algebra: &Algebra, set: SetId) -> &[u64] {
        let Self { by_req, by_set } = self;
        by_set
            .entry(set)
            .or_insert_with(|| {
                let mut ok = catalog.offered(algebra, set);
                for &(_, req) in algebra.entries(set) {
                    let with = by_req.entry(req).or_insert_with(|| catalog.with(algebra, req));
                    ok.intersect(with.words());
                }
                ok
            })
            .words()
    }
}
