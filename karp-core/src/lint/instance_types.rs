//! Demands of pools that too few instance types meet; not which type is best.

use std::collections::BTreeSet;

use super::{
    Rule,
    cluster::Cluster,
    offer::{PoolOffer, TypeOffer},
};
use crate::model::{
    CapacityType, Finding, Requirement, RequirementEntry, Requirements, Severity, Vocabulary,
};

/// A requirement, or a pair of them, that no type meets.
pub(super) const UNSATISFIABLE: Rule = Rule::new(
    "unsatisfiable-requirement",
    Severity::Error,
    "no instance type meets a pool's requirements",
    "correct the values, or drop a requirement",
);

/// More different values demanded than there are.
pub(super) const MIN_VALUES_UNREACHABLE: Rule = Rule::new(
    "min-values-unreachable",
    Severity::Error,
    "`minValues` demands more different values than there are",
    "lower `minValues`, or widen the requirements",
);

/// Spot from few types.
pub(super) const FEW_FOR_SPOT: Rule = Rule::new(
    "few-spot-types",
    Severity::Warning,
    "a pool buys spot from few instance types",
    "widen the requirements: more families, generations and sizes, both architectures where images allow it",
);

const FIELD: &str = "spec.template.spec.requirements";

pub(super) fn find(cluster: &Cluster<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for offer in cluster.pools.iter().filter(|offer| offer.is_open) {
        if offer.types.is_empty() {
            let types: Vec<TypeOffer<'_>> = cluster
                .snapshot
                .types_of(&offer.pool.name)
                .iter()
                .map(|kind| TypeOffer::new(kind, cluster.words()))
                .collect();
            findings.extend(unsatisfiable(offer, &types, cluster.words()));
            continue;
        }
        findings.extend(min_values(offer, cluster.words()));
        findings.extend(few_for_spot(cluster, offer));
    }
    findings
}

/// Says which requirements no type meets: one alone, two together, or all of them.
fn unsatisfiable(
    offer: &PoolOffer<'_>,
    types: &[TypeOffer<'_>],
    words: &Vocabulary,
) -> Vec<Finding> {
    let entries = &offer.pool.template.requirements;
    let are_met = |some: &[&RequirementEntry]| {
        let demand: Requirements =
            some.iter().map(|entry| Requirement::from(*entry).normalized(words)).collect();
        let demand = demand.offered();
        types.iter().any(|kind| kind.is_sold_under(&demand, words))
    };
    let finding =
        |field: String, message: String| UNSATISFIABLE.finding(&offer.object, message).at(field);
    let count = types.len();
    let alone: Vec<Finding> = entries
        .iter()
        .enumerate()
        .filter(|(_, entry)| !are_met(&[entry]))
        .map(|(index, entry)| {
            let demand = Requirement::from(entry);
            finding(
                format!("{FIELD}[{index}]"),
                format!(
                    "none of {count} instance types meets `{demand}`: the pool never buys a machine"
                ),
            )
        })
        .collect();
    if !alone.is_empty() {
        return alone;
    }
    let pair = entries.iter().enumerate().find_map(|(second, b)| {
        let first = entries.iter().take(second).position(|a| !are_met(&[a, b]))?;
        Some((first, second))
    });
    let message = match pair {
        Some((first, second)) => format!(
            "each is met by some of {count} instance types, but none meets requirements {first} and {second} together: the pool never \
             buys a machine"
        ),
        None => format!(
            "none of {count} instance types meets all requirements and labels together: the pool never buys a machine"
        ),
    };
    let field = pair.map_or_else(|| FIELD.to_owned(), |(_, second)| format!("{FIELD}[{second}]"));
    vec![finding(field, message)]
}

/// Counts as the scheduler does: the values that the types list, whether the pool permits them or not.
fn min_values(offer: &PoolOffer<'_>, words: &Vocabulary) -> Vec<Finding> {
    let mut findings = Vec::new();
    for requirement in offer.requirements.iter() {
        let (key, Some(demanded)) = (requirement.key(), requirement.min_values()) else { continue };
        let there = different_values(key, offer.types.iter());
        if there < usize::try_from(demanded).unwrap_or(usize::MAX) {
            let message = format!(
                "{demanded} different values of `{key}` are demanded, but the {} instance types that meet the requirements have {there}: \
                 the pool never buys a machine",
                offer.types.len()
            );
            let finding = MIN_VALUES_UNREACHABLE.finding(&offer.object, message);
            findings.push(finding.at(min_values_field(offer, requirement, words)));
        }
    }
    findings
}

/// Different values of a label among types, those that a type lists.
pub(super) fn different_values<'t>(
    key: &str,
    types: impl Iterator<Item = &'t TypeOffer<'t>>,
) -> usize {
    let listed = types
        .filter_map(|kind| kind.requirements.get(key))
        .filter(|requirement| !requirement.is_complement());
    listed.flat_map(Requirement::values).collect::<BTreeSet<&str>>().len()
}

/// The entry that makes the demand.
fn min_values_field(
    offer: &PoolOffer<'_>,
    requirement: &Requirement,
    words: &Vocabulary,
) -> String {
    let index = offer.pool.template.requirements.iter().position(|entry| {
        words.canonical_key(&entry.key) == requirement.key()
            && entry.min_values == requirement.min_values()
    });
    index.map_or_else(|| FIELD.to_owned(), |index| format!("{FIELD}[{index}].minValues"))
}

fn few_for_spot(cluster: &Cluster<'_>, offer: &PoolOffer<'_>) -> Option<Finding> {
    if offer.pool.is_static() {
        return None;
    }
    let least = cluster.settings.spot_types;
    let is_spot = |kind: &&TypeOffer<'_>| {
        kind.offerings_under(&offer.requirements, cluster.words())
            .any(|offering| offering.capacity_type() == Some(CapacityType::Spot))
    };
    let there = offer.types.iter().filter(is_spot).count();
    (1..least).contains(&there).then(|| {
        let message = format!(
            "spot can be bought from {there} instance types: with fewer than {least} a spot machine is never replaced by a cheaper one, \
             and one shortage may hit all of them"
        );
        FEW_FOR_SPOT.finding(&offer.object, message).at(FIELD)
    })
}
