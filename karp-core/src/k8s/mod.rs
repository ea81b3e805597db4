//! Reads Kubernetes objects and custom resources, and judges them; not the cluster, and no decision.

mod admission;
mod assemble;
mod catalog;
pub mod crd;
mod document;
#[cfg(test)]
mod document_test;
pub mod drift_hash;
mod expand;
mod field;
#[cfg(feature = "fs")]
mod files;
mod manifest_error;
mod manifests;
mod object;
mod objects;
mod place;
mod pod_spec;
mod requests;
pub mod validate;

pub use self::{
    catalog::{Catalog, CatalogAnswer, CatalogError, CatalogRequest},
    document::{Document, ReadError, documents},
    manifest_error::ManifestError,
    manifests::Manifests,
    place::Place,
};
