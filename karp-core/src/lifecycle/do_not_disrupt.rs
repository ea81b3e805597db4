//! What people are told about a pod that asks to be left alone; not what its annotation means.

use super::{Event, EventReason};
use crate::model::{DoNotDisrupt, Pod, label};

impl DoNotDisrupt {
    /// What people are told on the pod, if anything.
    pub fn event(&self, pod: &Pod) -> Option<Event> {
        let (reason, message) = match self {
            Self::Absent | Self::Forever | Self::NotStarted => return None,
            Self::Elapsed(end) => (
                EventReason::DoNotDisruptGracePeriodElapsed,
                format!("Pod may be disrupted since {end}"),
            ),
            Self::Invalid { problem, .. } => (
                EventReason::InvalidDoNotDisruptAnnotation,
                format!("Invalid {} annotation: {problem}", label::DO_NOT_DISRUPT),
            ),
            Self::Until(end) => {
                (EventReason::DoNotDisruptUntil, format!("Pod is not disrupted until {end}"))
            }
        };
        Some(Event::on_pod(pod, reason, message))
    }
}
