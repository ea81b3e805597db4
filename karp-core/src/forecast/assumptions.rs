//! What a forecast assumes of clouds, clusters and people; not what policies choose.

use serde::{Deserialize, Serialize};

use crate::model::Span;

/// What a forecast assumes, and the few numbers in it that can be set.
///
/// - **Load** stays as it is: no pod is created, ends or changes its requests. Pods that wait for a place are served by provisioning rounds first.
/// - **Prices and stock** stay as they are. A machine is launched as the cheapest offering that its request allows, at once, and its Node takes pods
///   after [`boot`](Self::boot). Nothing is interrupted, nothing breaks; what is not ready stays so.
/// - **Draining** takes [`drain`](Self::drain): all pods that may be evicted have left by then, and the machine is gone. Pods that ask not to be
///   disrupted, or that a pod disruption budget protects, hold their node until their time, or the deadline of the claim, has passed; budgets allow
///   at any time what they allow now.
/// - **Pods** that lost their node keep their name and go where a provisioning round puts them. Those of daemon sets go with their node; what
///   daemon sets take on new machines is counted.
/// - **Passes** happen as soon as one could decide differently, and what saves money is looked at again after [`confirm`](Self::confirm), during which
///   no other pass happens. A controller that looks every ten seconds is late by as much.
/// - **Drift** is what claims say, hashes and requirements of pools included; the catalog and the cloud have no further reasons.
/// - **Static pools** keep their claims; their replicas are not scaled.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", default)]
pub struct Assumptions {
    /// How far to look. Default: 7 days.
    pub horizon: Span,
    /// Time from the request for a machine until its Node takes pods. Default: 90 s.
    pub boot: Span,
    /// Time from the deletion of a claim until its machine is gone. Default: 60 s.
    pub drain: Span,
    /// Time after which what emptiness and consolidation found is looked at again. Default: 15 s, as in the reference.
    pub confirm: Span,
    /// Most passes, after which the forecast ends early. Default: 20,000.
    pub most_passes: usize,
}

impl Default for Assumptions {
    fn default() -> Self {
        Self {
            horizon: Span::hours(7 * 24),
            boot: Span::seconds(90),
            drain: Span::seconds(60),
            confirm: Span::seconds(15),
            most_passes: 20_000,
        }
    }
}
