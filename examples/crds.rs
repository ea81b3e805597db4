//! Prints the custom resource definitions of a profile, ready for `kubectl apply -f -`.
//!
//! `cargo run -p karp-examples --example crds -- [--profile v1.14.1|head] [--provider aws|core]`

use std::io::{self, Write as _};

use clap::{Parser, ValueEnum};
use karp_aws::node_class::definitions;
use karp_core::k8s::crd::core_definitions;
use karp_core::k8s::validate::Profile;

/// Prints custom resource definitions as YAML documents.
#[derive(Parser)]
struct Arguments {
    /// Release: `v1.14.1`, or `head` for what comes after it.
    #[arg(long, default_value_t)]
    profile: Profile,
    /// Whose definitions: with node classes and label rules of EC2, or the core's alone.
    #[arg(long, value_enum, default_value_t = Provider::Aws)]
    provider: Provider,
}

#[derive(Clone, Copy, Eq, PartialEq, ValueEnum)]
enum Provider {
    Aws,
    Core,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let definitions = match arguments.provider {
        Provider::Aws => definitions(arguments.profile)?,
        Provider::Core => core_definitions(arguments.profile).to_vec(),
    };
    let documents =
        definitions.iter().map(|definition| format!("---\n{}\n", definition.yaml().trim()));
    match io::stdout().write_all(documents.collect::<String>().as_bytes()) {
        // Nobody listens any more.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => Ok(result?),
    }
}
