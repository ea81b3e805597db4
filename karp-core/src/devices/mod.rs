//! Which devices meet a claim in one place, as pure rules of dynamic resource allocation; not which place a pod goes to.
//!
//! <https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/>. The rules: docs/src/devices.md. From what drivers
//! published and what instance types bring, a [`Stock`] is made; from a claim, a [`Demand`]; [`allocate`] finds devices for demands on some
//! [`Ground`], beside what is [taken](Usage) already. `provision` does not ask for devices yet: it refuses pods with claims, with a reason.
//!
//! ```
//! use std::collections::BTreeMap;
//! use karp_core::{
//!     devices::{Demand, OnNode, Outcome, Room, Stock, Usage, allocate},
//!     model::{Device, DeviceClaim, DeviceClass, DeviceNodes, DeviceSelection, ResourceSlice, Requirements, Vocabulary},
//! };
//!
//! let slice = ResourceSlice::new("n1-gpus", "gpu.example.com", "n1")
//!     .on(DeviceNodes::Named("n1".into()))
//!     .device(Device::new("gpu-0"));
//! let stock = Stock::new([&slice]);
//! let class = DeviceClass::new("gpu");
//! let claim = DeviceClaim::new().request("one", DeviceSelection::of("gpu"));
//! let demand = Demand::new(&claim, &stock, &BTreeMap::from([("gpu", &class)]), &mut |_, _| Ok(true))?;
//!
//! let (vocabulary, labels) = (Vocabulary::core(), Requirements::new());
//! let node = OnNode { name: "n1", labels: &labels, vocabulary: &vocabulary };
//! let room = Room { usage: &Usage::new(), template: None };
//! let Outcome::Allocated(found) = allocate((&stock, room), &[&demand], (&node, ()), 1_000) else { panic!() };
//! assert_eq!(found.claims[0][0].device.to_string(), "gpu.example.com/n1/gpu-0");
//! # Ok::<(), karp_core::devices::ClaimProblem>(())
//! ```

mod allocation;
mod attribute;
mod binding;
#[cfg(feature = "cel")]
mod cel;
mod claim_problem;
mod constraint;
mod consumers;
mod demand;
mod ground;
mod portion;
mod search;
mod stock;
mod usage;

#[cfg(feature = "cel")]
pub use self::cel::Cel;
pub use self::{
    allocation::{Allocated, Outcome},
    attribute::attribute,
    claim_problem::ClaimProblem,
    consumers::{ClaimRef, claims_of, only_used_by},
    demand::{Demand, MOST_DEVICES},
    ground::{Ground, NewMachine, OnNode},
    portion::portion,
    search::{Room, allocate},
    stock::{DevicePool, Stock, TemplateIx},
    usage::Usage,
};
