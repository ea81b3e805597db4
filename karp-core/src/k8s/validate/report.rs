//! What validation says about one object.

use std::fmt;

use serde::Serialize;

use super::path::{Path, entry, join};

/// Everything found about one object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// Violations, in the order of the fields; none means the object is accepted.
    pub errors: Vec<Issue>,
    /// What is accepted but probably not meant, such as fields that the server drops.
    pub warnings: Vec<Warning>,
}

/// A violated rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Issue {
    /// Path of the field, `spec.template.spec.taints[0].key` for example; empty for the object.
    pub field: String,
    /// What was expected and what was found.
    pub message: String,
    /// Who objects.
    pub stage: Stage,
}

/// Something accepted that its author should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Warning {
    /// Path of the field; empty for the object.
    pub field: String,
    /// What happens to it.
    pub message: String,
}

/// At which point an object fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(clippy::exhaustive_enums, reason = "these are the three steps of a write")]
pub enum Stage {
    /// The API server refuses to store it.
    Admission,
    /// It is stored, but a typed client can't read it.
    Decode,
    /// It is stored and read; a controller finds it invalid and does not use it.
    Runtime,
}

/// Whether an object can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(clippy::exhaustive_enums, reason = "callers map each verdict to an exit code")]
pub enum Verdict {
    /// It is stored and used.
    Accept,
    /// It fails at one stage or another.
    Reject,
}

impl Report {
    /// A report with one violation.
    pub fn rejected(field: &str, message: impl Into<String>, stage: Stage) -> Self {
        let issue = Issue { field: field.to_owned(), message: message.into(), stage };
        Self { errors: vec![issue], warnings: Vec::new() }
    }

    /// Accept without violations, reject with any.
    pub fn verdict(&self) -> Verdict {
        if self.errors.is_empty() { Verdict::Accept } else { Verdict::Reject }
    }

    /// Whether a stage objects.
    pub fn fails_at(&self, stage: Stage) -> bool {
        self.errors.iter().any(|issue| issue.stage == stage)
    }

    pub(super) fn append(&mut self, mut other: Self) {
        self.errors.append(&mut other.errors);
        self.warnings.append(&mut other.warnings);
    }

    pub(super) fn error(&mut self, path: &Path<'_>, stage: Stage, message: impl Into<String>) {
        self.errors.push(Issue { field: path.to_string(), message: message.into(), stage });
    }

    pub(super) fn warn(&mut self, path: &Path<'_>, message: impl Into<String>) {
        self.warnings.push(Warning { field: path.to_string(), message: message.into() });
    }
}

impl fmt::Display for Issue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_at(f, &self.field, &self.message)
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_at(f, &self.field, &self.message)
    }
}

fn write_at(f: &mut fmt::Formatter<'_>, field: &str, message: &str) -> fmt::Result {
    if field.is_empty() { f.write_str(message) } else { write!(f, "{field}: {message}") }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Admission => "admission",
            Self::Decode => "decode",
            Self::Runtime => "runtime",
        })
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Accept => "accept",
            Self::Reject => "reject",
        })
    }
}

/// Collects what one rule finds, relative to the value the rule looks at.
#[derive(Debug, Default)]
pub struct Broken {
    errors: Vec<(String, String)>,
    warnings: Vec<(String, String)>,
}

impl Broken {
    /// The value as a whole breaks the rule.
    pub fn here(&mut self, message: impl Into<String>) {
        self.at("", message);
    }

    /// A part of the value breaks the rule: `field.inner` or `[0].field`.
    pub fn at(&mut self, relative: impl Into<String>, message: impl Into<String>) {
        self.errors.push((relative.into(), message.into()));
    }

    /// An entry of the value, which is a map, breaks the rule.
    pub fn entry(&mut self, key: &str, message: impl Into<String>) {
        self.at(entry("", key), message);
    }

    /// A part of the value breaks no rule, but its author should know something.
    pub fn warn(&mut self, relative: impl Into<String>, message: impl Into<String>) {
        self.warnings.push((relative.into(), message.into()));
    }

    pub(super) fn move_into(self, report: &mut Report, path: &Path<'_>, stage: Stage) {
        let errors = self.errors.into_iter().map(|(relative, message)| Issue {
            field: join(path, &relative),
            message,
            stage,
        });
        report.errors.extend(errors);
        let warnings = self
            .warnings
            .into_iter()
            .map(|(relative, message)| Warning { field: join(path, &relative), message });
        report.warnings.extend(warnings);
    }
}

/// Words as a choice: `` `a`, `b` or `c` ``.
pub fn alternatives<S: AsRef<str>>(words: &[S]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("`{}`", word.as_ref())).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [before @ .., last] => format!("{} or {last}", before.join(", ")),
    }
}
