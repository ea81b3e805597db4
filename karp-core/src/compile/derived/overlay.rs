//! One node overlay: what it asks of types and what it changes; not which overlays go together.

use crate::{
    compile::shapes,
    model::{
        Finding, InstanceType, NodeOverlay, Operator, ParsePriceAdjustmentError, Price,
        PriceAdjustment, Requirement, RequirementEntry, Requirements, Severity, Undefined,
        Vocabulary, usd,
    },
};

/// An overlay that is valid.
#[derive(Clone, Debug)]
pub(super) struct Overlay<'s> {
    pub(super) object: &'s NodeOverlay,
    /// What types and offerings must be.
    pub(super) requirements: Requirements,
    pub(super) price: Option<PriceChange>,
}

/// What an overlay does to a price.
#[derive(Clone, Debug)]
pub(super) enum PriceChange {
    To(Price),
    By(PriceAdjustment),
}

impl PriceChange {
    /// What an overlay says; fails with the field and what is wrong with it.
    fn read(object: &NodeOverlay) -> Result<Option<Self>, (&'static str, String)> {
        let adjustment = "spec.priceAdjustment";
        match (&object.price, &object.price_adjustment) {
            (None, None) => Ok(None),
            (Some(text), None) => match read_price(text) {
                Ok(price) => Ok(Some(Self::To(price))),
                Err(problem) => Err(("spec.price", problem)),
            },
            (None, Some(text)) => match text.parse() {
                Ok(change) => Ok(Some(Self::By(change))),
                Err(ref error) => Err((adjustment, ParsePriceAdjustmentError::to_string(error))),
            },
            (Some(_), Some(_)) => Err((adjustment, "excludes `price`".to_owned())),
        }
    }

    /// The price after the change.
    pub(super) fn apply(&self, price: Price) -> Price {
        match self {
            Self::To(price) => *price,
            Self::By(adjustment) => adjustment.apply(price),
        }
    }
}

impl<'s> Overlay<'s> {
    /// Reads an overlay.
    ///
    /// # Errors
    ///
    /// The first thing that is against the rules, as a finding.
    pub(super) fn read(
        object: &'s NodeOverlay,
        vocabulary: &Vocabulary,
    ) -> Result<Self, Box<Finding>> {
        let invalid = |field: &str, problem: String| {
            let name = format!("NodeOverlay {}", object.name);
            let message = format!("{problem}; the overlay is not applied");
            Box::new(Finding::new("overlay-invalid", Severity::Error, name, message).at(field))
        };
        if let Some(problem) = object.requirements.iter().find_map(|own| problem(own, vocabulary)) {
            return Err(invalid("spec.requirements", problem));
        }
        for (name, amount) in object.capacity.iter() {
            if name.is_core() {
                let problem = format!("`{name}` is what the machine has and can't be overlaid");
                return Err(invalid("spec.capacity", problem));
            }
            if amount < 0 {
                let problem = format!("`{name}` is {amount}, expected at least 0");
                return Err(invalid("spec.capacity", problem));
            }
        }
        let price = PriceChange::read(object).map_err(|(field, own)| invalid(field, own))?;
        let entries = object.requirements.iter().map(Requirement::from);
        let requirements = entries.map(|own| own.normalized(vocabulary)).collect();
        Ok(Self { object, requirements, price })
    }

    /// Places of the offerings that it is about, of a type that is `is` as a machine of a pool.
    ///
    /// The type must say all that the overlay asks for, its offerings may not contradict it.
    pub(super) fn offerings(
        &self,
        kind: &InstanceType,
        is: &Requirements,
        vocabulary: &Vocabulary,
    ) -> Vec<usize> {
        if !is.is_compatible(&self.requirements, Undefined::Strict) {
            return Vec::new();
        }
        let known = Undefined::WellKnown(vocabulary);
        let offerings = kind.offerings.iter().enumerate();
        offerings
            .filter(|(_, own)| self.requirements.is_compatible(&own.requirements, known))
            .map(|(place, _)| place)
            .collect()
    }
}

/// What is wrong with a demand of an overlay.
fn problem(entry: &RequirementEntry, vocabulary: &Vocabulary) -> Option<String> {
    let key = vocabulary.canonical_key(&entry.key);
    if vocabulary.is_restricted(key) {
        return Some(format!("the label `{key}` is restricted"));
    }
    if entry.operator == Operator::NotIn && entry.values.is_empty() {
        return Some(format!("`{key}`: operator NotIn expects at least one value"));
    }
    shapes::problem(entry, key, vocabulary).map(|problem| format!("`{key}`: {problem}"))
}

/// A price as overlays write it: digits, with or without a fraction.
fn read_price(text: &str) -> Result<Price, String> {
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|own| own.is_ascii_digit());
    let is_plain = match text.split_once('.') {
        Some((whole, fraction)) => is_digits(whole) && is_digits(fraction),
        None => is_digits(text),
    };
    if !is_plain {
        return Err(format!("`{text}` is not a price (expected text such as `0.096`)"));
    }
    usd(text).map_err(|error| error.to_string())
}
