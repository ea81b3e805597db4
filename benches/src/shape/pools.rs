//! The pools of each shape; not the pods.

use karp_core::model::{Effect, NodePool, NodePoolName, Operator, RequirementEntry, Taint, label};

pub(super) fn general() -> NodePool {
    NodePool::new("default").limit("cpu", "10000000").limit("memory", "10000000Gi")
}

/// A pool of a team, with its taint or for two zones only.
pub(super) fn varied_pool(index: usize) -> NodePool {
    let team = format!("team-{index:02}");
    let pool = NodePool::new(NodePoolName::from(team.as_str())).limit("cpu", "1000000");
    let pool = pool.label("team", team.clone());
    match index % 3 {
        0 => pool.taint(Taint::new("team", Effect::NoSchedule).with_value(team)),
        1 => pool.requirement(RequirementEntry::new(
            label::ZONE,
            Operator::In,
            ["test-zone-1", "test-zone-2"],
        )),
        _ => pool,
    }
}

/// A pool that keeps many types and both zones possible; heavier ones demand more.
pub(super) fn demanding_pool(index: u32) -> NodePool {
    let least = |key: &str, values: u32| {
        RequirementEntry::new(key, Operator::Exists, Vec::<String>::new()).with_min_values(values)
    };
    NodePool::new(NodePoolName::from(format!("pool-{index:02}").as_str()))
        .requirement(least(label::INSTANCE_TYPE, 50))
        .requirement(least(label::ZONE, 2))
        .limit("cpu", "100000")
        .weighing(index)
}
