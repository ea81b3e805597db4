//! The kubelet block of a node class: which settings there are, and which values make sense.
//!
//! In [`Profile::V1_14_1`] the definition knows twelve settings and checks them at admission. In
//! [`Profile::Head`] it takes any object, and controllers check it against the kubelet's own
//! configuration. Not here: what the settings mean for the capacity of a node.
//!
//! [`Profile::V1_14_1`]: karp_core::k8s::validate::Profile::V1_14_1
//! [`Profile::Head`]: karp_core::k8s::validate::Profile::Head

mod judge;
mod managed;
mod member;
mod threshold;

pub(super) use self::judge::check;
pub use self::judge::{Judgement, judge};
pub(super) use self::managed::managed_fields;
pub(super) use self::threshold::{RESERVABLE, SIGNALS};
