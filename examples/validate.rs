//! Prints for every object of manifests whether the API server, clients and controllers would take it, and if not, why.
//!
//! `cargo run --release -p karp-examples --example validate -- FILES|- [--old FILE] [--profile v1.14.1|head] [--output text|jsonl]`
#![expect(
    clippy::print_stderr,
    reason = "a program for a terminal; standard output is for verdicts"
)]

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Parser, ValueEnum};
use karp_core::k8s::validate::{Profile, Verdict};
use karp_core::k8s::{Document, documents};
use karp_examples::validation::{Former, jsonl, judge, text};

/// Judges manifests as a cluster with Karpenter on EC2 would. No cluster, no account, no network.
///
/// Exit status: 0 when all objects are accepted, 1 when any is rejected, 2 when input can't be read.
#[derive(Parser)]
struct Arguments {
    /// Files, or `-` for standard input: YAML, JSON, or what `kubectl get -o yaml` prints.
    #[arg(required = true)]
    inputs: Vec<PathBuf>,
    /// Objects as they are now: those of the same kind and name are judged as updates.
    #[arg(long, value_name = "FILE")]
    old: Option<PathBuf>,
    /// Release to judge by: `v1.14.1`, or `head` for what comes after it.
    #[arg(long, default_value_t)]
    profile: Profile,
    /// Form of the verdicts.
    #[arg(long, value_enum, default_value_t = Output::Text)]
    output: Output,
}

#[derive(Clone, Copy, Eq, PartialEq, ValueEnum)]
enum Output {
    Jsonl,
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
    let former = match &arguments.old {
        Some(path) => Former::new(read(path)?)?,
        None => Former::default(),
    };
    let registry = karp_aws::node_class::registry(arguments.profile);
    let mut lines = Vec::new();
    let mut is_complete = true;
    for path in &arguments.inputs {
        match read(path) {
            Ok(documents) => lines.extend(judge(&documents, &former, &registry)),
            Err(error) => {
                eprintln!("error: {error:#}");
                is_complete = false;
            }
        }
    }
    print(&match arguments.output {
        Output::Jsonl => jsonl(&lines)?,
        Output::Text => text(&lines, &registry),
    })?;
    Ok(match lines.iter().all(|line| line.verdict == Verdict::Accept) {
        _ if !is_complete => ExitCode::from(2),
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

fn read(path: &Path) -> anyhow::Result<Vec<Document>> {
    let mut bytes = Vec::new();
    let result = if path == Path::new("-") {
        io::stdin().read_to_end(&mut bytes).map(|_| ())
    } else {
        fs::read(path).map(|read| bytes = read)
    };
    result.with_context(|| format!("failed to read `{}`", path.display()))?;
    Ok(documents(&path.display().to_string(), &bytes))
}

/// Prints, unless nobody listens any more.
fn print(text: &str) -> io::Result<()> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}
