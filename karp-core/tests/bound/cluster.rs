//! How many random clusters are looked at.

use proptest::{prelude::*, test_runner::RngSeed};

/// `short` cases, the same ones every time, or as many new ones as the variable `PROPTEST_CASES` says.
pub(crate) fn cases(short: u32) -> ProptestConfig {
    let asked = ProptestConfig::default();
    let is_short = asked.cases == 256;
    let cases = if is_short { short } else { asked.cases };
    let rng_seed = if is_short { RngSeed::Fixed(1) } else { RngSeed::Random };
    ProptestConfig { cases, rng_seed, failure_persistence: None, max_shrink_iters: 2_000, ..asked }
}
