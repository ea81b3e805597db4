//! Prints which machines a set of manifests would buy, what they cost, which pod goes where, and why a pod fits nowhere.
//!
//! `cargo run --release -p karp-examples --example plan -- [FILES|FOLDERS|-]`; without files it plans the samples.
#![expect(clippy::print_stdout, reason = "a program for a terminal")]

use std::{fs, path::PathBuf, process::ExitCode};

use anyhow::{Context as _, anyhow};
use clap::{Parser, ValueEnum};
use karp_core::{
    Timestamp,
    decision::Plan,
    k8s::{ManifestError, Manifests},
    model::PodId,
    policy::Policy,
    provision,
    snapshot::Snapshot,
};
use karp_examples::{report, samples};

/// Says what manifests written for Karpenter would buy. No cluster, no account, no network.
#[derive(Parser)]
struct Arguments {
    /// Files, folders, or `-` for standard input: YAML, JSON, or what `kubectl get -A -o yaml` prints. Without: the samples.
    inputs: Vec<PathBuf>,
    /// The instant to plan at, as RFC 3339. Default: now; for the samples a fixed one.
    #[arg(long)]
    now: Option<Timestamp>,
    /// EC2 region whose figures are used.
    #[arg(long, default_value = "us-east-1")]
    region: String,
    /// Also says why this pod (NAMESPACE/NAME) is where it is, or why it has no place.
    #[arg(long, value_name = "NS/POD")]
    explain: Option<PodId>,
    /// Form of the plan.
    #[arg(long, value_enum, default_value_t = Output::Table)]
    output: Output,
    /// Also writes the plan as a self-contained HTML page.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

#[derive(Clone, Copy, Eq, PartialEq, ValueEnum)]
enum Output {
    Json,
    Table,
    Yaml,
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
    let manifests = read(&arguments.inputs)?;
    let catalog = karp_aws::catalog::bundled(&arguments.region)?;
    let snapshot = manifests.snapshot(&catalog, instant(arguments)?)?;
    let plan = provision(&snapshot, &Policy::compat());
    print(arguments, &plan, &snapshot)?;
    if let Some(path) = &arguments.html {
        let page = report::html(&plan, &snapshot)?;
        fs::write(path, page).with_context(|| format!("failed to write `{}`", path.display()))?;
    }
    let lost = manifests.errors().iter().any(ManifestError::is_loss);
    Ok(if lost { ExitCode::from(2) } else { ExitCode::SUCCESS })
}

fn read(inputs: &[PathBuf]) -> anyhow::Result<Manifests> {
    if inputs.is_empty() {
        let mut manifests = Manifests::new();
        for (name, text) in samples::FILES {
            manifests.add_text(name, text);
        }
        return Ok(manifests);
    }
    Ok(Manifests::read(inputs)?)
}

fn instant(arguments: &Arguments) -> anyhow::Result<Timestamp> {
    match arguments.now {
        Some(now) => Ok(now),
        None if arguments.inputs.is_empty() => Ok(samples::NOW.parse()?),
        None => Ok(karp_examples::clock::now()),
    }
}

fn print(arguments: &Arguments, plan: &Plan, snapshot: &Snapshot) -> anyhow::Result<()> {
    match arguments.output {
        Output::Table => print!("{}", report::table(plan, snapshot)),
        Output::Json => println!("{}", serde_json::to_string_pretty(&report::json(plan)?)?),
        Output::Yaml => print!("{}", serde_saphyr::to_string(&report::json(plan)?)?),
    }
    if let Some(pod) = &arguments.explain {
        let text = report::explain(pod, plan, snapshot)
            .ok_or_else(|| anyhow!("pod `{pod}` does not wait for a place"))?;
        println!("\n{text}");
    }
    Ok(())
}
