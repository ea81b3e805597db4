//! Reads Kubernetes objects and custom resources, and judges them; not the cluster, and no decision.

mod catalog;

pub use self::catalog::{Catalog, CatalogAnswer, CatalogError, CatalogRequest};
