//! Prints the plan of manifests in a folder given as argument (default: the samples), with EC2's bundled figures.
#![expect(clippy::print_stdout, reason = "an example prints")]

use karp_core::{k8s::Manifests, policy::Policy, provision};

fn main() -> anyhow::Result<()> {
    let folder = std::env::args().nth(1);
    let folder = folder.as_deref().unwrap_or(concat!(env!("CARGO_MANIFEST_DIR"), "/samples"));
    let manifests = Manifests::read([folder])?;
    let catalog = karp_aws::catalog::bundled("us-east-1")?;
    let snapshot = manifests.snapshot(&catalog, "2026-01-15T12:00:00Z".parse()?)?;

    let plan = provision(&snapshot, &Policy::compat());
    print!("{plan}");
    for pod in plan.unplaced() {
        print!("{}", pod.explain(&snapshot));
    }
    Ok(())
}
