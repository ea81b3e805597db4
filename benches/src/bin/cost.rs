//! Prints what workloads cost under each policy, and what every plan for them costs at least.
//!
//! `cargo run --release -p karp-benches --bin cost -- [--json] [--catalog FILE] [WORKLOAD...]`
//!
//! A workload is a CSV file of pods (a trace or a benchmark file) or a file of scenarios. Without any, the corpus is run: three made-up mixes, and the
//! larger scenarios with recorded answers. What the figures mean: `docs/COST.md`.
#![expect(clippy::print_stdout, reason = "a program for a terminal")]
#![expect(clippy::disallowed_methods, reason = "measuring time needs the clock")]
#![expect(clippy::float_arithmetic, reason = "times are shown in milliseconds; nothing is decided")]

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use clap::Parser;
use karp_benches::{catalog, mix::Mix, snapshot, workload};
use karp_core::{
    bound::{Certificate, GapPercent, certify},
    check,
    compile::{Problem, compile},
    decision::{Plan, plan_for},
    model::{CapacityType, InstanceType, Pod, Price, label},
    policy::{CheapestOpening, Improvement, Policy},
    snapshot::Snapshot,
};
use karp_fake::scenario::{Scenario, decompress};
use serde::Serialize;

/// Scenarios of the corpus.
const SCENARIOS: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../karp-fake/testdata/golden/scheduling/medium.jsonl.gz");

/// Pods of each mix, and what they are drawn with.
const MIX: (usize, u64) = (2000, 7);

/// Compares what plans cost.
#[derive(Parser)]
struct Arguments {
    /// Files of pods (`*.csv`) or of scenarios (`*.json`, `*.jsonl`, `*.jsonl.gz`).
    workloads: Vec<PathBuf>,
    /// File of instance types, or `fake-<n>`; else EC2's, in us-east-1, as bundled.
    #[arg(long)]
    catalog: Option<String>,
    /// Lets pods run on amd64 only.
    #[arg(long)]
    amd64: bool,
    /// Spreads pods with equal requests over zones, skew 1.
    #[arg(long)]
    spread: bool,
    /// Dollars per hour that a machine is worth avoiding.
    #[arg(long, default_value = "0")]
    surcharge: Price,
    /// Types that should be at least as large as the one that a machine is opened for.
    #[arg(long)]
    min_types: Option<usize>,
    /// Steps that improving may take.
    #[arg(long)]
    work: Option<u64>,
    /// Timed runs; the best counts.
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// Prints a JSON list.
    #[arg(long)]
    json: bool,
}

/// A workload and what it costs, in dollars per hour.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    workload: String,
    pods: usize,
    unplaced: usize,
    /// Of the pods that the plans place; null when unknown.
    lower_bound: Option<serde_json::Number>,
    compat: serde_json::Number,
    cheapest: serde_json::Number,
    /// Cheapest, improved.
    improved: serde_json::Number,
    gap_percent: Gaps,
    machines: Machines,
    ms: Times,
}

#[derive(Serialize)]
struct Gaps {
    compat: Option<GapPercent>,
    cheapest: Option<GapPercent>,
    improved: Option<GapPercent>,
}

#[derive(Serialize)]
struct Machines {
    compat: usize,
    cheapest: usize,
    improved: usize,
}

/// Without compiling, which all of them need once.
#[derive(Serialize)]
struct Times {
    compile: f64,
    bound: f64,
    compat: f64,
    cheapest: f64,
    improved: f64,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let mut rows = Vec::new();
    for (name, snapshot) in worlds(&arguments)? {
        let row = measure(name, &snapshot, &arguments)?;
        if !arguments.json {
            print!("{}", line(&row, rows.is_empty())?);
        }
        rows.push(row);
    }
    if arguments.json {
        println!("{}", serde_json::to_string(&rows)?);
    }
    Ok(())
}

/// Everything that is to be planned, with its name.
fn worlds(arguments: &Arguments) -> anyhow::Result<Vec<(String, Snapshot)>> {
    let types = match &arguments.catalog {
        Some(name) => catalog::named(name)?,
        None => catalog::bundled()?,
    };
    let mut worlds = Vec::new();
    for path in &arguments.workloads {
        if path.extension().is_some_and(|extension| extension == "csv") {
            let text = fs::read_to_string(path)
                .with_context(|| format!("failed to read `{}`", path.display()))?;
            let pods = workload::read(&text, false)?;
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            sold(&mut worlds, &name, &arguments.constrained(&pods), &types)?;
        } else {
            scenarios(&mut worlds, path)?;
        }
    }
    if arguments.workloads.is_empty() {
        let families: Vec<_> =
            types.iter().filter(|kind| is_general(&kind.name)).cloned().collect();
        for mix in Mix::ALL {
            let pods = arguments.constrained(&mix.pods(MIX.0, MIX.1));
            for (families, types) in [("c/m/r", &families), ("every family", &types)] {
                sold(&mut worlds, &format!("{}, {families}", mix.name()), &pods, types)?;
            }
        }
        scenarios(&mut worlds, Path::new(SCENARIOS))?;
    }
    Ok(worlds)
}

/// Types of the families c, m and r from the third generation on.
fn is_general(name: &str) -> bool {
    let mut letters = name.bytes();
    matches!(letters.next(), Some(b'c' | b'm' | b'r'))
        && matches!(letters.next(), Some(b'3'..=b'9'))
}

/// The pods with all that is sold, and with what is sold on demand.
fn sold(
    worlds: &mut Vec<(String, Snapshot)>,
    name: &str,
    pods: &[Arc<Pod>],
    types: &[Arc<InstanceType>],
) -> anyhow::Result<()> {
    let on_demand: Vec<Arc<InstanceType>> = types
        .iter()
        .map(|kind| {
            let mut kind = InstanceType::clone(kind);
            kind.offerings.retain(|way| way.capacity_type() == Some(CapacityType::OnDemand));
            Arc::new(kind)
        })
        .filter(|kind| !kind.offerings.is_empty())
        .collect();
    worlds.push((format!("{name}, all"), snapshot(pods, types)?));
    worlds.push((format!("{name}, on demand"), snapshot(pods, &on_demand)?));
    Ok(())
}

fn scenarios(worlds: &mut Vec<(String, Snapshot)>, path: &Path) -> anyhow::Result<()> {
    let data = fs::read(path).with_context(|| format!("failed to read `{}`", path.display()))?;
    let name = path.to_string_lossy();
    let scenarios = if name.ends_with(".gz") {
        Scenario::parse_lines(&decompress(&data)?)?
    } else if name.ends_with(".jsonl") {
        Scenario::parse_lines(std::str::from_utf8(&data)?)?
    } else if name.ends_with(".json") {
        vec![Scenario::parse(std::str::from_utf8(&data)?)?]
    } else {
        bail!("`{name}` is neither `*.csv` nor `*.json`, `*.jsonl` or `*.jsonl.gz`")
    };
    for scenario in scenarios {
        worlds.push((scenario.name().to_owned(), scenario.snapshot()?));
    }
    Ok(())
}

impl Arguments {
    /// The pods with the constraints that were asked for.
    fn constrained(&self, pods: &[Arc<Pod>]) -> Vec<Arc<Pod>> {
        let constrained = pods.iter().map(|pod| {
            let mut pod = Pod::clone(pod);
            if self.amd64 {
                pod = pod.on_nodes_with(label::ARCH, label::ARCH_AMD64);
            }
            if self.spread {
                let requests = pod.spec.requests.iter();
                let size: Vec<String> = requests.map(|(_, amount)| amount.to_string()).collect();
                pod = pod.label("size", size.join("-")).spread_over_zones(1);
            }
            Arc::new(pod)
        });
        constrained.collect()
    }

    fn cheapest(&self) -> Policy {
        let mut opening = CheapestOpening::default();
        opening.surcharge = self.surcharge;
        opening.min_types = self.min_types.unwrap_or(opening.min_types);
        let mut policy = Policy::cheapest();
        policy.opening = Some(opening);
        policy
    }

    fn improved(&self) -> Policy {
        let mut improvement = Improvement::default();
        improvement.work = self.work.unwrap_or(improvement.work);
        self.cheapest().improving(improvement)
    }
}

fn measure(workload: String, snapshot: &Snapshot, arguments: &Arguments) -> anyhow::Result<Row> {
    let policies = [Policy::compat(), arguments.cheapest(), arguments.improved()];
    let [compat, cheapest, improved] = policies.map(|policy| {
        let (problem, compile_ms) = timed(arguments.runs, || compile(snapshot, &policy));
        let (plan, ms) = timed(arguments.runs, || plan_for(&problem));
        Made { policy, problem, plan, compile_ms, ms }
    });
    for made in [&compat, &cheapest, &improved] {
        check(snapshot, &made.policy, &made.plan)
            .with_context(|| format!("the plan for `{workload}`"))?;
    }
    let (certificate, bound_ms) = timed(arguments.runs, || certify(&compat.problem, &compat.plan));
    let bound = certificate.lower_bound().clone();
    // A cheaper plan may place more pods, which its own bound counts.
    let gap = |made: &Made| {
        let certificate = if made.plan.totals().placed == compat.plan.totals().placed {
            Certificate::new(&made.plan, bound.clone())
        } else {
            certify(&made.problem, &made.plan)
        };
        certificate.gap()
    };
    let number = |price: Price| Ok::<_, anyhow::Error>(price.to_string().parse()?);
    let dollars = |made: &Made| number(made.plan.totals().price);
    let machines = |made: &Made| made.plan.totals().machines;
    Ok(Row {
        workload,
        pods: compat.problem.pods(),
        unplaced: compat.plan.totals().unplaced,
        lower_bound: bound.price().map(number).transpose()?,
        compat: dollars(&compat)?,
        cheapest: dollars(&cheapest)?,
        improved: dollars(&improved)?,
        gap_percent: Gaps {
            compat: certificate.gap(),
            cheapest: gap(&cheapest),
            improved: gap(&improved),
        },
        machines: Machines {
            compat: machines(&compat),
            cheapest: machines(&cheapest),
            improved: machines(&improved),
        },
        ms: Times {
            compile: compat.compile_ms,
            bound: bound_ms,
            compat: compat.ms,
            cheapest: cheapest.ms,
            improved: improved.ms,
        },
    })
}

/// A plan and what it was made with.
struct Made {
    policy: Policy,
    problem: Problem,
    plan: Plan,
    compile_ms: f64,
    ms: f64,
}

/// What was made, and the least time of some runs in milliseconds.
fn timed<T>(runs: usize, make: impl Fn() -> T) -> (T, f64) {
    let mut best = Duration::MAX;
    let mut timed = || {
        let start = Instant::now();
        let made = make();
        best = best.min(start.elapsed());
        made
    };
    let mut made = timed();
    for _ in 1..runs {
        made = timed();
    }
    (made, best.as_secs_f64() * 1e3)
}

/// One line of a Markdown table.
fn line(row: &Row, is_first: bool) -> anyhow::Result<String> {
    let mut text = String::new();
    if is_first {
        writeln!(
            text,
            "| Workload | pods | bound | compat | gap % | machines | cheapest | gap % | machines | improved | gap % | machines | ms: bound, compat, cheapest, improved |"
        )?;
        writeln!(text, "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")?;
    }
    let gap = |gap: Option<GapPercent>| gap.map_or_else(|| "?".to_owned(), |gap| gap.to_string());
    let rounded = |number: &serde_json::Number| format!("{:.2}", number.as_f64().unwrap_or(0.0));
    let bound = row.lower_bound.as_ref().map_or_else(|| "?".to_owned(), rounded);
    write!(text, "| {} | {} | {bound} |", row.workload, row.pods - row.unplaced)?;
    let columns = [
        (&row.compat, row.gap_percent.compat, row.machines.compat),
        (&row.cheapest, row.gap_percent.cheapest, row.machines.cheapest),
        (&row.improved, row.gap_percent.improved, row.machines.improved),
    ];
    for (price, above, machines) in columns {
        write!(text, " {} | {} | {machines} |", rounded(price), gap(above))?;
    }
    let Times { bound, compat, cheapest, improved, .. } = row.ms;
    writeln!(text, " {bound:.1}, {compat:.1}, {cheapest:.1}, {improved:.1} |")?;
    Ok(text)
}
