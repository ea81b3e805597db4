//! Instruction counts of compiling and solving small copies of the reference's workloads: the same on a busy machine.
//!
//! Needs `valgrind` and `gungraun-runner` of the version in Cargo.lock: `cargo bench -p karp-benches --bench instructions`.
#![expect(
    unused_qualifications,
    missing_docs,
    clippy::exit,
    reason = "the macros of gungraun write such code"
)]

use std::hint::black_box;

use gungraun::{library_benchmark, library_benchmark_group, main};
use karp_benches::{snapshot, workload};
use karp_core::{
    compile::{Problem, compile},
    policy::Policy,
    snapshot::Snapshot,
    solve::{Placement, solve},
};

/// The reference's diverse workload of 500 pods.
const DIVERSE_500: &str = include_str!("../data/diverse-500.csv");

fn reading(plain: bool) -> Option<Snapshot> {
    let pods = workload::read(DIVERSE_500, plain).ok()?;
    snapshot(&pods, &karp_fake::catalog::reference_benchmark(400)).ok()
}

fn problem(plain: bool) -> Option<Problem> {
    reading(plain).map(|reading| compile(&reading, &Policy::compat()))
}

#[library_benchmark]
#[bench::diverse(args = (false,), setup = reading)]
#[bench::plain(args = (true,), setup = reading)]
fn compiling(reading: Option<Snapshot>) -> Option<Problem> {
    black_box(reading.map(|reading| compile(&reading, &Policy::compat())))
}

#[library_benchmark]
#[bench::diverse(args = (false,), setup = problem)]
#[bench::plain(args = (true,), setup = problem)]
fn solving(problem: Option<Problem>) -> Option<Placement> {
    black_box(problem.map(|problem| solve(&problem)))
}

library_benchmark_group!(name = steps, benchmarks = [compiling, solving]);
main!(library_benchmark_groups = steps);
