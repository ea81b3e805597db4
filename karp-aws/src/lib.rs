//! Amazon EC2 for karp.
