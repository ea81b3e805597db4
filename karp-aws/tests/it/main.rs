//! karp-aws from outside: what the bundled catalog answers for node classes.
#![expect(clippy::unwrap_used, reason = "a test that can't set its stage has failed")]

mod ec2;

mod class_errors;
mod compatibility;
mod findings;
mod label_values;
mod lint;
mod offerings;
mod overhead;
mod pod_density;
mod reference_capacities;
mod sameness;
mod storage;
mod vocabulary;
