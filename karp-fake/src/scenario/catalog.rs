//! Catalogs that scenarios name, bundled with the crate; not figures of a provider to plan with.

use std::sync::{Arc, OnceLock};

use karp_core::model::{InstanceType, Requirement, Vocabulary};

use super::{
    ScenarioError,
    archive::decompress,
    instance_type::{RESERVATION_ID, TypeFile},
};

/// 140 shapes of EC2 with offerings in four zones of us-east-1.
const EC2: &[u8] = include_bytes!("../../data/ec2-abcd.json.gz");
/// Six types for small tests, with labels that a test can choose by.
const FIXTURE: &[u8] = include_bytes!("../../data/fake-fixture.json.gz");

/// Zones of the catalogs whose names end with their letters.
const EC2_ZONES: [&str; 4] = ["us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d"];

/// Names of the catalogs and how many of [`EC2_ZONES`] they offer.
const EC2_CATALOGS: [(&str, usize); 4] =
    [("ec2-a", 1), ("ec2-ab", 2), ("ec2-abc", 3), ("ec2-abcd", 4)];

/// Names of the catalogs that scenarios can name.
///
/// `ec2-…` are the same 140 shapes, offered in the zones of us-east-1 that the name ends with; `fake-fixture` six types for small
/// tests; `fake-400` the types of the [reference benchmark](crate::catalog::reference_benchmark).
pub const fn catalog_names() -> [&'static str; 6] {
    ["ec2-a", "ec2-ab", "ec2-abc", "ec2-abcd", "fake-400", "fake-fixture"]
}

/// The types of a known catalog.
///
/// # Errors
///
/// [`ScenarioError::UnknownCatalog`] for a name that is not among [`catalog_names`].
///
/// ```
/// use karp_fake::scenario;
///
/// assert_eq!(scenario::catalog("ec2-ab")?.len(), 140);
/// assert!(scenario::catalog("ec2-z").unwrap_err().to_string().starts_with("catalog `ec2-z` is unknown"));
/// # Ok::<(), karp_fake::scenario::ScenarioError>(())
/// ```
pub fn catalog(name: &str) -> Result<Vec<Arc<InstanceType>>, ScenarioError> {
    static READ: [OnceLock<Result<Vec<Arc<InstanceType>>, ScenarioError>>; 6] =
        [const { OnceLock::new() }; 6];
    let known = catalog_names().iter().position(|known| *known == name);
    match known.and_then(|index| READ.get(index)) {
        Some(cell) => cell.get_or_init(|| read(name)).clone(),
        None => Err(ScenarioError::UnknownCatalog {
            name: name.to_owned(),
            known: catalog_names().join(", "),
        }),
    }
}

fn read(name: &str) -> Result<Vec<Arc<InstanceType>>, ScenarioError> {
    if name == "fake-400" {
        let mut types = crate::catalog::reference_benchmark(400);
        for offering in types.iter_mut().flat_map(|kind| &mut Arc::make_mut(kind).offerings) {
            offering.requirements.add(Requirement::does_not_exist(RESERVATION_ID));
        }
        return Ok(types);
    }
    let zones = EC2_CATALOGS
        .iter()
        .find(|(catalog, _)| *catalog == name)
        .and_then(|(_, count)| EC2_ZONES.get(..*count));
    let bundled = if zones.is_some() { EC2 } else { FIXTURE };
    let types: Vec<TypeFile> = serde_json::from_str(&decompress(bundled)?)
        .map_err(|error| ScenarioError::Format { problem: error.to_string() })?;
    types
        .into_iter()
        .map(|written| match zones {
            Some(zones) => written.in_zones(zones),
            None => written,
        })
        .map(|written| written.read().map(Arc::new))
        .collect()
}

/// Label keys that the provider of scenarios knows, besides those of Kubernetes and karp.
pub const fn well_known_labels() -> [&'static str; 12] {
    [
        "integer",
        "karpenter.k8s.aws/instance-category",
        "karpenter.k8s.aws/instance-cpu",
        "karpenter.k8s.aws/instance-family",
        "karpenter.k8s.aws/instance-generation",
        "karpenter.k8s.aws/instance-gpu-count",
        "karpenter.k8s.aws/instance-gpu-name",
        "karpenter.k8s.aws/instance-memory",
        "karpenter.k8s.aws/instance-size",
        RESERVATION_ID,
        "size",
        "special",
    ]
}

/// The core's labels and [`well_known_labels`].
pub(super) fn vocabulary() -> Vocabulary {
    Vocabulary::core()
        .with_well_known(well_known_labels())
        .with_reservation_id("karpenter.test.sh/reservation-id")
}
