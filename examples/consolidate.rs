//! Prints what a pass of disruption makes of every node of a cluster, what that saves, and what a week of passes would do.
//!
//! `cargo run --release -p karp-examples --example consolidate -- [FILES|FOLDERS|-]`; without files it looks at a sample cluster.
#![expect(clippy::print_stdout, reason = "a program for a terminal")]

use std::{fs, path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::{Parser, ValueEnum};
use karp_core::{
    Timestamp,
    k8s::{ManifestError, Manifests},
    policy::Policy,
};
use karp_examples::{
    clock,
    consolidation::{self, Consolidation},
    samples,
};

/// Says which nodes would go, and why the others stay. Reads a dump; no cluster, no account, no network, nothing is changed.
#[derive(Parser)]
struct Arguments {
    /// Files, folders, or `-` for standard input: what `kubectl get -A -o yaml` prints. Without: a sample cluster.
    inputs: Vec<PathBuf>,
    /// The instant of the pass, as RFC 3339. Default: now; for the sample a fixed one.
    #[arg(long)]
    now: Option<Timestamp>,
    /// By whose rules: the reference's, or those that karp holds to be better.
    #[arg(long, value_enum, default_value_t = Rules::Compat)]
    policy: Rules,
    /// Opens the gate `SpotToSpotConsolidation`.
    #[arg(long)]
    spot_to_spot: bool,
    /// EC2 region whose figures are used.
    #[arg(long, default_value = "us-east-1")]
    region: String,
    /// Form of the report.
    #[arg(long, value_enum, default_value_t = Output::Table)]
    output: Output,
    /// Also writes the report as a self-contained HTML page.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

#[derive(Clone, Copy, Eq, PartialEq, ValueEnum)]
enum Rules {
    Better,
    Compat,
}

#[derive(Clone, Copy, Eq, PartialEq, ValueEnum)]
enum Output {
    Json,
    Table,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(code) => code,
        Err(error) => {
            println!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let is_sample = arguments.inputs.is_empty();
    let manifests = if is_sample {
        let (name, text) = samples::CONSOLIDATE;
        Manifests::parse(name, text)
    } else {
        Manifests::read(&arguments.inputs)?
    };
    let now = match arguments.now {
        Some(now) => now,
        None if is_sample => samples::NOW.parse()?,
        None => clock::now(),
    };
    let catalog = karp_aws::catalog::bundled(&arguments.region)?;
    let snapshot = manifests.snapshot(&catalog, now)?;
    let mut policy = match arguments.policy {
        Rules::Better => Policy::better(),
        Rules::Compat => Policy::compat(),
    };
    policy.feature_gates.spot_to_spot_consolidation = arguments.spot_to_spot;
    let report = Consolidation::of(&snapshot, &policy);
    match arguments.output {
        Output::Table => print!("{}", consolidation::table(&report)?),
        Output::Json => {
            println!("{}", serde_json::to_string_pretty(&consolidation::json(&report))?);
        }
    }
    if let Some(path) = &arguments.html {
        let page = consolidation::html(&report)?;
        fs::write(path, page).with_context(|| format!("failed to write `{}`", path.display()))?;
    }
    let lost = manifests.errors().iter().any(ManifestError::is_loss);
    Ok(if lost { ExitCode::from(2) } else { ExitCode::SUCCESS })
}
