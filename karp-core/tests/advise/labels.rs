//! Demands on labels and taints, of pods and of pools; pools that are not used.

use karp_core::model::{Effect, Operator, RequirementEntry, Taint, label};

use super::fixture::*;

#[test]
fn a_taint_is_tolerated_or_removed() {
    let taint = || Taint::new("team", Effect::NoSchedule).with_value("blue");
    let found = helps(world().node_pool(pool().taint(taint())).pod(pod("p")));
    assert_eq!(
        found,
        [
            "let pods like `default/p` tolerate team=blue:NoSchedule",
            "remove the taint team=blue:NoSchedule from node pool `general`",
        ]
    );
    let bare = Taint::new("team", Effect::NoExecute);
    let found = helps(world().node_pool(pool().taint(bare)).pod(pod("p")));
    assert_eq!(found[0], "let pods like `default/p` tolerate team:NoExecute");
}

#[test]
fn a_selector_against_the_pool_is_dropped_or_the_pool_is_widened() {
    let found = helps(
        world()
            .node_pool(pool().requirement(is_in(ZONE, &["z1"])))
            .pod(pod("p").on_nodes_with(ZONE, "z2")),
    );
    assert_eq!(
        found,
        [
            format!("add z2 to the requirement {ZONE} In [z1] of node pool `general`"),
            format!("drop {ZONE}=z2 from the node selector of pods like `default/p`"),
            format!("drop the requirement {ZONE} In [z1] of node pool `general`"),
        ]
    );
}

#[test]
fn a_node_term_against_the_pool_is_dropped() {
    let demand = RequirementEntry::new(ZONE, Operator::NotIn, ["z1"]);
    let found = helps(
        world()
            .node_pool(pool().requirement(is_in(ZONE, &["z1"])))
            .pod(pod("p").require_any_of([demand, is_in("kubernetes.io/arch", &["amd64"])])),
    );
    assert_eq!(
        found,
        [
            format!("drop {ZONE} NotIn [z1] from the node affinity of pods like `default/p`"),
            format!("drop the requirement {ZONE} In [z1] of node pool `general`"),
        ]
    );
}

#[test]
fn a_label_that_no_type_has_is_dropped() {
    let found =
        helps(world().node_pool(pool()).pod(pod("p").on_nodes_with("kubernetes.io/arch", "arm64")));
    assert_eq!(
        found,
        ["drop kubernetes.io/arch=arm64 from the node selector of pods like `default/p`"]
    );
}

#[test]
fn a_misspelt_label_is_put_right() {
    let key = "topology.kubernetes.io/zon";
    let found = helps(world().node_pool(pool()).pod(pod("p").on_nodes_with(key, "z1")));
    assert_eq!(
        found,
        [
            format!("write `{ZONE}` where the node demands of pods like `default/p` say `{key}`"),
            format!("add the label {key}=z1 to the template of node pool `general`"),
            format!("drop {key}=z1 from the node selector of pods like `default/p`"),
        ]
    );
}

#[test]
fn a_label_of_ones_own_is_added_to_the_pool() {
    let found = helps(world().node_pool(pool()).pod(pod("p").on_nodes_with("team", "blue")));
    assert_eq!(
        found,
        [
            "add the label team=blue to the template of node pool `general`",
            "drop team=blue from the node selector of pods like `default/p`",
        ]
    );
}

#[test]
fn demands_that_exclude_each_other_are_dropped_one_by_one() {
    let found = helps(
        world()
            .node_pool(pool())
            .pod(pod("p").on_nodes_with(ZONE, "z1").require_any_of([is_in(ZONE, &["z2"])])),
    );
    assert_eq!(
        found,
        [
            format!("drop {ZONE}=z1 from the node selector of pods like `default/p`"),
            format!("drop {ZONE} In [z2] from the node affinity of pods like `default/p`"),
        ]
    );
}

#[test]
fn demands_against_the_rules_are_dropped() {
    let bad = RequirementEntry::new("size", Operator::Gt, ["many"]);
    let found = helps(world().node_pool(pool()).pod(pod("p").require_any_of([bad])));
    assert_eq!(found, ["drop size Gt [many] from the node affinity of pods like `default/p`"]);
    let key = "karpenter.sh/made-up";
    let found = helps(world().node_pool(pool()).pod(pod("p").on_nodes_with(key, "x")));
    assert_eq!(found, [format!("drop {key}=x from the node selector of pods like `default/p`")]);
}

#[test]
fn a_pod_that_wants_no_pool_gets_one_when_it_wants_one() {
    let absent = RequirementEntry::new(label::NODE_POOL, Operator::DoesNotExist, [""; 0]);
    let found = helps(world().node_pool(pool()).pod(pod("p").require_any_of([absent])));
    let text =
        "drop karpenter.sh/nodepool DoesNotExist from the node affinity of pods like `default/p`";
    assert_eq!(found, [text]);
}

#[test]
fn a_pool_whose_requirements_leave_no_type_loses_one() {
    let found = helps(
        world()
            .node_pool(pool().requirement(is_in("kubernetes.io/arch", &["arm64"])))
            .pod(pod("p")),
    );
    assert_eq!(
        found,
        ["drop the requirement kubernetes.io/arch In [arm64] of node pool `general`"]
    );
}

#[test]
fn a_pool_that_asks_for_a_host_name_stops_doing_so() {
    let key = "kubernetes.io/hostname";
    let found = helps(world().node_pool(pool().requirement(is_in(key, &["a"]))).pod(pod("p")));
    assert_eq!(found, [format!("drop the requirement {key} In [a] of node pool `general`")]);
}

#[test]
fn a_pool_that_is_not_used_is_mended() {
    let excluded = world().node_pool(pool()).exclude_pool("general", "node-class-not-ready");
    let text = "mend what keeps node pool `general` from being used: node-class-not-ready";
    assert_eq!(helps(excluded.pod(pod("p"))), [text]);
    let other = karp_core::model::NodePool::new("other").limit("cpu", "1");
    let beside =
        world().node_pools([pool(), other]).exclude_pool("general", "node-class-not-ready");
    let found = helps(beside.pod(pod("p")));
    assert_eq!(found, ["raise the cpu limit of node pool `other` from 1 to 2, by 1", text]);
}

#[test]
fn fields_and_resource_claims_are_dropped() {
    let mut fields = pod("p");
    let term = karp_core::model::NodeSelectorTerm {
        match_expressions: vec![is_in(ZONE, &["z1"])],
        match_fields: vec![is_in("metadata.name", &["n"])],
    };
    fields.spec_mut().node_affinity.required.push(term);
    let found = helps(world().node_pool(pool()).pod(fields));
    assert_eq!(found, ["drop matchFields from the node affinity of pods like `default/p`"]);
    let claiming = helps(world().node_pool(pool()).pod(pod("p").claim("gpu")));
    assert_eq!(claiming, ["drop the resource claims of pods like `default/p`"]);
}
