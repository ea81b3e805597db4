//! Prints how long a workload takes to plan and how much memory that needs: best of several fresh runs, heap from a run of its own.
//!
//! `cargo run --release -p karp-benches --bin speed -- --workload FILE --catalog FILE|fake-400 [--plain] [--json]`
#![expect(clippy::print_stdout, reason = "a program for a terminal")]
#![expect(clippy::disallowed_methods, reason = "measuring time needs the clock")]
#![expect(clippy::float_arithmetic, reason = "times are shown in milliseconds; nothing is decided")]

use std::{
    fs,
    hint::black_box,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use clap::Parser;
use karp_benches::{catalog, snapshot, workload};
use karp_core::{
    check,
    compile::compile,
    decision::{Plan, decide},
    model::{InstanceType, Pod},
    policy::{Policy, PreferencePolicy},
    snapshot::Snapshot,
    solve::solve,
};
use peak_alloc::PeakAlloc;
use serde::Serialize;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// Measures the planning of a workload.
#[derive(Parser)]
struct Arguments {
    /// CSV file of pods: a benchmark file or a trace.
    #[arg(long)]
    workload: PathBuf,
    /// File of instance types, or `fake-<n>`.
    #[arg(long, default_value = "fake-400")]
    catalog: String,
    /// Drops every constraint of the pods.
    #[arg(long)]
    plain: bool,
    /// Ignores the pods' wishes.
    #[arg(long)]
    ignore_preferences: bool,
    /// Timed runs, each from the pods; the best counts.
    #[arg(long, default_value_t = 9)]
    runs: usize,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
}

/// What was measured. Times are those of the best run of each step, heap is what a run needs beyond pods and types.
#[derive(Serialize)]
struct Measured {
    pods: usize,
    types: usize,
    machines: usize,
    unplaced: usize,
    #[serde(rename = "usdPerHour")]
    usd_per_hour: serde_json::Number,
    snapshot_ms: f64,
    compile_ms: f64,
    solve_ms: f64,
    decide_ms: f64,
    check_ms: f64,
    peak_heap_bytes: usize,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let text = fs::read_to_string(&arguments.workload)
        .with_context(|| format!("failed to read `{}`", arguments.workload.display()))?;
    let pods = workload::read(&text, arguments.plain)?;
    drop(text);
    let types = catalog::named(&arguments.catalog)?;
    let measured = measure(&arguments, &pods, &types)?;
    if arguments.json {
        println!("{}", serde_json::to_string(&measured)?);
    } else {
        print_text(&measured);
    }
    Ok(())
}

fn measure(
    arguments: &Arguments,
    pods: &[Arc<Pod>],
    types: &[Arc<InstanceType>],
) -> anyhow::Result<Measured> {
    let mut policy = Policy::compat();
    if arguments.ignore_preferences {
        policy.preferences = PreferencePolicy::Ignore;
    }
    let mut best = [Duration::MAX; 5];
    for _ in 0..arguments.runs.max(1) {
        let (snapshot, plan, times) = run(pods, types, &policy)?;
        let decided = Instant::now();
        check(&snapshot, &policy, &plan).context("the plan breaks a rule")?;
        let times = times.into_iter().chain([decided.elapsed()]);
        for (best, time) in best.iter_mut().zip(times) {
            *best = (*best).min(time);
        }
    }
    HEAP.reset_peak_usage();
    let before = HEAP.current_usage();
    let (_, plan, _) = run(pods, types, &policy)?;
    let peak_heap_bytes = HEAP.peak_usage().saturating_sub(before);
    let totals = plan.totals();
    let [snapshot_ms, compile_ms, solve_ms, decide_ms, check_ms] =
        best.map(|time| time.as_secs_f64() * 1e3);
    Ok(Measured {
        pods: pods.len(),
        types: types.len(),
        machines: totals.machines,
        unplaced: totals.unplaced,
        usd_per_hour: totals.price.to_string().parse()?,
        snapshot_ms,
        compile_ms,
        solve_ms,
        decide_ms,
        check_ms,
        peak_heap_bytes,
    })
}

/// One run from the pods to the plan, each step timed.
fn run(
    pods: &[Arc<Pod>],
    types: &[Arc<InstanceType>],
    policy: &Policy,
) -> anyhow::Result<(Snapshot, Plan, [Duration; 4])> {
    let start = Instant::now();
    let snapshot = snapshot(pods, types)?;
    let read = Instant::now();
    let problem = black_box(compile(&snapshot, policy));
    let compiled = Instant::now();
    let placement = black_box(solve(&problem));
    let solved = Instant::now();
    let plan = black_box(decide(&problem, &placement));
    let decided = Instant::now();
    let times = [read - start, compiled - read, solved - compiled, decided - solved];
    Ok((snapshot, plan, times))
}

fn print_text(measured: &Measured) {
    println!(
        "{} pods × {} types: {} machines at {} USD per hour, {} pods without a place",
        measured.pods, measured.types, measured.machines, measured.usd_per_hour, measured.unplaced
    );
    println!(
        "snapshot {:.2} ms, compile {:.2} ms, solve {:.2} ms, decide {:.2} ms; check {:.2} ms; peak heap {} kB beyond pods and types",
        measured.snapshot_ms,
        measured.compile_ms,
        measured.solve_ms,
        measured.decide_ms,
        measured.check_ms,
        measured.peak_heap_bytes / 1000
    );
}
