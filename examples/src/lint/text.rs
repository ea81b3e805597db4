//! Findings for people: worst first, by object, each with what to do.

use std::fmt::Write as _;

use karp_core::model::Severity;

use super::{Inspection, Located};

/// Lines for a terminal.
pub fn text(inspection: &Inspection) -> String {
    let mut text = String::new();
    let mut heading = None;
    for located in &inspection.findings {
        let own = heading_of(located);
        if heading.as_ref() != Some(&own) {
            let _ = writeln!(text, "{own}");
            heading = Some(own);
        }
        let finding = &located.finding;
        let field = if finding.field.is_empty() { "the object" } else { &finding.field };
        let _ = writeln!(text, "  {}[{}] {field}", finding.severity, finding.code);
        let _ = writeln!(text, "    {}", finding.message);
        if !finding.remedy.is_empty() {
            let _ = writeln!(text, "    → {}", finding.remedy);
        }
    }
    let counted =
        [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "hint")];
    let counts = counted.map(|(severity, name)| {
        let count = inspection.count(severity);
        format!("{count} {name}{}", if count == 1 { "" } else { "s" })
    });
    let _ = writeln!(text, "{}; docs/src/lint.md explains each code", counts.join(", "));
    text
}

fn heading_of(located: &Located) -> String {
    let object = &located.finding.object;
    match (&located.source, located.line) {
        (Some(source), Some(line)) => format!("{object} ({source}:{line})"),
        _ => object.clone(),
    }
}
