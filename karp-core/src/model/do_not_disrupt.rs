//! The annotation by which a pod asks to be left alone, for ever or for a time; not what a Node's annotation says.

use super::{Pod, Span, Timestamp, label};

/// What a pod's annotation `karpenter.sh/do-not-disrupt` says at an instant.
///
/// ```
/// use std::sync::Arc;
/// use karp_core::model::{DoNotDisrupt, Labels, Pod, Timestamp, label};
///
/// let mut pod = Pod::new("import-1");
/// pod.annotations = Arc::new(Labels::from([(label::DO_NOT_DISRUPT.to_owned(), "30m".to_owned())]));
/// pod.status.started_at = Some("2026-01-15T12:00:00Z".parse().unwrap());
/// let at = |now: &str| DoNotDisrupt::of(&pod, now.parse().unwrap()).is_active();
/// assert!(at("2026-01-15T12:29:59Z"));
/// assert!(!at("2026-01-15T12:30:00Z"));
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum DoNotDisrupt {
    /// It is not there.
    Absent,
    /// It protected the pod until then.
    Elapsed(Timestamp),
    /// It protects the pod for as long as it is there.
    Forever,
    /// It can't be read, and protects nothing.
    Invalid {
        /// What it says.
        text: String,
        /// What is wrong with it.
        problem: String,
    },
    /// It protects the pod for a time that starts when the pod does.
    NotStarted,
    /// It protects the pod until then.
    Until(Timestamp),
}

impl DoNotDisrupt {
    /// Reads the annotation: `true`, or a positive duration from the start of the pod. Anything else is invalid, `false` too.
    pub fn of(pod: &Pod, now: Timestamp) -> Self {
        let Some(text) = pod.annotations.get(label::DO_NOT_DISRUPT) else { return Self::Absent };
        if text == "true" {
            return Self::Forever;
        }
        let invalid = |problem| Self::Invalid { text: text.clone(), problem };
        match text.parse::<Span>() {
            Err(error) => invalid(error.to_string()),
            Ok(span) if span <= Span::ZERO => invalid(format!("`{text}` is not positive")),
            Ok(span) => match pod.status.started_at.map(|started| started + span) {
                None => Self::NotStarted,
                Some(end) if now < end => Self::Until(end),
                Some(end) => Self::Elapsed(end),
            },
        }
    }

    /// Whether it protects the pod now, which must still be active for that to matter.
    pub const fn is_active(&self) -> bool {
        matches!(self, Self::Forever | Self::NotStarted | Self::Until(_))
    }
}
