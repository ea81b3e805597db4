//! Ports that a pod takes on its node itself.
//!
//! Not here: ports inside the pod's own network.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

/// A transport protocol.
#[derive(
    Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize,
)]
#[serde(rename_all = "UPPERCASE")]
#[expect(clippy::exhaustive_enums, reason = "Kubernetes has exactly these three")]
pub enum Protocol {
    /// SCTP.
    Sctp,
    /// TCP, the default.
    #[default]
    Tcp,
    /// UDP.
    Udp,
}

/// A port that a pod takes on its node, on one address or on all.
///
/// # Example: the same port on one address and on all
///
/// ```
/// use karp_core::model::{HostPort, Protocol};
///
/// let all = HostPort::new(8080, Protocol::Tcp);
/// let one = HostPort::on("10.0.0.1", 8080, Protocol::Tcp)?;
/// assert!(all.conflicts(&one));
/// assert_eq!(one.to_string(), "IP=10.0.0.1 Port=8080 Proto=TCP");
/// # Ok::<(), karp_core::model::ParseHostPortError>(())
/// ```
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct HostPort {
    /// The address; the unspecified one (`0.0.0.0` or `::`) stands for all.
    #[serde(default = "any_address", deserialize_with = "read_address", rename = "hostIP")]
    pub ip: IpAddr,
    /// The port, 1 to 65535.
    #[serde(rename = "hostPort")]
    pub port: u16,
    /// The protocol.
    #[serde(default)]
    pub protocol: Protocol,
}

/// Why a host port cannot be read.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseHostPortError {
    /// The host address is no IP address.
    #[error("`{text}` is not an IP address")]
    Address {
        /// The text as given.
        text: String,
    },
    /// The protocol is unknown.
    #[error("`{text}` is not a protocol (expected `TCP`, `UDP` or `SCTP`)")]
    Protocol {
        /// The text as given.
        text: String,
    },
}

impl HostPort {
    /// A port on all addresses.
    pub const fn new(port: u16, protocol: Protocol) -> Self {
        Self { ip: any_address(), port, protocol }
    }

    /// A port on the address that `ip` names; an empty text names all.
    ///
    /// # Errors
    ///
    /// [`ParseHostPortError::Address`] if the text is no IP address.
    pub fn on(ip: &str, port: u16, protocol: Protocol) -> Result<Self, ParseHostPortError> {
        if ip.is_empty() {
            return Ok(Self::new(port, protocol));
        }
        let ip = ip.parse().map_err(|_| ParseHostPortError::Address { text: ip.to_owned() })?;
        Ok(Self { ip, port, protocol })
    }

    /// Whether two pods cannot have these ports on one node.
    ///
    /// They cannot if port and protocol are equal and the addresses are equal or one of them
    /// stands for all.
    pub fn conflicts(&self, other: &Self) -> bool {
        self.port == other.port
            && self.protocol == other.protocol
            && (self.ip == other.ip || self.ip.is_unspecified() || other.ip.is_unspecified())
    }
}

const fn any_address() -> IpAddr {
    IpAddr::V4(Ipv4Addr::UNSPECIFIED)
}

fn read_address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<IpAddr, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?.unwrap_or_default();
    let port = HostPort::on(&text, 0, Protocol::Tcp).map_err(serde::de::Error::custom)?;
    Ok(port.ip)
}

impl Protocol {
    /// The protocol as manifests write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sctp => "SCTP",
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
        }
    }
}

impl FromStr for Protocol {
    type Err = ParseHostPortError;

    /// Reads a protocol; an empty text is TCP.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "" | "TCP" => Ok(Self::Tcp),
            "UDP" => Ok(Self::Udp),
            "SCTP" => Ok(Self::Sctp),
            _ => Err(ParseHostPortError::Protocol { text: text.to_owned() }),
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for HostPort {
    /// Writes `IP=10.0.0.1 Port=8080 Proto=TCP`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IP={} Port={} Proto={}", self.ip, self.port, self.protocol)
    }
}
