//! A Kubernetes cluster as karp sees and changes it; not how its scheduler binds pods.
#![cfg_attr(
    feature = "mock",
    expect(clippy::disallowed_types, reason = "mocks keep what they expect behind a lock")
)]

use async_trait::async_trait;

use super::{
    ClusterObjects, CreateClaimRequest, DeleteClaimRequest, DeleteNodeRequest, EvictRequest,
    Evicted, ProviderError, ReadRequest, UpdateClaimRequest, UpdateNodeRequest, Written,
};

/// Reads a cluster, and writes the few things that karp changes in it.
///
/// # Contract
///
#[doc = include_str!("cluster_state.md")]
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ClusterState: Send + Sync {
    /// The objects of the cluster.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Timeout`](super::ErrorKind::Timeout) when the revision is not reached.
    async fn read(&self, request: &ReadRequest) -> Result<ClusterObjects, ProviderError>;

    /// Creates a claim.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Conflict`](super::ErrorKind::Conflict) when its name is taken,
    /// [`ErrorKind::InvalidRequest`](super::ErrorKind::InvalidRequest) when the cluster rejects it.
    async fn create_claim(&self, request: &CreateClaimRequest) -> Result<Written, ProviderError>;

    /// Changes a claim.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](super::ErrorKind::NotFound) or [`ErrorKind::Conflict`](super::ErrorKind::Conflict): see the contract.
    async fn update_claim(&self, request: &UpdateClaimRequest) -> Result<Written, ProviderError>;

    /// Marks a claim as deleted.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](super::ErrorKind::NotFound) or [`ErrorKind::Conflict`](super::ErrorKind::Conflict): see the contract.
    async fn delete_claim(&self, request: &DeleteClaimRequest) -> Result<Written, ProviderError>;

    /// Changes a Node.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](super::ErrorKind::NotFound) or [`ErrorKind::Conflict`](super::ErrorKind::Conflict): see the contract.
    async fn update_node(&self, request: &UpdateNodeRequest) -> Result<Written, ProviderError>;

    /// Marks a Node as deleted.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](super::ErrorKind::NotFound) or [`ErrorKind::Conflict`](super::ErrorKind::Conflict): see the contract.
    async fn delete_node(&self, request: &DeleteNodeRequest) -> Result<Written, ProviderError>;

    /// Makes a pod leave its node.
    ///
    /// # Errors
    ///
    /// Whatever keeps the cluster from answering. A budget that blocks it is no error.
    async fn evict(&self, request: &EvictRequest) -> Result<Evicted, ProviderError>;
}
