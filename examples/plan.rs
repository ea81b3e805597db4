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
use karp_examples::{
    report::{self, Explanations},
    samples,
};

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
    /// Also says why pods have no place and what would help, and why the others are where they are: of all, or of this one (NAMESPACE/NAME).
    #[arg(long, value_name = "NS/POD")]
    #[expect(clippy::option_option, reason = "clap's form of a flag whose value may be left out")]
    explain: Option<Option<PodId>>,
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
    let policy = Policy::compat();
    let plan = provision(&snapshot, &policy);
    let explanations = explanations(arguments, (&snapshot, &policy, &plan))?;
    print(arguments, (&plan, &snapshot), explanations.as_ref())?;
    if let Some(path) = &arguments.html {
        let page = report::html(&plan, &snapshot, explanations.as_ref())?;
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

/// What is asked to be explained.
fn explanations(
    arguments: &Arguments,
    (snapshot, policy, plan): (&Snapshot, &Policy, &Plan),
) -> anyhow::Result<Option<Explanations>> {
    match &arguments.explain {
        None => Ok(None),
        Some(None) => Ok(Some(Explanations::of_plan(snapshot, policy, plan))),
        Some(Some(pod)) => Explanations::of_pod(pod, (snapshot, policy, plan))
            .map(Some)
            .ok_or_else(|| anyhow!("pod `{pod}` does not wait for a place")),
    }
}

fn print(
    arguments: &Arguments,
    (plan, snapshot): (&Plan, &Snapshot),
    explanations: Option<&Explanations>,
) -> anyhow::Result<()> {
    match arguments.output {
        Output::Table => {
            print!("{}", report::table(plan, snapshot));
            if let Some(explanations) = explanations {
                let text = explanations.to_string();
                print!("{}{text}", if text.is_empty() { "" } else { "\n" });
            }
        }
        Output::Json => {
            let plan = report::json(plan, explanations)?;
            println!("{}", serde_json::to_string_pretty(&plan)?);
        }
        Output::Yaml => print!("{}", serde_saphyr::to_string(&report::json(plan, explanations)?)?),
    }
    Ok(())
}
