//! Something about the input that somebody should know; not a reason why a pod fits nowhere.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A finding: what was read but can't be used, is doubtful, or was not understood.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// Stable kebab-case code.
    pub code: String,
    /// How bad it is.
    pub severity: Severity,
    /// The object: `Kind namespace/name` or `Kind name`, or the place in a file when there is no object.
    pub object: String,
    /// Path of the field, `spec.limits` for example; empty = the object as a whole.
    pub field: String,
    /// What is the matter and what was expected, in one line.
    pub message: String,
    /// What to do about it, in one line; empty where the message says all.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub remedy: String,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(clippy::exhaustive_enums, reason = "callers map every severity to an exit code or colour")]
pub enum Severity {
    /// Something is not used as it was meant to be.
    Error,
    /// Something will hurt, or may not mean what its author thinks.
    Warning,
    /// Worth knowing.
    Info,
}

impl Finding {
    /// A finding about a whole object.
    pub fn new(
        code: impl Into<String>,
        severity: Severity,
        object: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            code: code.into(),
            severity,
            object: object.into(),
            field: String::new(),
            message: message.into(),
            remedy: String::new(),
        }
    }

    /// Says which field it is about.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = field.into();
        self
    }

    /// Says what to do about it.
    #[must_use]
    pub fn mended_by(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = remedy.into();
        self
    }
}

impl Severity {
    /// The name in outputs: `error`, `warning` or `info`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for Finding {
    /// Writes `severity[code] object field: message`, without the remedy.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}] {}", self.severity, self.code, self.object)?;
        if !self.field.is_empty() {
            write!(f, " {}", self.field)?;
        }
        write!(f, ": {}", self.message)
    }
}
