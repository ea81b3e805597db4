//! Manifests together with what the model leaves out of them: raw objects, and where each stands.

use std::{collections::BTreeMap, path::PathBuf};

use karp_core::k8s::{Document, Manifests, documents};
use serde_json::Value;

/// What was read, as the core sees it and as it is written.
#[derive(Clone, Debug, Default)]
pub struct ManifestObjects {
    /// As the core sees it.
    pub manifests: Manifests,
    /// Objects that lints of EC2 look at.
    pub raw: Vec<Value>,
    /// File and line of objects by `Kind namespace/name`.
    places: BTreeMap<String, Place>,
}

/// File, or `-`, and line from 1.
pub(super) type Place = (String, usize);

/// Kinds that lints of EC2 look at.
const RAW: [&str; 5] = ["Deployment", "EC2NodeClass", "Pod", "ReplicaSet", "StatefulSet"];

impl ManifestObjects {
    /// Reads files and folders; `-` is standard input.
    ///
    /// # Errors
    ///
    /// The first path that can't be read itself.
    pub fn read(paths: &[PathBuf]) -> anyhow::Result<Self> {
        let mut objects = Self::default();
        let manifests = Manifests::read_showing(paths, |document| objects.note(document))?;
        Ok(Self { manifests, ..objects })
    }

    /// Reads texts with their names.
    pub fn of_texts(texts: &[(&str, &str)]) -> Self {
        let mut objects = Self::default();
        for (name, text) in texts {
            for document in documents(name, text.as_bytes()) {
                objects.note(&document);
                objects.manifests.add_document(document);
            }
        }
        objects
    }

    /// Where an object of this name stands, if it does.
    pub(super) fn place(&self, object: &str) -> Option<&Place> {
        self.places.get(object)
    }

    fn note(&mut self, document: &Document) {
        let Ok(value) = &document.value else { return };
        let text = |pointer| value.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let (kind, name) = (text("/kind"), text("/metadata/name"));
        let place = || (document.source.to_string(), document.line);
        let names = match text("/metadata/namespace") {
            // An object without namespace is in the default one, if its kind has namespaces at all.
            "" => vec![format!("{kind} {name}"), format!("{kind} default/{name}")],
            namespace => vec![format!("{kind} {namespace}/{name}")],
        };
        for name in names {
            self.places.entry(name).or_insert_with(place);
        }
        if RAW.contains(&kind) {
            self.raw.push(value.clone());
        }
    }
}
