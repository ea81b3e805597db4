//! Wall time of reading, compiling and solving small copies of the reference's workloads; for people. The gate is `instructions`.

use std::{hint::black_box, sync::Arc};

use criterion::{Criterion, criterion_group, criterion_main};
use karp_benches::{snapshot, workload};
use karp_core::{
    compile::compile,
    model::{InstanceType, Pod},
    policy::Policy,
    solve::solve,
};

/// The reference's diverse workload of 500 pods.
const DIVERSE_500: &str = include_str!("../data/diverse-500.csv");

fn workload_of(plain: bool) -> (Vec<Arc<Pod>>, Vec<Arc<InstanceType>>) {
    let pods = workload::read(DIVERSE_500, plain).unwrap_or_default();
    (pods, karp_fake::catalog::reference_benchmark(400))
}

/// Each step by itself, so that a slower one can't hide behind a faster one.
fn steps(criterion: &mut Criterion) {
    for (name, plain) in [("diverse-500", false), ("diverse-500-plain", true)] {
        let (pods, types) = workload_of(plain);
        let Ok(reading) = snapshot(&pods, &types) else { continue };
        let policy = Policy::compat();
        let problem = compile(&reading, &policy);
        let mut group = criterion.benchmark_group(name);
        group.bench_function("snapshot", |bench| {
            bench.iter(|| black_box(snapshot(&pods, &types).is_ok()));
        });
        group.bench_function("compile", |bench| {
            bench.iter(|| black_box(compile(&reading, &policy)));
        });
        group.bench_function("solve", |bench| bench.iter(|| black_box(solve(&problem))));
        group.finish();
    }
}

criterion_group!(benches, steps);
criterion_main!(benches);
