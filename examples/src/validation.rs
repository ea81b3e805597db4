//! Verdicts on streams of manifests, one line per object: what the tool `validate` prints.
//!
//! Not the rules: those are the library's.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use karp_core::k8s::Document;
use karp_core::k8s::validate::{Issue, Registry, Report, Stage, Verdict, Warning};
use serde::Serialize;
use serde_json::Value;

/// The verdict on one object.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// The file, or `-`.
    pub source: String,
    /// Position of the document in the file, from 1; items of a `List` share that of the list.
    pub document: usize,
    /// Position in the list, from 1.
    #[serde(skip)]
    pub item: Option<usize>,
    /// Kind of the object; none when it has none.
    pub kind: Option<String>,
    /// Name of the object; none when it has none.
    pub name: Option<String>,
    /// Whether it can be used.
    pub verdict: Verdict,
    /// What is wrong.
    pub errors: Vec<Issue>,
    /// What is probably not meant.
    pub warnings: Vec<Warning>,
}

/// Objects as they were before an update, by group, kind, namespace and name.
#[derive(Clone, Debug, Default)]
pub struct Former(BTreeMap<[String; 4], Value>);

impl Former {
    /// Collects the objects of a stream; of equal names the last one counts.
    ///
    /// # Errors
    ///
    /// The first document that can't be read: without it, updates would pass for creations.
    pub fn new(documents: Vec<Document>) -> anyhow::Result<Self> {
        let mut former = BTreeMap::new();
        for document in documents {
            let Document { source, document, value, .. } = document;
            let value = value.map_err(|error| {
                anyhow::anyhow!("failed to read document {document} of `{source}`: {error}")
            })?;
            former.insert(identity(&value), value);
        }
        Ok(Self(former))
    }
}

/// Judges every document of a stream: as an update where a former state is known.
pub fn judge(documents: &[Document], former: &Former, registry: &Registry) -> Vec<Line> {
    documents.iter().map(|document| line(document, former, registry)).collect()
}

/// Lines for people: a heading per object, then what was found, then a count.
pub fn text(lines: &[Line], registry: &Registry) -> String {
    let mut text = String::new();
    for line in lines {
        let item = line.item.map(|item| format!(".{item}")).unwrap_or_default();
        let kind = line.kind.as_deref().unwrap_or("object");
        let name = line.name.as_deref().map(|name| format!(" {name}")).unwrap_or_default();
        let place = format!("{}:{}{item}", line.source, line.document);
        let _ = writeln!(text, "{place} {kind}{name}: {}", line.verdict);
        for issue in &line.errors {
            let _ = writeln!(text, "  {} error: {issue}", issue.stage);
        }
        for warning in &line.warnings {
            let _ = writeln!(text, "  warning: {warning}");
        }
    }
    let rejected = lines.iter().filter(|line| line.verdict == Verdict::Reject).count();
    let accepted = lines.len() - rejected;
    let profile = registry.profile();
    let _ = writeln!(text, "{accepted} accepted, {rejected} rejected by profile {profile}");
    text
}

/// Lines for programs: one JSON object each.
///
/// # Errors
///
/// A line that can't be written as JSON, which would be a fault of this crate.
pub fn jsonl(lines: &[Line]) -> serde_json::Result<String> {
    let mut text = String::new();
    for line in lines {
        text.push_str(&serde_json::to_string(line)?);
        text.push('\n');
    }
    Ok(text)
}

fn line(document: &Document, former: &Former, registry: &Registry) -> Line {
    let (report, kind, name) = match &document.value {
        Err(error) => (Report::rejected("", error.to_string(), Stage::Decode), None, None),
        Ok(object) => {
            let report = match former.0.get(&identity(object)) {
                Some(old) => registry.validate_update(object, old),
                None => registry.validate(object),
            };
            (report, word(object, "/kind"), word(object, "/metadata/name"))
        }
    };
    Line {
        source: document.source.to_string(),
        document: document.document,
        item: document.item,
        kind,
        name,
        verdict: report.verdict(),
        errors: report.errors,
        warnings: report.warnings,
    }
}

fn identity(object: &Value) -> [String; 4] {
    let word = |pointer| word(object, pointer).unwrap_or_default();
    let version = word("/apiVersion");
    let group = version.split_once('/').map_or("", |(group, _)| group);
    [group.to_owned(), word("/kind"), word("/metadata/namespace"), word("/metadata/name")]
}

fn word(object: &Value, pointer: &str) -> Option<String> {
    object.pointer(pointer).and_then(Value::as_str).map(str::to_owned)
}
