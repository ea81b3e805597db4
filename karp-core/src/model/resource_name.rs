//! The name of a resource that pods request and nodes offer.
//!
//! Not here: amounts; see [`Resources`](super::Resources).

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Quantity;

/// A resource name as Kubernetes spells it: `cpu`, `memory`, `nvidia.com/gpu`.
///
/// Cheap to clone: the common names are static, others are reference counted. Order and equality
/// are those of the text.
///
/// # Example: a well-known name and a device
///
/// ```
/// use karp_core::model::ResourceName;
///
/// assert_eq!(ResourceName::from("cpu"), ResourceName::CPU);
/// assert!(ResourceName::from("hugepages-2Mi").is_hugepages());
/// assert!(!ResourceName::from("nvidia.com/gpu").is_core());
/// ```
#[derive(Clone)]
pub struct ResourceName(Repr);

#[derive(Clone)]
enum Repr {
    Static(&'static str),
    Shared(Arc<str>),
}

impl ResourceName {
    /// Processor time; amounts are thousandths of a core.
    pub const CPU: Self = Self(Repr::Static("cpu"));
    /// Local storage; amounts are bytes.
    pub const EPHEMERAL_STORAGE: Self = Self(Repr::Static("ephemeral-storage"));
    /// Main memory; amounts are bytes.
    pub const MEMORY: Self = Self(Repr::Static("memory"));
    /// The pseudo-resource by which node pool limits count nodes.
    pub const NODES: Self = Self(Repr::Static("nodes"));
    /// The number of pods.
    pub const PODS: Self = Self(Repr::Static("pods"));

    /// A name from a text that lives forever, without allocation.
    pub const fn from_static(name: &'static str) -> Self {
        Self(Repr::Static(name))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Repr::Static(name) => name,
            Repr::Shared(name) => name,
        }
    }

    /// Whether the amount is counted in thousandths; only CPU is.
    pub fn is_cpu(&self) -> bool {
        self.as_str() == "cpu"
    }

    /// Whether this is one of the four resources that every node has: CPU, memory, ephemeral
    /// storage and pods. An overlay may not change them.
    pub fn is_core(&self) -> bool {
        matches!(self.as_str(), "cpu" | "memory" | "ephemeral-storage" | "pods")
    }

    /// Whether this is memory set aside in large pages, `hugepages-<size>`.
    pub fn is_hugepages(&self) -> bool {
        self.as_str().starts_with("hugepages-")
    }

    /// The amount of `quantity` in this resource's unit, rounded up: for requests, so that nothing gets less than it asked for.
    pub fn round_up(&self, quantity: &Quantity) -> i64 {
        if self.is_cpu() { quantity.milli_ceil() } else { quantity.units_ceil() }
    }

    /// The amount of `quantity` in this resource's unit, rounded down: for capacity, so that nothing gives more than it has.
    pub fn round_down(&self, quantity: &Quantity) -> i64 {
        if self.is_cpu() { quantity.milli_floor() } else { quantity.units_floor() }
    }

    /// Whether the amount is a number of bytes.
    pub fn is_bytes(&self) -> bool {
        matches!(self.as_str(), "memory" | "ephemeral-storage") || self.is_hugepages()
    }
}

impl From<&str> for ResourceName {
    fn from(name: &str) -> Self {
        match name {
            "cpu" => Self::CPU,
            "ephemeral-storage" => Self::EPHEMERAL_STORAGE,
            "memory" => Self::MEMORY,
            "nodes" => Self::NODES,
            "pods" => Self::PODS,
            _ => Self(Repr::Shared(name.into())),
        }
    }
}

impl From<String> for ResourceName {
    fn from(name: String) -> Self {
        name.as_str().into()
    }
}

impl From<&Self> for ResourceName {
    fn from(name: &Self) -> Self {
        name.clone()
    }
}

impl AsRef<str> for ResourceName {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl Borrow<str> for ResourceName {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for ResourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for ResourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl PartialEq for ResourceName {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for ResourceName {}

impl Hash for ResourceName {
    fn hash<State: Hasher>(&self, state: &mut State) {
        self.as_str().hash(state);
    }
}

impl Ord for ResourceName {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl PartialOrd for ResourceName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Serialize for ResourceName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for ResourceName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}
