//! What the lifecycle may be told; not the timers that are fixed, which stand where they are used.

use serde::{Deserialize, Serialize};

use super::Classes;
use crate::model::{RepairPolicy, Span, Vocabulary};

/// What the lifecycle may be told.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// Whose claims, pools and nodes are looked after. Default: everybody's.
    pub classes: Classes,
    /// How long a claim may take to be launched. Default: 5 min.
    pub launch_timeout: Span,
    /// How long a launched machine's Node may take to join. Default: 15 min.
    pub registration_timeout: Span,
    /// When unhealthy nodes are replaced, as the provider advises. Default: never.
    pub repair_policies: Vec<RepairPolicy>,
    /// Whether they are replaced at all (feature gate `NodeRepair`). Default: no.
    pub node_repair: bool,
    /// Whether a drain for a spot notice ends by the time at which the cloud takes the machine, two minutes after the notice: pods that are
    /// still there are then told to stop while they can, rather than be cut off. Default: no, as in the reference.
    pub spot_notice_bounds_drain: bool,
    /// Labels that name the reservation a machine runs in; they change when the reservation ends, which is no drift. Default: none.
    pub reservation_labels: Vec<String>,
    /// Other names of labels in the requirements of pools. Default: those of Kubernetes.
    pub vocabulary: Vocabulary,
}

impl Settings {
    /// The reference's settings.
    pub fn compat() -> Self {
        Self {
            classes: Classes::any(),
            launch_timeout: Span::minutes(5),
            registration_timeout: Span::minutes(15),
            repair_policies: Vec::new(),
            node_repair: false,
            spot_notice_bounds_drain: false,
            reservation_labels: Vec::new(),
            vocabulary: Vocabulary::core(),
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::compat()
    }
}
