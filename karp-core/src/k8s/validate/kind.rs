//! One kind of custom resource: its name, its shape and its rules.

use serde_json::Value;

use super::label_rules::LabelRules;
use super::report::Broken;
use super::schema::{Schema, object, open_object, text};

/// What a controller checks on an object that has been stored; paths are those of the object.
pub type RuntimeRule = fn(&Value, &LabelRules, &mut Broken);

/// Whether objects of a kind live in namespaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "Kubernetes has no third scope")]
pub enum Scope {
    /// One name for the whole cluster.
    Cluster,
    /// One name per namespace.
    Namespaced,
}

/// A kind that a [`Registry`](super::Registry) can judge.
#[derive(Clone, Debug)]
pub struct Kind {
    pub(super) group: &'static str,
    pub(super) version: &'static str,
    pub(super) name: &'static str,
    pub(super) scope: Scope,
    pub(super) spec: Schema,
    pub(super) status: Schema,
    pub(super) runtime: Vec<RuntimeRule>,
}

impl Kind {
    /// A kind whose spec and status hold nothing yet.
    pub fn new(
        group: &'static str,
        version: &'static str,
        name: &'static str,
        scope: Scope,
    ) -> Self {
        let (spec, status) = (object([]), object([]));
        Self { group, version, name, scope, spec, status, runtime: Vec::new() }
    }

    /// Sets the shape of `spec`.
    #[must_use]
    pub fn spec(mut self, spec: Schema) -> Self {
        self.spec = spec;
        self
    }

    /// Sets the shape of `status`.
    #[must_use]
    pub fn status(mut self, status: Schema) -> Self {
        self.status = status;
        self
    }

    /// Adds what controllers check.
    #[must_use]
    pub fn runtime(mut self, rule: RuntimeRule) -> Self {
        self.runtime.push(rule);
        self
    }

    /// The shape of the whole object.
    pub(super) fn root(&self) -> Schema {
        object([
            ("apiVersion", text().into()),
            ("kind", text().into()),
            ("metadata", open_object()),
            ("spec", self.spec.clone()),
            ("status", self.status.clone()),
        ])
    }
}
