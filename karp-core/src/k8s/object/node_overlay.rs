//! Node overlays as the API writes them; not what they change.

use serde::Deserialize;

use super::{Amounts, ConditionFields, Meta, conditions};
use crate::model::{NodeOverlay, RequirementEntry};

/// A `NodeOverlay` of `karpenter.sh/v1alpha1`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct NodeOverlayObject {
    #[serde(default)]
    pub(crate) metadata: Meta,
    spec: NodeOverlaySpec,
    #[serde(default)]
    status: NodeOverlayStatus,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct NodeOverlaySpec {
    requirements: Vec<RequirementEntry>,
    #[serde(default)]
    weight: u32,
    #[serde(default)]
    price: Option<String>,
    #[serde(default)]
    price_adjustment: Option<String>,
    #[serde(default)]
    capacity: Amounts,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct NodeOverlayStatus {
    conditions: Vec<ConditionFields>,
}

impl NodeOverlayObject {
    /// The overlay in the model's words.
    pub(crate) fn model(&self) -> NodeOverlay {
        let mut overlay = NodeOverlay::new(self.metadata.name.as_str());
        overlay.weight = self.spec.weight;
        overlay.requirements.clone_from(&self.spec.requirements);
        overlay.price.clone_from(&self.spec.price);
        overlay.price_adjustment.clone_from(&self.spec.price_adjustment);
        overlay.capacity = self.spec.capacity.capacity();
        overlay.conditions = conditions(&self.status.conditions);
        overlay
    }
}
