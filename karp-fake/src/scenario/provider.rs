//! The provider of scenarios: one node class, the same types for every pool; not a cloud.

use std::{collections::BTreeSet, sync::Arc};

use karp_core::{
    k8s::{Catalog, CatalogAnswer, CatalogError, CatalogRequest},
    model::{InstanceType, Vocabulary},
};

use super::catalog::vocabulary;

const GROUP: &str = "karpenter.test.sh";
const KIND: &str = "TestNodeClass";
const NAME: &str = "default";

/// Offers the types of a scenario to every pool of its node class.
#[derive(Debug)]
pub(super) struct ScenarioCatalog<'a> {
    pub(super) types: &'a [Arc<InstanceType>],
    /// Names of pools for which it has none.
    pub(super) without_types: &'a BTreeSet<String>,
}

impl Catalog for ScenarioCatalog<'_> {
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
        // The one class of scenarios exists without being among the objects.
        if class.name != NAME && request.node_class.is_none() {
            let (kind, name) = (class.kind.clone(), class.name.clone());
            return Err(CatalogError::MissingNodeClass { kind, name });
        }
        if self.without_types.contains(request.pool.name.as_str()) {
            return Ok(CatalogAnswer::default());
        }
        Ok(CatalogAnswer::new(self.types.to_vec()))
    }
}
