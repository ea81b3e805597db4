//! Prints why a pod stays pending: per pool the rule that excludes it, by how much, and the changes that would surely help, smallest first.
#![expect(clippy::print_stdout, reason = "an example prints")]

use karp_core::{
    advise::Advisor,
    model::{CapacityType::OnDemand, Effect, InstanceType, NodePool, Pod, Taint, usd},
    policy::Policy,
    provision,
    snapshot::Snapshot,
};

fn main() -> anyhow::Result<()> {
    let types = [
        InstanceType::new("m.large").cpu("2").memory("8Gi").offering("z1", OnDemand, usd("0.096")),
        InstanceType::new("m.xlarge").cpu("4").memory("16Gi").offering(
            "z1",
            OnDemand,
            usd("0.192"),
        ),
    ];
    let snapshot = Snapshot::builder("2026-01-15T12:00:00Z".parse()?)
        .instance_types(types)
        .node_pool(NodePool::new("general"))
        .node_pool(NodePool::new("gpu").taint(Taint::new("nvidia.com/gpu", Effect::NoSchedule)))
        .node_pool(NodePool::new("small").limit("cpu", "1"))
        .pod(Pod::new("too-big").request("cpu", "6").request("memory", "4Gi"))
        .pod(Pod::new("in-the-wrong-zone").on_nodes_with("topology.kubernetes.io/zone", "z9"))
        .build()?;

    let policy = Policy::compat();
    let plan = provision(&snapshot, &policy);
    let mut advisor = Advisor::new(&snapshot, &policy, &plan);
    for pod in plan.unplaced() {
        print!("{}", pod.explain(&snapshot).reasons_alone());
        if let Some(advice) = advisor.of(&pod.pod) {
            println!("what helps, after planning it:\n{advice}");
        }
    }
    Ok(())
}
