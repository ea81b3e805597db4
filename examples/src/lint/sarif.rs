//! Findings as SARIF 2.1.0 (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>), which code hosts show beside the lines.

use std::fmt::Write as _;

use karp_core::{
    lint::Rule,
    model::{Finding, Severity},
};
use serde_sarif::sarif::{
    ArtifactLocation, Location, LogicalLocation, Message, MultiformatMessageString,
    PhysicalLocation, Region, ReportingConfiguration, ReportingDescriptor, Result as SarifResult,
    ResultLevel, Run, SCHEMA_URL, Sarif, Tool, ToolComponent, Version,
};

use super::{Inspection, Located, rules};

/// A log of one run.
pub fn sarif(inspection: &Inspection) -> Sarif {
    let rules = rules();
    let results: Vec<SarifResult> =
        inspection.findings.iter().map(|located| result(located, &rules)).collect();
    let driver = ToolComponent::builder()
        .name("karp lint")
        .version(env!("CARGO_PKG_VERSION"))
        .rules(rules.iter().map(descriptor).collect::<Vec<_>>())
        .build();
    let run = Run::builder().tool(Tool::builder().driver(driver).build()).results(results).build();
    Sarif::builder().version(Version::V2_1_0.to_string()).schema(SCHEMA_URL).runs(vec![run]).build()
}

fn descriptor(rule: &Rule) -> ReportingDescriptor {
    let text = |text: &str| MultiformatMessageString::builder().text(text).build();
    let level = serde_json::json!(level(rule.severity));
    ReportingDescriptor::builder()
        .id(rule.code)
        .short_description(text(rule.title))
        .help(text(rule.remedy))
        .default_configuration(ReportingConfiguration::builder().level(level).build())
        .build()
}

fn result(located: &Located, rules: &[Rule]) -> SarifResult {
    let finding = &located.finding;
    let result = SarifResult::builder()
        .rule_id(finding.code.clone())
        .level(level(finding.severity))
        .message(Message::builder().text(message(finding)).build())
        .locations(vec![location(located)]);
    // What is noticed while reading has a code but no rule.
    match rules.iter().position(|rule| rule.code == finding.code) {
        Some(index) => result.rule_index(i64::try_from(index).unwrap_or(-1)).build(),
        None => result.build(),
    }
}

fn message(finding: &Finding) -> String {
    let field =
        if finding.field.is_empty() { String::new() } else { format!(" {}", finding.field) };
    let remedy =
        if finding.remedy.is_empty() { String::new() } else { format!("; {}", finding.remedy) };
    format!("{}{field}: {}{remedy}", finding.object, finding.message)
}

fn location(located: &Located) -> Location {
    let finding = &located.finding;
    let name = if finding.field.is_empty() { &finding.object } else { &finding.field };
    let logical = LogicalLocation::builder()
        .name(name.as_str())
        .fully_qualified_name(finding.object.as_str())
        .build();
    let location = Location::builder().logical_locations(vec![logical]);
    let (Some(source), Some(line)) = (&located.source, located.line) else {
        return location.build();
    };
    let artifact = ArtifactLocation::builder().uri(uri(source)).build();
    let region = Region::builder().start_line(i64::try_from(line).unwrap_or(1)).build();
    let physical = PhysicalLocation::builder().artifact_location(artifact).region(region).build();
    location.physical_location(physical).build()
}

/// A path as a relative or absolute URI reference (RFC 3986): everything but unreserved characters and `/` is escaped.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

const fn level(severity: Severity) -> ResultLevel {
    match severity {
        Severity::Error => ResultLevel::Error,
        Severity::Warning => ResultLevel::Warning,
        Severity::Info => ResultLevel::Note,
    }
}
