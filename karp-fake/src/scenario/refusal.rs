//! The kinds of refusal that answers tell apart; karp's own reasons are finer.

use karp_core::explain::Reason;

/// The kind of refusal, in the words of scenario files, that a reason falls into.
///
/// For information: answers name the kinds over all pools, without order.
pub fn refusal_kind(reason: &Reason) -> &'static str {
    match reason.code() {
        "label-unknown" => "label-unknown",
        "limit-exceeded" => "pool-limit",
        "no-instance-type" => "no-instance-type",
        "no-types-in-pool" => "no-types-in-any-pool",
        "no-dynamic-pool" => "no-dynamic-pool",
        "node-limit-reached" => "pool-node-limit",
        "opted-out" => "ignored-opted-out",
        "requirement-conflict" => "requirements",
        "restricted-label" => "ignored-restricted-label",
        "taint-not-tolerated" => "taint",
        other => other,
    }
}
