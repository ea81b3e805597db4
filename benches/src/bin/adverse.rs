//! Prints what awkward clusters cost at a quarter, a half and all of their size, and how that grows.
//!
//! `cargo run --release -p karp-benches --bin adverse -- [SHAPE...] [--pods N] [--nodes N] [--catalog FILE|fake-400] [--runs N] [--json]`
//!
//! The exponent of growth is that of a power law between the quarter and the whole: 1 = in proportion, 2 = with the square. Times are CPU time of the
//! one thread that works, best of several runs, so that a busy machine disturbs little.
#![expect(clippy::print_stdout, reason = "a program for a terminal")]
#![expect(clippy::float_arithmetic, reason = "times and exponents are shown; nothing is decided")]

use std::{hint::black_box, sync::Arc, time::Duration};

use anyhow::bail;
use clap::Parser;
use cpu_time::ThreadTime;
use karp_benches::{
    catalog,
    shape::{Crowd, Shape},
};
use karp_core::{
    compile::compile, decision::decide, model::InstanceType, policy::Policy, snapshot::Snapshot,
    solve::solve,
};
use peak_alloc::PeakAlloc;
use serde::Serialize;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// Measures awkward clusters.
#[derive(Parser)]
struct Arguments {
    /// Shapes; none = all.
    shapes: Vec<String>,
    /// Waiting pods at full size; default: 20,000 of most shapes.
    #[arg(long)]
    pods: Option<usize>,
    /// Nodes of the shape `crowded` at every size; default: a quarter of the pods.
    #[arg(long)]
    nodes: Option<usize>,
    /// File of instance types, or `fake-<n>`.
    #[arg(long, default_value = "fake-400")]
    catalog: String,
    /// Timed runs of which the best counts.
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// Prints a JSON list.
    #[arg(long)]
    json: bool,
}

/// What one shape costs. Times are milliseconds at full size, heap is what compile and solve need beyond the snapshot.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    shape: &'static str,
    pods: usize,
    machines: usize,
    on_nodes: usize,
    unplaced: usize,
    compile_ms: f64,
    solve_ms: f64,
    decide_ms: f64,
    compile_exponent: f64,
    solve_exponent: f64,
    decide_exponent: f64,
    peak_heap_bytes: usize,
}

/// Times of compile, solve and decide.
type Times = [Duration; 3];

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let types = catalog::named(&arguments.catalog)?;
    let mut rows = Vec::new();
    for shape in chosen(&arguments.shapes)? {
        rows.push(measure(shape, &arguments, &types)?);
    }
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&rows)?);
        return Ok(());
    }
    println!(
        "{:18} {:>7} {:>8} {:>8} {:>8}  {:>18} {:>18} {:>18} {:>9}",
        "shape", "pods", "machines", "on nodes", "left", "compile", "solve", "decide", "heap"
    );
    for row in rows {
        print_row(&row);
    }
    Ok(())
}

fn chosen(names: &[String]) -> anyhow::Result<Vec<Shape>> {
    if names.is_empty() {
        return Ok(Shape::ALL.to_vec());
    }
    let named = |name: &String| {
        let Some(shape) = Shape::ALL.into_iter().find(|shape| shape.name() == name) else {
            let known: Vec<_> = Shape::ALL.into_iter().map(Shape::name).collect();
            bail!("the shape `{name}` is unknown; there are {}", known.join(", "));
        };
        Ok(shape)
    };
    names.iter().map(named).collect()
}

fn print_row(row: &Row) {
    let time = |ms: f64, exponent: f64| format!("{ms:9.2} ms n^{exponent:.2}");
    println!(
        "{:18} {:>7} {:>8} {:>8} {:>8}  {:>18} {:>18} {:>18} {:>6} MB",
        row.shape,
        row.pods,
        row.machines,
        row.on_nodes,
        row.unplaced,
        time(row.compile_ms, row.compile_exponent),
        time(row.solve_ms, row.solve_exponent),
        time(row.decide_ms, row.decide_exponent),
        row.peak_heap_bytes / 1_000_000,
    );
}

fn measure(
    shape: Shape,
    arguments: &Arguments,
    types: &[Arc<InstanceType>],
) -> anyhow::Result<Row> {
    let full = arguments.pods.unwrap_or_else(|| shape.usual_pods());
    let snapshot_of = |pods: usize| match (shape, arguments.nodes) {
        (Shape::Crowded, Some(nodes)) => Crowd { waiting: pods, nodes }.snapshot(types),
        _ => shape.snapshot(pods, types),
    };
    let quarter = best(&snapshot_of(full / 4)?, arguments.runs);
    let snapshot = snapshot_of(full)?;
    let whole = best(&snapshot, arguments.runs);
    HEAP.reset_peak_usage();
    let before = HEAP.current_usage();
    let policy = Policy::compat();
    let problem = compile(&snapshot, &policy);
    let plan = decide(&problem, &solve(&problem));
    let peak_heap_bytes = HEAP.peak_usage().saturating_sub(before);
    let totals = plan.totals();
    let on_nodes = plan.existing.values().map(Vec::len).sum();
    let exponent = |at: usize| {
        let seconds = |times: Times| times.get(at).map_or(f64::NAN, Duration::as_secs_f64);
        (seconds(whole) / seconds(quarter)).ln() / 4_f64.ln()
    };
    let [compile_ms, solve_ms, decide_ms] = whole.map(|time| time.as_secs_f64() * 1e3);
    Ok(Row {
        shape: shape.name(),
        pods: full,
        machines: totals.machines,
        on_nodes,
        unplaced: totals.unplaced,
        compile_ms,
        solve_ms,
        decide_ms,
        compile_exponent: exponent(0),
        solve_exponent: exponent(1),
        decide_exponent: exponent(2),
        peak_heap_bytes,
    })
}

/// The best time of each step.
fn best(snapshot: &Snapshot, runs: usize) -> Times {
    let mut best = [Duration::MAX; 3];
    let policy = Policy::compat();
    for _ in 0..runs.max(1) {
        let start = ThreadTime::now();
        let problem = black_box(compile(snapshot, &policy));
        let compiled = start.elapsed();
        let start = ThreadTime::now();
        let placement = black_box(solve(&problem));
        let solved = start.elapsed();
        let start = ThreadTime::now();
        black_box(decide(&problem, &placement));
        let decided = start.elapsed();
        for (best, time) in best.iter_mut().zip([compiled, solved, decided]) {
            *best = (*best).min(time);
        }
    }
    best
}
