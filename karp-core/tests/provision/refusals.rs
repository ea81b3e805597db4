//! What a refusal says.

use karp_core::model::label;

use super::fixture::*;

#[test]
fn the_first_rule_is_named_with_what_was_demanded_and_what_there_is() {
    let text = |plan: &karp_core::decision::Plan| plan.unplaced[0].to_string();
    let conflict =
        plan(pool().requirement(is_in(ZONE, &["z1"])), [pod("p").on_nodes_with(ZONE, "z2")]);
    let expected = format!("the pod demands {ZONE} In [z2], the pool offers {ZONE} In [z1]");
    assert!(text(&conflict).contains(&expected), "{}", text(&conflict));
    let typo = plan(pool(), [pod("p").on_nodes_with("topology.kubernetes.io/zon", "z1")]);
    assert!(text(&typo).contains(&format!("was `{ZONE}` meant?")), "{}", text(&typo));
}

#[test]
fn opting_out_of_all_pools_is_understood() {
    let plan = plan(pool(), [pod("p").require_any_of([absent(label::NODE_POOL)])]);
    assert_eq!(codes(&plan, "p"), ["opted-out"]);
}
