//! Amazon EC2 for karp.

pub mod node_class;
