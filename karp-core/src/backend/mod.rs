//! What a deployment implements: a cloud, a cluster, prices, a clock; not what karp decides with them.
//!
//! | Trait | Answers |
//! |---|---|
//! | [`CloudProvider`] | which machines can be had, starts and ends them, lists those that are ours |
//! | [`ClusterState`] | reads the cluster, and writes the few things that karp changes in it |
//! | [`Pricing`] | what machines cost, where the cloud does not say it itself |
//! | [`Clock`] | what time it is, and waits |
//!
//! All are object safe (`Arc<dyn CloudProvider>`), take one request and give one response. Requests and responses are
//! `#[non_exhaustive]` and made with `new`, so that they can grow without breaking a backend. A method that arrives later has a default
//! that answers [`ErrorKind::Unsupported`]. Each trait has numbered clauses under "Contract": they are the **weakest** behaviour that a
//! real system shows, and all that karp relies on.
//!
//! # Stability
//!
//! This module is **unstable**: until a conformance kit executes every clause, a minor version may change it.
//!
//! # Mocks
//!
//! With the feature `mock` every trait has a `mockall` mock: `MockCloudProvider` and so on.
//!
//! # Example: a cloud with one kind of machine
//!
//! ```
//! use std::sync::Arc;
//!
//! use async_trait::async_trait;
//! use karp_core::{
//!     backend::{
//!         Capabilities, CloudProvider, ErrorKind, InstanceTypes, InstanceTypesRequest, LaunchRequest, Launched, Machine,
//!         MachineRequest, Machines, MachinesRequest, ProviderError, TerminateRequest, Terminated,
//!     },
//!     model::InstanceType,
//! };
//!
//! /// Sells nothing but can say what it would sell.
//! struct Showroom;
//!
//! #[async_trait]
//! impl CloudProvider for Showroom {
//!     fn capabilities(&self) -> Capabilities {
//!         Capabilities::new().without_prices().without_zones()
//!     }
//!
//!     async fn instance_types(&self, _: &InstanceTypesRequest) -> Result<InstanceTypes, ProviderError> {
//!         Ok(InstanceTypes::new(vec![Arc::new(InstanceType::new("box").cpu("4").memory("16Gi"))]))
//!     }
//!
//!     async fn launch(&self, _: &LaunchRequest) -> Result<Launched, ProviderError> {
//!         Err(ProviderError::new("launch", ErrorKind::NoCapacity))
//!     }
//!
//!     async fn machines(&self, _: &MachinesRequest) -> Result<Machines, ProviderError> {
//!         Ok(Machines::new(Vec::new()))
//!     }
//!
//!     async fn machine(&self, _: &MachineRequest) -> Result<Machine, ProviderError> {
//!         Err(ProviderError::new("machine", ErrorKind::NotFound))
//!     }
//!
//!     async fn terminate(&self, _: &TerminateRequest) -> Result<Terminated, ProviderError> {
//!         Err(ProviderError::new("terminate", ErrorKind::NotFound))
//!     }
//! }
//!
//! let cloud: Arc<dyn CloudProvider> = Arc::new(Showroom);
//! assert!(!cloud.capabilities().prices);
//! ```

mod capabilities;
mod capacity_pool;
mod clock;
mod cloud_provider;
mod cluster_objects;
mod cluster_request;
mod cluster_state;
mod description;
mod drift;
mod error;
mod instance_types;
mod launch;
mod machine;
mod pricing;
mod shape_family;
#[cfg(feature = "tokio")]
mod system_clock;
mod terminate;

pub use crate::model::RepairPolicy;

#[cfg(feature = "tokio")]
pub use self::system_clock::SystemClock;
pub use self::{
    capabilities::Capabilities,
    capacity_pool::{CapacityPool, CapacityUnit, OfferingSelector},
    clock::Clock,
    cloud_provider::CloudProvider,
    cluster_objects::{ClusterObjects, RawNodeClass},
    cluster_request::{
        ClaimUpdate, CreateClaimRequest, DeleteClaimRequest, DeleteNodeRequest, EvictRequest,
        Evicted, NodeUpdate, ReadRequest, UpdateClaimRequest, UpdateNodeRequest, Written,
    },
    cluster_state::ClusterState,
    description::{NodeClassKind, ProviderDescription},
    drift::{Drift, DriftAnswers, DriftRequest},
    error::{ErrorKind, ProviderError, Retry},
    instance_types::{InstanceTypes, InstanceTypesRequest},
    launch::{
        Atomicity, Launch, LaunchFailure, LaunchOption, LaunchOutcome, LaunchRequest, LaunchToken,
        Launched, PendingLaunch, Selection,
    },
    machine::{
        Machine, MachineId, MachineKey, MachineRequest, MachineState, Machines, MachinesRequest,
    },
    pricing::{PriceEntry, PriceTable, PricesRequest, Pricing},
    shape_family::{ShapeFamily, ShapeRange, ShapeRatio, UnitPrice},
    terminate::{TerminateOutcome, TerminateRequest, Terminated},
};
#[cfg(feature = "mock")]
pub use self::{
    clock::MockClock, cloud_provider::MockCloudProvider, cluster_state::MockClusterState,
    pricing::MockPricing,
};
