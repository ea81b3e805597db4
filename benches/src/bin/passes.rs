//! How long consolidation takes to look at clusters: candidates, one pass over single nodes, one search for several.
//!
//! `cargo run --release -p karp-benches --bin passes -- FILE... [--better] [--runs N] [--json]`
//!
//! Files are scenarios about disruption; answers of a reference are not needed. Prints the best of several runs, in microseconds. `compile` is
//! contained in the first method that simulates, so that it is shown apart: as the time of the first simulation of a fresh look, less that of
//! the next.
#![expect(clippy::print_stdout, reason = "a program for a terminal")]
#![expect(clippy::disallowed_methods, reason = "a bench measures time")]

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::Context as _;
use clap::Parser;
use karp_core::{
    disrupt::{Disruption, Found, Memory, Method},
    policy::Policy,
    snapshot::Snapshot,
};
use karp_fake::scenario::DisruptionScenario;
use serde_json::{Value, json};

/// Times passes over clusters.
#[derive(Parser)]
struct Arguments {
    /// Scenarios about disruption.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Runs of which the best counts.
    #[arg(long, default_value_t = 5)]
    runs: u32,
    /// Judges every candidate, and no move that does not repay.
    #[arg(long)]
    better: bool,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

/// Times of one cluster.
struct Times {
    look: Duration,
    compile: Duration,
    single: Duration,
    multi: Duration,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let mut rows = Vec::new();
    for file in &arguments.files {
        rows.push(measure(file, &arguments)?);
    }
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&rows)?);
        return Ok(());
    }
    for row in rows {
        println!("{row}");
    }
    Ok(())
}

fn measure(file: &Path, arguments: &Arguments) -> anyhow::Result<Value> {
    let text = fs::read_to_string(file).with_context(|| format!("{}", file.display()))?;
    let mut scenario: Value = serde_json::from_str(&text)?;
    if let Some(fields) = scenario.as_object_mut() {
        let answer =
            json!({"count": 1, "candidates": {}, "budgets": {}, "commands": {}, "first": null});
        fields.entry("reference").or_insert_with(
            || json!({"commit": "", "runs": 1, "distinct": 1, "answers": [answer]}),
        );
    }
    let scenario = DisruptionScenario::parse(&scenario.to_string())?;
    let snapshot = scenario.snapshot(scenario.now())?;
    let mut policy = scenario.policy().clone();
    if arguments.better {
        let better = Policy::better();
        policy.every_candidate = better.every_candidate;
        policy.churn = better.churn;
        policy.stock_outs = better.stock_outs;
    }
    let mut best: Option<Times> = None;
    let mut found: Option<[Found; 2]> = None;
    for _ in 0..arguments.runs.max(1) {
        let (times, own) = once(&snapshot, &policy)?;
        best = Some(best.map_or_else(|| Times { ..times }, |best| best.least(&times)));
        found = Some(own);
    }
    let (times, [single, multi]) = best.zip(found).context("at least one run is made")?;
    let micros = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    let said = |found: &Found| {
        found.commands.first().map_or_else(
            || "none".to_owned(),
            |command| format!("{} nodes by {}", command.nodes.len(), command.replacements.len()),
        )
    };
    Ok(json!({
        "cluster": scenario.name(),
        "nodes": snapshot.nodes.len(),
        "pods": snapshot.pods.len(),
        "lookMicros": micros(times.look),
        "compileMicros": micros(times.compile),
        "singleMicros": micros(times.single),
        "singleFound": said(&single),
        "multiMicros": micros(times.multi),
        "multiFound": said(&multi),
    }))
}

impl Times {
    fn least(self, other: &Self) -> Self {
        Self {
            look: self.look.min(other.look),
            compile: self.compile.min(other.compile),
            single: self.single.min(other.single),
            multi: self.multi.min(other.multi),
        }
    }
}

fn once(snapshot: &Snapshot, policy: &Policy) -> anyhow::Result<(Times, [Found; 2])> {
    let start = Instant::now();
    let look = Disruption::new(snapshot, policy, &Memory::new());
    let candidates = look.candidates(Method::SingleNode);
    let seen = start.elapsed();
    // The first method compiles; the second one finds everything prepared.
    let start = Instant::now();
    let multi = look.find(Method::MultiNode)?;
    let first = start.elapsed();
    let start = Instant::now();
    let again = look.find(Method::MultiNode)?;
    let second = start.elapsed();
    anyhow::ensure!(multi == again, "two answers to one question");
    let start = Instant::now();
    let single = look.find(Method::SingleNode)?;
    let pass = start.elapsed();
    anyhow::ensure!(candidates.accepted.len() == single.verdicts.len(), "a candidate is lost");
    let times =
        Times { look: seen, compile: first.saturating_sub(second), single: pass, multi: second };
    Ok((times, [single, multi]))
}
