//! What a claim asks for, checked, with the devices that each request could have; not which it gets.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    ClaimProblem,
    constraint::Constraint,
    stock::{Stock, StockDevice},
};
use crate::model::{
    ConstraintRule, Device, DeviceClaim, DeviceClass, DeviceCount, DeviceRequest, DeviceSelection,
    Quantity, RequestForm,
};

/// Most devices of a claim.
///
/// <https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/>
pub const MOST_DEVICES: u64 = 32;

/// A claim as devices of a [`Stock`].
#[derive(Clone, Debug)]
pub struct Demand {
    pub(super) requests: Vec<Request>,
    pub(super) constraints: Vec<Constraint>,
}

#[derive(Clone, Debug)]
pub(super) struct Request {
    /// In the order in which they are tried; at least one.
    pub(super) alternatives: Vec<Wanted>,
}

/// Devices that a request could have.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    /// `request`, or `request/alternative`.
    pub(super) name: String,
    pub(super) count: DeviceCount,
    /// Devices that meet all conditions on one device: those of the cluster first.
    pub(super) matches: Vec<usize>,
    pub(super) capacity: BTreeMap<String, Quantity>,
    /// Constraints that it is under.
    pub(super) constraints: Vec<usize>,
}

/// Says whether a condition holds for a driver's device, or what is wrong with the condition.
type Judge<'j> = dyn FnMut(&str, (&str, &Device)) -> Result<bool, String> + 'j;

impl Demand {
    /// Reads a claim. `judge` says whether a condition holds for a driver's device; what fails while it is worked out does not hold.
    ///
    /// # Errors
    ///
    /// [`ClaimProblem`] for the first thing that is wrong with the claim, or that karp does not decide on.
    pub fn new(
        claim: &DeviceClaim,
        stock: &Stock,
        classes: &BTreeMap<&str, &DeviceClass>,
        judge: &mut Judge<'_>,
    ) -> Result<Self, ClaimProblem> {
        let constraints = claim.constraints.iter().map(|constraint| match &constraint.rule {
            ConstraintRule::MatchAttribute(name) => Ok(Constraint::of_attribute(stock, name)),
            ConstraintRule::DistinctAttribute(_) => {
                Err(ClaimProblem::Constraint { rule: "distinctAttribute" })
            }
            ConstraintRule::Unknown => Err(ClaimProblem::Constraint { rule: "unknown" }),
        });
        let constraints = constraints.collect::<Result<_, _>>()?;
        let mut reader = Reader { claim, stock, classes, judge };
        let requests = claim.requests.iter().map(|request| reader.request(request));
        let demand = Self { requests: requests.collect::<Result<_, _>>()?, constraints };
        let asked = demand.requests.iter().map(Request::least).fold(0, u64::saturating_add);
        if asked > MOST_DEVICES {
            return Err(ClaimProblem::TooMany { asked, most: MOST_DEVICES });
        }
        Ok(demand)
    }
}

impl Request {
    fn least(&self) -> u64 {
        let counts = self.alternatives.iter().map(|wanted| match wanted.count {
            DeviceCount::Exactly(count) => u64::from(count),
            DeviceCount::All => 1,
        });
        counts.min().unwrap_or(0)
    }
}

/// What is needed to read the requests of a claim.
struct Reader<'r, 'j> {
    claim: &'r DeviceClaim,
    stock: &'r Stock,
    classes: &'r BTreeMap<&'r str, &'r DeviceClass>,
    judge: &'r mut Judge<'j>,
}

impl Reader<'_, '_> {
    fn request(&mut self, request: &DeviceRequest) -> Result<Request, ClaimProblem> {
        let alternatives = match &request.form {
            RequestForm::Exactly(selection) => {
                vec![self.wanted(request, request.name.clone(), selection)?]
            }
            RequestForm::FirstAvailable(several) => several
                .iter()
                .map(|(name, one)| self.wanted(request, format!("{}/{name}", request.name), one))
                .collect::<Result<_, _>>()?,
        };
        if alternatives.is_empty() {
            return Err(ClaimProblem::NoAlternative { request: request.name.clone() });
        }
        Ok(Request { alternatives })
    }

    fn wanted(
        &mut self,
        request: &DeviceRequest,
        name: String,
        selection: &DeviceSelection,
    ) -> Result<Wanted, ClaimProblem> {
        if selection.admin_access {
            return Err(ClaimProblem::AdminAccess { request: name });
        }
        let Some(class) = self.classes.get(selection.class.as_str()) else {
            return Err(ClaimProblem::ClassMissing { class: selection.class.clone() });
        };
        let selectors: BTreeSet<&str> =
            class.selectors.iter().chain(&selection.selectors).map(String::as_str).collect();
        let mut matches = Vec::new();
        // A device that nobody published shows whether conditions can be understood where there is no other.
        self.meets(&selectors, ("", &Device::default()))?;
        for (number, own) in self.stock.devices.iter().enumerate() {
            if self.is_usable(own) && self.meets(&selectors, (&own.id.driver, &own.device))? {
                matches.push(number);
            }
        }
        let is_under = |requests: &[String]| {
            requests.is_empty() || requests.contains(&request.name) || requests.contains(&name)
        };
        let constraints = self.claim.constraints.iter().enumerate();
        let constraints =
            constraints.filter(|(_, own)| is_under(&own.requests)).map(|(at, _)| at).collect();
        let capacity = selection.capacity.clone();
        Ok(Wanted { name, count: selection.count, matches, capacity, constraints })
    }

    fn is_usable(&self, own: &StockDevice) -> bool {
        let is_valid = self.stock.pool(own).is_some_and(|pool| pool.invalid.is_none());
        is_valid && !own.device.tainted
    }

    /// Whether all conditions hold; all are looked at, so that one that can't be understood is found.
    fn meets(
        &mut self,
        selectors: &BTreeSet<&str>,
        device: (&str, &Device),
    ) -> Result<bool, ClaimProblem> {
        let mut holds = true;
        for expression in selectors {
            holds &= (self.judge)(expression, device).map_err(|problem| {
                ClaimProblem::Selector { expression: (*expression).to_owned(), problem }
            })?;
        }
        Ok(holds)
    }
}
