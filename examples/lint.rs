//! Prints what is wrong with manifests before it hurts, and what to do about it.
//!
//! `cargo run -p karp-examples --example lint -- [FILES|FOLDERS|-]`; without files it takes samples that show every rule.
#![expect(
    clippy::print_stderr,
    reason = "a program for a terminal; standard output is for findings"
)]

use std::{
    collections::BTreeSet,
    io::{self, Write as _},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::bail;
use clap::{Parser, ValueEnum};
use karp_core::{Timestamp, model::Severity};
use karp_examples::{
    clock,
    lint::{self, Inspection, ManifestObjects},
    samples,
};

/// Looks for what is valid and will hurt all the same. No cluster, no account, no network.
///
/// Exit status: 0 without errors, 1 with errors, 2 when input can't be read.
#[derive(Parser)]
struct Arguments {
    /// Files, folders, or `-` for standard input: YAML, JSON, or what `kubectl get -A -o yaml` prints. Without: the samples.
    inputs: Vec<PathBuf>,
    /// The instant from which schedules are followed, as RFC 3339. Default: now; for the samples a fixed one.
    #[arg(long)]
    now: Option<Timestamp>,
    /// EC2 region whose instance types are used.
    #[arg(long, default_value = "us-east-1")]
    region: String,
    /// Leaves findings of this code out; can be given several times.
    #[arg(long, value_name = "CODE")]
    allow: Vec<String>,
    /// Form of the findings.
    #[arg(long, value_enum, default_value_t = Output::Text)]
    output: Output,
}

#[derive(Clone, Copy, Eq, PartialEq, ValueEnum)]
enum Output {
    Json,
    Sarif,
    Text,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let is_sample = arguments.inputs.is_empty();
    let objects = if is_sample {
        ManifestObjects::of_texts(&samples::LINT)
    } else {
        ManifestObjects::read(&arguments.inputs)?
    };
    let now = match arguments.now {
        Some(now) => now,
        None if is_sample => samples::NOW.parse()?,
        None => clock::now(),
    };
    let catalog = karp_aws::catalog::bundled(&arguments.region)?;
    let inspection = Inspection::new(&objects, &catalog, now, &allowed(arguments)?)?;
    print(&match arguments.output {
        Output::Text => lint::text(&inspection),
        Output::Json => serde_json::to_string_pretty(&lint::json(&inspection)?)? + "\n",
        Output::Sarif => serde_json::to_string_pretty(&lint::sarif(&inspection))? + "\n",
    })?;
    Ok(match inspection.count(Severity::Error) {
        _ if inspection.is_incomplete => ExitCode::from(2),
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}

/// Codes to be left out; one that no rule has is a typing error.
fn allowed(arguments: &Arguments) -> anyhow::Result<BTreeSet<String>> {
    let rules = lint::rules();
    for code in &arguments.allow {
        if !rules.iter().any(|rule| rule.code == code) {
            bail!("no rule has the code `{code}`");
        }
    }
    Ok(arguments.allow.iter().cloned().collect())
}

/// Prints, unless nobody listens any more.
fn print(text: &str) -> io::Result<()> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}
