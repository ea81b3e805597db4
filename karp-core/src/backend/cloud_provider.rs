//! A cloud: what can be had, what is ours, starting and ending; not the choice among them.

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
    async fn drift(&self, _request: &DriftRequest) -> Result<DriftAnswers, ProviderError> {
        Err(ProviderError::new("drift", ErrorKind::Unsupported))
    }
}
