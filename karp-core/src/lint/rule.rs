//! What lints look for: codes, severities and remedies in one table; not how it is found.

use super::{
    business_hours, consolidation, controller, eviction, expiry, grace, instance_types, keys,
    limits, names, overlap, schedules,
};
use crate::model::{Finding, Severity};

/// Something that a lint looks for.
///
/// A provider that has lints of its own declares them with [`new`](Self::new), so that tools list all rules alike.
///
/// ```
/// use karp_core::{lint::Rule, model::Severity};
///
/// const SHORT_LEASE: Rule =
///     Rule::new("short-lease", Severity::Warning, "a lease ends soon", "renew it");
/// let finding = SHORT_LEASE.finding("Hangar a7", "the lease ends tomorrow").at("spec.lease");
/// assert_eq!(finding.to_string(), "warning[short-lease] Hangar a7 spec.lease: the lease ends tomorrow");
/// assert_eq!(finding.remedy, "renew it");
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Rule {
    /// Stable kebab-case code; `docs/src/lint.md` has a section per code.
    pub code: &'static str,
    /// How bad it is at worst; milder cases of a rule are findings of a lower severity.
    pub severity: Severity,
    /// What it is, as a heading.
    pub title: &'static str,
    /// What to do about it, unless a finding knows better.
    pub remedy: &'static str,
}

impl Rule {
    /// A rule.
    pub const fn new(
        code: &'static str,
        severity: Severity,
        title: &'static str,
        remedy: &'static str,
    ) -> Self {
        Self { code, severity, title, remedy }
    }

    /// A finding of this rule about an object as a whole.
    pub fn finding(&self, object: impl Into<String>, message: impl Into<String>) -> Finding {
        Finding::new(self.code, self.severity, object, message).mended_by(self.remedy)
    }
}

/// The rules of [`lint`](super::lint), in the order of their codes.
pub const RULES: &[Rule] = &[
    consolidation::BLOCKS_CONSOLIDATION,
    schedules::ALWAYS_HOLDS,
    schedules::INVALID,
    schedules::NEVER_HOLDS,
    consolidation::OFF_BUT_DRIFTS,
    controller::ON_MANAGED_NODES,
    expiry::WITHOUT_WINDOW,
    instance_types::FEW_FOR_SPOT,
    grace::OUTLIVES_SPOT_NOTICE,
    instance_types::MIN_VALUES_UNREACHABLE,
    names::TOO_LONG,
    business_hours::NO_BUDGET,
    limits::NONE,
    overlap::POOLS,
    eviction::ALLOWS_NONE,
    keys::RESTRICTED,
    schedules::NEVER_FIRES,
    eviction::SEVERAL_BUDGETS,
    schedules::UNLIMITED_OUTSIDE,
    instance_types::UNSATISFIABLE,
];
