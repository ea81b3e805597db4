//! A catalog with one type, for node classes of one kind.

use std::sync::Arc;

use karp_core::{
    k8s::{Catalog, CatalogAnswer, CatalogError, CatalogRequest},
    model::{CapacityType, InstanceType, Vocabulary, usd},
};

/// Knows `cloud.example/Flavour` classes; one that says `broken: true` can't be used, one that says `empty: true` has no types.
#[derive(Debug, Default)]
pub(crate) struct FixedCatalog;

impl Catalog for FixedCatalog {
    fn vocabulary(&self) -> Vocabulary {
        Vocabulary::core()
    }

    fn knows_node_class(&self, group: &str, kind: &str) -> bool {
        (group, kind) == ("cloud.example", "Flavour")
    }

    fn instance_types(&self, request: &CatalogRequest<'_>) -> Result<CatalogAnswer, CatalogError> {
        let class = &request.pool.template.node_class;
        let raw = request.node_class.ok_or_else(|| CatalogError::MissingNodeClass {
            kind: class.kind.clone(),
            name: class.name.clone(),
        })?;
        if raw["spec"]["broken"] == true {
            return Err(CatalogError::InvalidNodeClass {
                name: class.name.clone(),
                field: "spec.broken".to_owned(),
                problem: "expected false".to_owned(),
            });
        }
        if raw["spec"]["empty"] == true {
            return Ok(CatalogAnswer::default());
        }
        let large = InstanceType::new("m.large").cpu("2").memory("8Gi").offering(
            "z1",
            CapacityType::OnDemand,
            usd("0.096"),
        );
        Ok(CatalogAnswer::new(vec![Arc::new(large)]))
    }
}
