//! Containers as far as they take resources and ports; not images, commands or probes.

use serde::Deserialize;

use super::{Amounts, Named};
use crate::model::{HostPort, ParseHostPortError, Protocol};

/// A container of a pod spec.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Container {
    pub(crate) name: String,
    pub(crate) resources: ResourceFields,
    pub(crate) ports: Vec<ContainerPort>,
    /// `Always` makes an init container a sidecar.
    pub(crate) restart_policy: String,
}

/// `resources` of a container or of a whole pod.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ResourceFields {
    pub(crate) requests: Amounts,
    pub(crate) limits: Amounts,
    /// Claims of the pod that the container uses.
    pub(crate) claims: Vec<Named>,
}

/// A port of a container.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ContainerPort {
    #[serde(rename = "containerPort")]
    pub(crate) inside: u16,
    pub(crate) host_port: u16,
    #[serde(rename = "hostIP")]
    pub(crate) host_ip: String,
    pub(crate) protocol: Protocol,
}

impl Container {
    /// Whether this init container keeps running beside the regular ones.
    pub(crate) fn is_sidecar(&self) -> bool {
        self.restart_policy == "Always"
    }
}

impl ContainerPort {
    /// The port that it takes on the host; 0 when it takes none.
    pub(crate) fn on_host(&self) -> Result<HostPort, ParseHostPortError> {
        HostPort::on(&self.host_ip, self.host_port, self.protocol)
    }
}
