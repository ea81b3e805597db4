//! The catalog that karp carries with it: EC2's figures of one day, no network; not a live provider.

use std::sync::{Arc, Mutex, PoisonError};

use karp_core::{
    k8s::{Catalog, CatalogAnswer, CatalogError, CatalogRequest},
    model::{InstanceType, Vocabulary},
};

use crate::{
    Settings,
    node_class::{ClassReading, ClassSpec, FieldError},
    vocabulary,
};

use super::{
    error::BundledError,
    figures::{self, TypeFigures},
    findings::{self, PricesOf},
    instance_type,
    region::{self, Offer, RegionFigures},
};

/// API group of the node class.
const GROUP: &str = "karpenter.k8s.aws";
/// Kind of the node class.
const KIND: &str = "EC2NodeClass";

/// Day of the bundled prices.
const PRICES_OF: &str = "2026-07-20";

/// Answers that are kept for classes that say the same. More classes than this are worked out anew: no cluster has so many that
/// differ, and a process that reads ever new manifests must not grow.
const KEPT_ANSWERS: usize = 32;

/// Every EC2 instance type, as one region offers it, from figures that karp carries with it.
///
/// A [`Catalog`]: it answers for pools whose node class is an `EC2NodeClass`. Pools whose classes say the same about instance types
/// get the same [`Arc`]s. How each figure comes about: `docs/src/aws-catalog.md`.
///
/// Spot prices are made up, see [`spot_prices_are_synthetic`](Self::spot_prices_are_synthetic).
#[derive(Debug)]
pub struct Bundled {
    region: Arc<RegionFigures>,
    types: Vec<TypeFigures>,
    settings: Settings,
    /// What classes were answered, the oldest answer first.
    answered: Mutex<Vec<(ClassSpec, Vec<Arc<InstanceType>>)>>,
}

/// The catalog of a region from bundled figures.
///
/// # Errors
///
/// [`BundledError::UnknownRegion`] if karp carries no figures of the region; the error names the regions that have some.
///
/// # Example: what a machine with Amazon Linux 2023 offers
///
/// ```
/// use karp_aws::catalog;
/// use karp_core::k8s::{Catalog, CatalogRequest};
/// use karp_core::model::{NodeClassRef, NodePool};
///
/// let mut pool = NodePool::new("general");
/// pool.template.node_class = NodeClassRef {
///     group: "karpenter.k8s.aws".to_owned(),
///     kind: "EC2NodeClass".to_owned(),
///     name: "default".to_owned(),
/// };
/// let class = serde_json::json!({ "spec": { "amiSelectorTerms": [{ "alias": "al2023@latest" }] } });
/// let ec2 = catalog::bundled("us-east-1")?;
/// let answer = ec2.instance_types(&CatalogRequest::new(&pool, Some(&class)))?;
/// assert_eq!(answer.instance_types.len(), 1395);
///
/// let large = answer.instance_types.iter().find(|offered| offered.name == "m5.large").unwrap();
/// assert_eq!(
///     large.allocatable().to_string(),
///     "cpu 1930m, ephemeral-storage 17Gi, memory 6903Mi, pods 29"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn bundled(region: &str) -> Result<Bundled, BundledError> {
    Ok(Bundled {
        region: Arc::new(region::read(region)?),
        types: figures::read()?,
        settings: Settings::default(),
        answered: Mutex::default(),
    })
}

impl Bundled {
    /// The same catalog under other settings.
    #[must_use]
    pub fn with_settings(self, settings: Settings) -> Self {
        Self { settings, answered: Mutex::default(), ..self }
    }

    /// The same catalog with only the types whose names hold: for tests and small examples.
    ///
    /// ```
    /// let ec2 = karp_aws::catalog::bundled("us-east-1")?.keeping(|name| name.starts_with("m5."));
    /// # Ok::<(), karp_aws::catalog::BundledError>(())
    /// ```
    #[must_use]
    pub fn keeping(&self, keep: impl Fn(&str) -> bool) -> Self {
        Self {
            region: Arc::clone(&self.region),
            types: self.types.iter().filter(|figures| keep(&figures.name)).cloned().collect(),
            settings: self.settings.clone(),
            answered: Mutex::default(),
        }
    }

    /// Name of the region.
    pub fn region(&self) -> &'static str {
        self.region.region
    }

    /// Day of the prices, as `YYYY-MM-DD`. What the machines are was read in the same year.
    pub const fn figures_date(&self) -> &'static str {
        PRICES_OF
    }

    /// Whether spot prices are made up: always `true` here.
    ///
    /// EC2 publishes spot prices by account and hour only. To have a realistic spread, each zone's price is a fixed share of the price
    /// on demand, between 28 % and 68 %, drawn from the names of type and zone. They serve to compare plans, not to budget.
    pub const fn spot_prices_are_synthetic(&self) -> bool {
        true
    }

    /// The types for a class, from an earlier answer if there is one.
    fn types_for(&self, class: ClassSpec) -> Vec<Arc<InstanceType>> {
        // A list of answers is whole at any time, so that a panic of another thread leaves nothing half done.
        let mut answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, types)) = answered.iter().find(|(known, _)| *known == class) {
            return types.clone();
        }
        let types = self.resolve(&class);
        if answered.len() >= KEPT_ANSWERS {
            answered.remove(0);
        }
        answered.push((class, types.clone()));
        types
    }

    fn resolve(&self, class: &ClassSpec) -> Vec<Arc<InstanceType>> {
        let not_offered = Offer::default();
        let resolve = |figures: &TypeFigures| {
            let offer = self.region.offers.get(&figures.name).unwrap_or(&not_offered);
            let place = (self.region.region, offer);
            Arc::new(instance_type::resolve(figures, class, &self.settings, place))
        };
        self.types.iter().map(resolve).collect()
    }
}

impl Catalog for Bundled {
    fn vocabulary(&self) -> Vocabulary {
        vocabulary()
    }

    fn knows_node_class(&self, group: &str, kind: &str) -> bool {
        group == GROUP && kind == KIND
    }

    fn instance_types(&self, request: &CatalogRequest<'_>) -> Result<CatalogAnswer, CatalogError> {
        let class = &request.pool.template.node_class;
        if !self.knows_node_class(&class.group, &class.kind) {
            let (group, kind) = (class.group.clone(), class.kind.clone());
            return Err(CatalogError::UnknownKind { group, kind });
        }
        let reading = request.node_class.map(ClassReading::read).transpose();
        let reading = reading.map_err(|FieldError { field, problem }| {
            CatalogError::InvalidNodeClass { name: class.name.clone(), field, problem }
        })?;
        let prices = PricesOf { region: self.region.region, day: PRICES_OF };
        let findings = findings::about(request.pool, reading.as_ref(), prices);
        let spec = reading.map(|reading| reading.spec).unwrap_or_default();
        let mut answer = CatalogAnswer::new(self.types_for(spec));
        answer.findings = findings;
        Ok(answer)
    }
}
