//! The manifests that `plan`, `calendar`, `consolidate` and `lint` run on when they are given none; not a recommendation for a real cluster.

/// Name and text of each sample file, in the order in which they are read.
pub const FILES: [(&str, &str); 3] = [
    ("samples/pools.yaml", include_str!("../samples/pools.yaml")),
    ("samples/cluster.yaml", include_str!("../samples/cluster.yaml")),
    ("samples/workloads.yaml", include_str!("../samples/workloads.yaml")),
];

/// Name and text of the sample of `calendar`.
pub const BUDGETS: (&str, &str) =
    ("budget_samples/pools.yaml", include_str!("../budget_samples/pools.yaml"));

/// Name and text of each sample file of `lint`: together they show every rule.
pub const LINT: [(&str, &str); 2] = [
    ("lint_samples/pools.yaml", include_str!("../lint_samples/pools.yaml")),
    ("lint_samples/workloads.yaml", include_str!("../lint_samples/workloads.yaml")),
];

/// Name and text of the sample of `consolidate`: a shop in which every kind of verdict occurs.
pub const CONSOLIDATE: (&str, &str) =
    ("consolidate_samples/cluster.yaml", include_str!("../consolidate_samples/cluster.yaml"));

/// The instant at which the samples are looked at, so that what is printed is the same for everybody.
pub const NOW: &str = "2026-01-15T12:00:00Z";
