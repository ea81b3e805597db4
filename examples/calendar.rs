//! Prints how many nodes of each pool may be disrupted, hour by hour, in the next days, and which budget decides.
//!
//! `cargo run --release -p karp-examples --example calendar -- [FILES|FOLDERS|-]`; without files it takes a sample.
#![expect(clippy::print_stdout, reason = "a program for a terminal")]

use std::{fs, path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::{Parser, ValueEnum};
use karp_core::{
    Timestamp,
    k8s::{ManifestError, Manifests},
};
use karp_examples::{calendar, clock, samples};
use serde_json::json;

/// Says when the budgets of node pools allow how much. No cluster, no account, no network.
#[derive(Parser)]
struct Arguments {
    /// Files, folders, or `-` for standard input: YAML, JSON, or what `kubectl get -A -o yaml` prints. Without: a sample.
    inputs: Vec<PathBuf>,
    /// The instant from which the calendar runs, as RFC 3339. Default: now; for the sample a fixed one.
    #[arg(long)]
    now: Option<Timestamp>,
    /// Number of days.
    #[arg(long, default_value_t = 7)]
    days: u16,
    /// Nodes of each pool, of which shares are taken. Default: those in the input, and 20 for a pool without.
    #[arg(long)]
    nodes: Option<usize>,
    /// Form of the calendar.
    #[arg(long, value_enum, default_value_t = Output::Text)]
    output: Output,
    /// Also draws the calendar on a self-contained HTML page.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

#[derive(Clone, Copy, Eq, PartialEq, ValueEnum)]
enum Output {
    Json,
    Text,
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
        let (name, text) = samples::BUDGETS;
        Manifests::parse(name, text)
    } else {
        Manifests::read(&arguments.inputs)?
    };
    let now = match arguments.now {
        Some(now) => now,
        None if is_sample => samples::NOW.parse()?,
        None => clock::now(),
    };
    // Budgets need no instance types, but nodes are merged with their claims in a snapshot.
    let catalog = karp_aws::catalog::bundled("us-east-1")?;
    let snapshot = manifests.snapshot(&catalog, now)?;
    let pools = calendar::pool_calendars(&snapshot, arguments.days, arguments.nodes)?;
    let errors = manifests.errors();
    let findings: Vec<_> = errors.iter().map(ManifestError::finding).collect();
    match arguments.output {
        Output::Text => {
            print!("{}", calendar::text(&pools)?);
            for finding in &findings {
                println!("{finding}");
            }
        }
        Output::Json => {
            let calendar = json!({"now": now, "pools": pools, "findings": findings});
            println!("{}", serde_json::to_string_pretty(&calendar)?);
        }
    }
    if let Some(path) = &arguments.html {
        let page = calendar::html(&pools, now)?;
        fs::write(path, page).with_context(|| format!("failed to write `{}`", path.display()))?;
    }
    let lost = errors.iter().any(ManifestError::is_loss);
    Ok(if lost { ExitCode::from(2) } else { ExitCode::SUCCESS })
}
