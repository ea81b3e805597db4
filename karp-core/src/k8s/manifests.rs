//! Everything that was read from manifests; not yet a snapshot.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    Catalog, Document, ManifestError, Place, assemble, documents,
    field::{FieldError, drop_nulls},
    objects::{Header, Objects, Placed, group_and_version},
};
use crate::{
    model::{Finding, Timestamp},
    snapshot::{Snapshot, SnapshotError},
};

/// Kubernetes objects and custom resources, read from what users have in git or what `kubectl get -A -o yaml` prints.
///
/// Reading never stops: what can't be used is in [`errors`](Self::errors) with its place, object and field, and everything else
/// is kept. [`findings`](Self::findings) also lists what was read but is not looked at.
///
/// # Example: a good document survives a bad one
///
/// ```
/// use karp_core::k8s::Manifests;
///
/// let manifests = Manifests::parse(
///     "pods.yaml",
///     "
/// apiVersion: v1
/// kind: Pod
/// metadata: {name: web}
/// spec: {containers: [{name: web, resources: {requests: {cpu: plenty}}}]}
/// ---
/// apiVersion: v1
/// kind: Pod
/// metadata: {name: db}
/// spec: {containers: [{name: db, resources: {requests: {cpu: 500m}}}]}
/// ",
/// );
/// assert_eq!(manifests.len(), 1);
/// let finding = &manifests.findings()[0];
/// assert_eq!(finding.object, "Pod web");
/// assert_eq!(finding.field, "spec.containers[0].resources.requests.cpu");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Manifests {
    pub(crate) objects: Objects,
    /// Objects of kinds that are not ours, by group, kind and name: node classes are among them.
    pub(crate) foreign: BTreeMap<ForeignId, Placed<Value>>,
    /// Kinds that are not looked at, by group and kind.
    pub(crate) unused: BTreeMap<(String, String), Unused>,
    errors: Vec<ManifestError>,
}

/// Group, kind and name of an object of somebody else's kind.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct ForeignId {
    pub(crate) group: String,
    pub(crate) kind: String,
    pub(crate) name: String,
}

/// How many objects of a kind were passed over.
#[derive(Clone, Debug)]
pub(crate) struct Unused {
    pub(crate) count: usize,
    /// The first of them.
    pub(crate) example: String,
}

impl Manifests {
    /// Nothing read yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a stream of YAML or JSON documents; `name` tells where errors are: a path, or `-`.
    ///
    /// # Cost
    ///
    /// Linear in the length of the text.
    pub fn parse(name: &str, text: impl AsRef<[u8]>) -> Self {
        let mut manifests = Self::new();
        manifests.add_text(name, text);
        manifests
    }

    /// Reads a further stream; an object that was there before is replaced and an error tells both places.
    pub fn add_text(&mut self, name: &str, text: impl AsRef<[u8]>) {
        for document in documents(name, text.as_ref()) {
            self.add_document(document);
        }
    }

    /// Reads a document of [`documents`].
    pub fn add_document(&mut self, document: Document) {
        let place = Place::of(&document);
        match document.value {
            Ok(value) => self.add_value(place, value),
            Err(source) => self.errors.push(ManifestError::Document { place, source }),
        }
    }

    /// Reads one object that is at hand; `source` tells where errors are.
    ///
    /// ```
    /// use karp_core::k8s::Manifests;
    /// use serde_json::json;
    ///
    /// let mut manifests = Manifests::new();
    /// manifests.add("api", json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1"}}));
    /// assert_eq!((manifests.len(), manifests.errors().len()), (1, 0));
    /// ```
    pub fn add(&mut self, source: &str, object: Value) {
        self.add_value(Place::outside(source), object);
    }

    /// What could not be used, in the order of reading.
    pub fn errors(&self) -> &[ManifestError] {
        &self.errors
    }

    /// [`errors`](Self::errors) as findings, and what was read but is not looked at; findings about objects that don't go together
    /// come with the [`snapshot`](Self::snapshot).
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = self.errors.iter().map(ManifestError::finding).collect();
        findings.extend(assemble::unused(self));
        findings
    }

    /// Number of objects that are looked at, node classes not counted.
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    /// Whether there is no object to look at.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The cluster as these manifests describe it, at `now`.
    ///
    /// Workloads become pods, except for replicas that are there as pods; pods that no server has seen get the defaults that it would
    /// give them (docs/src/manifests.md). Every unbound, ungated, unfinished pod is pending. A pool without a `Ready` condition counts as
    /// ready; pools that can't be used are excluded with a finding. [`findings`](Self::findings) are carried over.
    ///
    /// # Errors
    ///
    /// [`SnapshotError`] when the catalog's types have duplicates or texts that can't be read. Bad manifests are findings.
    ///
    /// # Cost
    ///
    /// O(n log n) in the number of objects and pods.
    pub fn snapshot(
        &self,
        catalog: &impl Catalog,
        now: Timestamp,
    ) -> Result<Snapshot, SnapshotError> {
        assemble::snapshot(self, catalog, now)
    }

    #[cfg(feature = "fs")]
    pub(crate) fn add_error(&mut self, error: ManifestError) {
        self.errors.push(error);
    }

    fn add_value(&mut self, place: Place, mut value: Value) {
        drop_nulls(&mut value);
        let read =
            header(place, &value).and_then(|header| match self.objects.read(&header, &value) {
                Some(read) => read,
                None => self.keep_foreign(&header, value),
            });
        self.errors.extend(read.err());
    }

    /// Keeps what may be a node class, and counts the rest.
    fn keep_foreign(&mut self, header: &Header, object: Value) -> Result<(), ManifestError> {
        let (group, _) = group_and_version(&header.api_version);
        let (group, kind) = (group.to_owned(), header.kind.clone());
        // Objects of Kubernetes itself can't be node classes, and may be large, or secret.
        if !group.contains('.') || group.ends_with(".k8s.io") {
            let unused = self.unused.entry((group, kind));
            unused.or_insert_with(|| Unused { count: 0, example: header.object.clone() }).count +=
                1;
            return Ok(());
        }
        let name = text(&object, &["metadata", "name"]).to_owned();
        let placed = Placed { object, place: header.place.clone() };
        match self.foreign.insert(ForeignId { group, kind, name }, placed) {
            Some(Placed { place: first, .. }) => Err(header.duplicate(first)),
            None => Ok(()),
        }
    }
}

/// Reads what every object must say of itself.
fn header(place: Place, value: &Value) -> Result<Header, ManifestError> {
    let api_version = text(value, &["apiVersion"]).to_owned();
    let kind = text(value, &["kind"]).to_owned();
    let name = match text(value, &["metadata", "name"]) {
        "" => text(value, &["metadata", "generateName"]),
        name => name,
    };
    let object = match (kind.as_str(), name, text(value, &["metadata", "namespace"])) {
        ("", ..) => "object".to_owned(),
        (kind, "", _) => kind.to_owned(),
        (kind, name, "") => format!("{kind} {name}"),
        (kind, name, namespace) => format!("{kind} {namespace}/{name}"),
    };
    let header = Header { place, api_version, kind, object };
    for (field, text) in [("apiVersion", &header.api_version), ("kind", &header.kind)] {
        if text.is_empty() {
            return Err(header.error(FieldError::new(field, "expected a text")));
        }
    }
    Ok(header)
}

/// The text at a path; empty when there is none.
fn text<'a>(value: &'a Value, path: &[&str]) -> &'a str {
    path.iter()
        .try_fold(value, |value, key| value.get(key))
        .and_then(Value::as_str)
        .unwrap_or_default()
}
