//! The kinds of refusal that answers tell apart; karp's own reasons are finer.

use std::collections::BTreeSet;

use karp_core::explain::{Reason, Unplaced};

/// Kind of a pod that no pool can serve because there is none.
const NO_POOL: &str = "no-dynamic-pool";
/// Kind of a pod for which no pool has a type left.
const NO_TYPES: &str = "no-types-in-any-pool";

/// The kinds of refusal, in the words of scenario files, that a pod's reasons fall into: over all pools, in order, each once.
///
/// For information: answers are compared without them. The reference does not speak of pools that it does not use, and of pools
/// without types only when all are.
pub fn refusal_kinds(unplaced: &Unplaced) -> Vec<String> {
    let mut kinds: BTreeSet<&str> = unplaced
        .reasons
        .iter()
        .filter(|refusal| !matches!(refusal.reason, Reason::PoolExcluded { .. }))
        .map(|refusal| kind(&refusal.reason))
        .collect();
    if kinds.len() > 1 {
        kinds.remove(NO_TYPES);
    }
    if kinds.is_empty() {
        kinds.insert(NO_POOL);
    }
    kinds.into_iter().map(str::to_owned).collect()
}

fn kind(reason: &Reason) -> &'static str {
    match reason.code() {
        "limit-exceeded" => "pool-limit",
        "no-dynamic-pool" => NO_POOL,
        "no-types-in-pool" => NO_TYPES,
        "node-limit-reached" => "pool-node-limit",
        "opted-out" => "ignored-opted-out",
        "contradiction" | "requirement-conflict" => "requirements",
        "restricted-label" => "ignored-restricted-label",
        "taint-not-tolerated" => "taint",
        // Kinds of the same name, and codes that the reference has no kind for.
        other => other,
    }
}
