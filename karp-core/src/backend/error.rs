//! How a backend fails: what kind of failure it is and whether trying again makes sense; not refusals of pods.

use std::{borrow::Cow, error::Error, fmt, sync::Arc};

use crate::model::Span;

/// A failed call of a backend.
///
/// Callers act on [`kind`](Self::kind) and [`retry`](Self::retry), which the backend decides where the cause is known, never on texts or
/// vendor codes.
///
/// ```
/// use karp_core::backend::{ErrorKind, ProviderError, Retry};
/// use karp_core::model::Span;
///
/// let error = ProviderError::new("launch", ErrorKind::Throttled)
///     .with_retry(Retry::After(Span::seconds(5)))
///     .with_detail("RequestLimitExceeded");
/// assert_eq!(error.to_string(), "launch: too many requests (RequestLimitExceeded)");
/// assert_eq!(ProviderError::new("launch", ErrorKind::NoCapacity).retry(), Retry::Otherwise);
/// ```
#[derive(Clone, Debug)]
pub struct ProviderError {
    operation: Cow<'static, str>,
    kind: ErrorKind,
    retry: Retry,
    detail: Option<Box<str>>,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

/// What kind of failure it is.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The object changed since it was read, or its name is taken.
    Conflict,
    /// The request contradicts itself or the backend's rules.
    InvalidRequest,
    /// Nothing that the request lists can be had now.
    NoCapacity,
    /// The node class is not there or not ready.
    NodeClassNotReady,
    /// The object is not there.
    NotFound,
    /// The machine exists and is not ours: it was not launched through this backend for this cluster.
    NotOurs,
    /// Credentials are missing or don't allow the call.
    PermissionDenied,
    /// A limit on what may be owned is reached.
    QuotaExceeded,
    /// Too many calls.
    Throttled,
    /// No answer in time. The call may have taken effect.
    Timeout,
    /// The backend can't be reached or is in trouble. The call may have taken effect.
    Unavailable,
    /// Anything else. The call may have taken effect.
    Unexpected,
    /// The backend does not do this; see [`Capabilities`](super::Capabilities).
    Unsupported,
}

/// Whether trying again makes sense.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[expect(clippy::exhaustive_enums, reason = "every caller must know what to do")]
pub enum Retry {
    /// The same request, not before this span has passed.
    After(Span),
    /// The same request may fail as long as nothing changes; another choice (type, zone, pool) may succeed at once.
    Otherwise,
    /// The same request, with the caller's usual backoff.
    Same,
    /// Not without a change by a person.
    Never,
}

impl ProviderError {
    /// A failure of `operation`, with the retry class that its kind has by [default](ErrorKind::default_retry).
    pub fn new(operation: impl Into<Cow<'static, str>>, kind: ErrorKind) -> Self {
        Self {
            operation: operation.into(),
            kind,
            retry: kind.default_retry(),
            detail: None,
            source: None,
        }
    }

    /// Sets the retry class.
    #[must_use]
    pub const fn with_retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// Says more in one line: a vendor's code, the object, the limit.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<Box<str>>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Keeps the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Error + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// The call that failed, by its method's name.
    pub fn operation(&self) -> &str {
        &self.operation
    }

    /// What kind of failure it is.
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Whether trying again makes sense.
    pub const fn retry(&self) -> Retry {
        self.retry
    }

    /// More in one line; empty when there is no more to say.
    pub fn detail(&self) -> &str {
        self.detail.as_deref().unwrap_or_default()
    }

    /// Whether the call may have taken effect although it failed. Then the same tokens must be used again.
    pub const fn may_have_taken_effect(&self) -> bool {
        matches!(self.kind, ErrorKind::Timeout | ErrorKind::Unavailable | ErrorKind::Unexpected)
    }
}

impl ErrorKind {
    /// The retry class of a failure of this kind about which no more is known.
    pub const fn default_retry(self) -> Retry {
        match self {
            Self::Conflict
            | Self::NodeClassNotReady
            | Self::Throttled
            | Self::Timeout
            | Self::Unavailable
            | Self::Unexpected => Retry::Same,
            Self::NoCapacity | Self::QuotaExceeded => Retry::Otherwise,
            Self::InvalidRequest
            | Self::NotFound
            | Self::NotOurs
            | Self::PermissionDenied
            | Self::Unsupported => Retry::Never,
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Conflict => "the object changed meanwhile",
            Self::InvalidRequest => "the request is invalid",
            Self::NoCapacity => "no capacity",
            Self::NodeClassNotReady => "the node class is not ready",
            Self::NotFound => "not found",
            Self::NotOurs => "the machine is not ours",
            Self::PermissionDenied => "permission denied",
            Self::QuotaExceeded => "a quota is exhausted",
            Self::Throttled => "too many requests",
            Self::Timeout => "no answer in time",
            Self::Unavailable => "the backend is unavailable",
            Self::Unexpected => "an unexpected failure",
            Self::Unsupported => "not supported",
        })
    }
}

impl fmt::Display for ProviderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.operation, self.kind)?;
        match &self.detail {
            Some(detail) => write!(f, " ({detail})"),
            None => Ok(()),
        }
    }
}

impl Error for ProviderError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}

/// Equal in everything but the cause, which can't be compared.
impl PartialEq for ProviderError {
    fn eq(&self, other: &Self) -> bool {
        self.operation == other.operation
            && self.kind == other.kind
            && self.retry == other.retry
            && self.detail == other.detail
    }
}

impl Eq for ProviderError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_does_not_repeat_the_cause() {
        let cause = std::io::Error::other("connection reset");
        let error = ProviderError::new("machines", ErrorKind::Unavailable).with_source(cause);
        assert_eq!(error.to_string(), "machines: the backend is unavailable");
        assert_eq!(error.source().unwrap().to_string(), "connection reset");
    }

    #[test]
    fn a_lost_reply_may_have_taken_effect_and_a_refusal_has_not() {
        assert!(ProviderError::new("launch", ErrorKind::Timeout).may_have_taken_effect());
        assert!(!ProviderError::new("launch", ErrorKind::NoCapacity).may_have_taken_effect());
    }
}
