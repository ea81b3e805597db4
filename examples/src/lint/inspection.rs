//! Everything that is found about manifests, in one list; not its form.

use std::collections::BTreeSet;

use karp_core::{
    Timestamp,
    k8s::{Catalog, ManifestError},
    lint::Settings,
    model::{Finding, Severity},
};
use serde::Serialize;

use super::ManifestObjects;

/// What was found about manifests.
#[derive(Clone, Debug)]
pub struct Inspection {
    /// The instant from which schedules were followed.
    pub now: Timestamp,
    /// What was found, the worst first.
    pub findings: Vec<Located>,
    /// Whether something could not be read.
    pub is_incomplete: bool,
}

/// A finding, and where its object stands.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Located {
    /// How bad it is, first in order.
    #[serde(skip)]
    severity: Severity,
    /// Its object, second in order.
    #[serde(skip)]
    object: String,
    /// The finding.
    #[serde(flatten)]
    pub finding: Finding,
    /// File of the object, or `-`; none when it stands in no file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Line at which its document begins, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
}

impl Inspection {
    /// Reads, lints, and leaves out what is allowed.
    ///
    /// Of what was noticed while reading, errors and warnings are kept: what is only worth knowing concerns plans.
    ///
    /// # Errors
    ///
    /// When the catalog's types make no snapshot.
    pub fn new(
        objects: &ManifestObjects,
        catalog: &impl Catalog,
        now: Timestamp,
        allowed: &BTreeSet<String>,
    ) -> anyhow::Result<Self> {
        let settings = Settings::default();
        let snapshot = objects.manifests.snapshot(catalog, now)?;
        let noticed =
            snapshot.findings.iter().filter(|finding| finding.severity < Severity::Info).cloned();
        let found = karp_core::lint(&snapshot, &settings);
        let of_ec2 = karp_aws::lint::lint(&snapshot, &objects.raw, &settings);
        let mut findings: Vec<Located> = noticed
            .chain(found)
            .chain(of_ec2)
            .filter(|finding| !allowed.contains(&finding.code))
            .map(|finding| Located::new(finding, objects))
            .collect();
        findings.sort();
        let is_incomplete = objects.manifests.errors().iter().any(ManifestError::is_loss);
        Ok(Self { now, findings, is_incomplete })
    }

    /// How many findings are of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|located| located.finding.severity == severity).count()
    }
}

impl Located {
    fn new(finding: Finding, objects: &ManifestObjects) -> Self {
        let place = objects.place(&finding.object);
        Self {
            severity: finding.severity,
            object: finding.object.clone(),
            source: place.map(|(source, _)| source.clone()),
            line: place.map(|(_, line)| *line),
            finding,
        }
    }
}
