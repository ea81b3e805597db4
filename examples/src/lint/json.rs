//! Findings for programs.

use karp_core::model::Severity;
use serde_json::{Value, json};

use super::Inspection;

/// `{"now": …, "findings": […], "totals": {"error": …, "warning": …, "info": …}}`.
///
/// # Errors
///
/// When a finding is no JSON, which none is.
pub fn json(inspection: &Inspection) -> serde_json::Result<Value> {
    let totals = [Severity::Error, Severity::Warning, Severity::Info]
        .map(|severity| (severity.to_string(), Value::from(inspection.count(severity))));
    Ok(json!({
        "now": serde_json::to_value(inspection.now)?,
        "findings": serde_json::to_value(&inspection.findings)?,
        "totals": Value::Object(totals.into_iter().collect()),
    }))
}
