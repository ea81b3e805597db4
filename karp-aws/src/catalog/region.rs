//! Where a region offers each instance type, and for how much on demand; not what the types are.

use std::collections::BTreeMap;

use karp_core::model::{ParsePriceError, Price};
use serde::Deserialize;

use super::{
    error::BundledError,
    figures::{Words, parse},
};

/// A bundled region.
struct Source {
    region: &'static str,
    file: &'static str,
    text: &'static str,
}

/// The bundled regions, in the order of their names.
const SOURCES: &[Source] = &[Source {
    region: "us-east-1",
    file: "us-east-1.csv",
    text: include_str!("../../data/us-east-1.csv"),
}];

/// Zones and on-demand prices of one region.
#[derive(Debug)]
pub(super) struct RegionFigures {
    /// Name of the region.
    pub(super) region: &'static str,
    /// Per instance type.
    pub(super) offers: BTreeMap<String, Offer>,
}

/// How a region offers an instance type.
#[derive(Clone, Debug, Default)]
pub(super) struct Offer {
    /// Names of the zones that have it, in order.
    pub(super) zones: Vec<String>,
    /// Price on demand with Linux; none where AWS publishes none.
    pub(super) on_demand: Option<Price>,
}

#[derive(Deserialize)]
struct Row {
    name: String,
    /// Last letters of the zones' names.
    zones: Words,
    usd_per_hour: Option<String>,
}

/// The figures of `region`.
///
/// # Errors
///
/// [`BundledError`] if there are none, or if they can't be read.
pub(super) fn read(region: &str) -> Result<RegionFigures, BundledError> {
    let source = SOURCES.iter().find(|source| source.region == region).ok_or_else(|| {
        let known = SOURCES.iter().map(|source| source.region).collect();
        BundledError::UnknownRegion { region: region.to_owned(), known }
    })?;
    let rows: Vec<Row> = parse(source.file, source.text)?;
    let mut offers = BTreeMap::new();
    for row in rows {
        let on_demand = row.usd_per_hour.as_deref().map(str::parse).transpose();
        let on_demand = on_demand.map_err(|error: ParsePriceError| BundledError::Damaged {
            file: source.file,
            line: 0,
            problem: format!("price of `{}`: {error}", row.name),
        })?;
        let zones = row.zones.iter().map(|letter| format!("{region}{letter}")).collect();
        offers.insert(row.name, Offer { zones, on_demand });
    }
    Ok(RegionFigures { region: source.region, offers })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::catalog::figures;

    #[test]
    fn every_offer_is_of_a_known_type() {
        let types: BTreeSet<String> =
            figures::read().unwrap().into_iter().map(|row| row.name).collect();
        let region = read("us-east-1").unwrap();
        assert!(region.offers.keys().all(|name| types.contains(name)));
        assert_eq!(region.offers.values().filter(|offer| offer.on_demand.is_some()).count(), 1340);
        assert_eq!(region.offers.values().filter(|offer| !offer.zones.is_empty()).count(), 1375);
    }

    #[test]
    fn a_region_without_figures_is_answered_with_those_that_have_some() {
        assert_eq!(
            read("eu-west-1").unwrap_err().to_string(),
            "there are no bundled figures for region `eu-west-1`; there are some for `us-east-1`"
        );
    }
}
