//! Objects by which the API server completes pods, as the API writes them; not the completing.

use serde::Deserialize;

use super::{Amounts, Meta, meta::text_map};
use crate::model::{Labels, Toleration};

/// A `LimitRange`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct LimitRangeObject {
    #[serde(default)]
    pub(crate) metadata: Meta,
    pub(crate) spec: LimitRangeSpec,
}

/// `spec` of a `LimitRange`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct LimitRangeSpec {
    pub(crate) limits: Vec<LimitRangeItem>,
}

/// One of the `limits` of a `LimitRange`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct LimitRangeItem {
    /// `Container`, `Pod` or `PersistentVolumeClaim`.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) default: Amounts,
    pub(crate) default_request: Amounts,
    pub(crate) min: Amounts,
    pub(crate) max: Amounts,
    pub(crate) max_limit_request_ratio: Amounts,
}

/// A `PriorityClass`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PriorityClassObject {
    #[serde(default)]
    pub(crate) metadata: Meta,
    pub(crate) value: i32,
    #[serde(default)]
    pub(crate) global_default: bool,
}

/// A `RuntimeClass`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RuntimeClassObject {
    pub(crate) metadata: Meta,
    pub(crate) overhead: Overhead,
    pub(crate) scheduling: RuntimeScheduling,
}

/// `overhead` of a `RuntimeClass`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Overhead {
    pub(crate) pod_fixed: Amounts,
}

/// `scheduling` of a `RuntimeClass`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct RuntimeScheduling {
    #[serde(deserialize_with = "text_map")]
    pub(crate) node_selector: Labels,
    pub(crate) tolerations: Vec<Toleration>,
}
