//! Prints the machines that ten pods need, on instance types made up here: the solver without Kubernetes and without a cloud.
#![expect(clippy::print_stdout, reason = "an example prints")]

use karp_core::{
    check,
    model::{CapacityType::OnDemand, InstanceType, NodePool, Pod, usd},
    policy::Policy,
    provision,
    snapshot::Snapshot,
};

fn main() -> anyhow::Result<()> {
    let large =
        InstanceType::new("m.large").cpu("2").memory("8Gi").offering("z1", OnDemand, usd("0.096"));
    let small =
        InstanceType::new("m.small").cpu("1").memory("4Gi").offering("z1", OnDemand, usd("0.05"));
    let snapshot = Snapshot::builder("2026-01-15T12:00:00Z".parse()?)
        .instance_types([large, small])
        .node_pool(NodePool::new("general").limit("cpu", "100"))
        .pods((0..10).map(|i| Pod::new(format!("web-{i}")).request("cpu", "500m")))
        .build()?;

    let policy = Policy::compat();
    let plan = provision(&snapshot, &policy);
    print!("{plan}");

    anyhow::ensure!(
        plan.machines().len() == 3,
        "four pods fill a large machine, so three are needed"
    );
    anyhow::ensure!(
        check(&snapshot, &policy, &plan).is_ok(),
        "the plan must hold under independent rules"
    );
    Ok(())
}
