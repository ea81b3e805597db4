//! Seeded workloads and measurements.
