//! A cloud: what can be had, what is ours, starting and ending; not the choice among them.
#![cfg_attr(
    feature = "mock",
    expect(clippy::disallowed_types, reason = "mocks keep what they expect behind a lock")
)]

use async_trait::async_trait;

use super::{
    Capabilities, DriftAnswers, DriftRequest, ErrorKind, InstanceTypes, InstanceTypesRequest,
    LaunchRequest, Launched, Machine, MachineRequest, Machines, MachinesRequest,
    ProviderDescription, ProviderError, TerminateRequest, Terminated,
};

/// Starts, lists and ends machines; never chooses what to start.
///
/// # Contract
///
#[doc = include_str!("cloud_provider.md")]
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait CloudProvider: Send + Sync {
    /// What this cloud can and can't do. Does not change while the backend lives.
    fn capabilities(&self) -> Capabilities;

    /// Which machines can be had for a pool.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NodeClassNotReady`] when the pool's class can't be used now, [`ErrorKind::InvalidRequest`] when it never can.
    async fn instance_types(
        &self,
        request: &InstanceTypesRequest,
    ) -> Result<InstanceTypes, ProviderError>;

    /// Starts machines.
    ///
    /// # Errors
    ///
    /// When the call failed as a whole: [`ErrorKind::InvalidRequest`] for too many launches, equal tokens in one request or a launch
    /// without options; [`ErrorKind::Unsupported`] for an atomicity that the cloud does not have; and whatever keeps the backend from
    /// answering. A machine that can't be had is an outcome.
    async fn launch(&self, request: &LaunchRequest) -> Result<Launched, ProviderError>;

    /// The machines that are ours.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`] for a page that the backend did not give out.
    async fn machines(&self, request: &MachinesRequest) -> Result<Machines, ProviderError>;

    /// One machine.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] when there is none, [`ErrorKind::NotOurs`] when it is known to be somebody else's.
    async fn machine(&self, request: &MachineRequest) -> Result<Machine, ProviderError>;

    /// Ends machines.
    ///
    /// # Errors
    ///
    /// When the call failed as a whole: [`ErrorKind::InvalidRequest`] for too many machines, and whatever keeps the backend from
    /// answering. A machine that can't be ended is an outcome.
    async fn terminate(&self, request: &TerminateRequest) -> Result<Terminated, ProviderError>;

    /// Who this cloud is. Default: a cloud without node classes and labels of its own.
    fn description(&self) -> ProviderDescription {
        ProviderDescription::new("unnamed")
    }

    /// Which machines are no longer what their node class says. Default: unsupported.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] without the capability.
    async fn drift(&self, request: &DriftRequest) -> Result<DriftAnswers, ProviderError> {
        let detail = format!("asked about {} machines", request.claims.len());
        Err(ProviderError::new("drift", ErrorKind::Unsupported).with_detail(detail))
    }
}

#[cfg(all(test, feature = "mock"))]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[tokio::test]
    async fn a_mock_stands_in_for_a_cloud_behind_a_pointer() {
        let mut mock = MockCloudProvider::new();
        mock.expect_capabilities().return_const(Capabilities::new().without_prices());
        mock.expect_machines().times(1).returning(|_| Ok(Machines::new(Vec::new())));
        let cloud: Arc<dyn CloudProvider> = Arc::new(mock);
        assert!(!cloud.capabilities().prices);
        let listed = cloud.machines(&MachinesRequest::new()).await;
        assert_eq!(listed, Ok(Machines::new(Vec::new())));
    }
}
