//! Provisioning rounds on small worlds, from snapshot to plan; the tests are named after what must come out.
//!
//! Comments such as `CON-12` name the behaviour in docs/src/scheduling.md that a test covers.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a fixture that can't be made fails its test"
)]

mod affinity;
mod buffers;
mod constraints;
mod default_spread;
mod devices;
mod fixture;
mod host_ports;
mod limits;
mod min_values;
mod nodes;
mod order;
mod overlays;
mod packing;
mod pending;
mod refusals;
mod relaxation;
mod reservations;
mod rounds;
mod topology;
mod volumes;
