//! Metadata that all objects have; not what they are.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

use crate::model::{Labels, ObjectId, Owner, Timestamp, Uid};

/// `metadata` of an object.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Meta {
    pub(crate) name: String,
    pub(crate) generate_name: String,
    pub(crate) namespace: String,
    pub(crate) uid: String,
    pub(crate) generation: i64,
    pub(crate) creation_timestamp: Option<Timestamp>,
    pub(crate) deletion_timestamp: Option<Timestamp>,
    #[serde(deserialize_with = "text_map")]
    pub(crate) labels: Labels,
    #[serde(deserialize_with = "text_map")]
    pub(crate) annotations: Labels,
    pub(crate) finalizers: Vec<String>,
    pub(crate) owner_references: Vec<OwnerReference>,
}

/// One of `metadata.ownerReferences`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct OwnerReference {
    pub(crate) api_version: String,
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) uid: String,
    pub(crate) controller: bool,
}

impl Meta {
    pub(crate) fn id(&self) -> ObjectId {
        ObjectId::new(self.namespace.as_str(), self.name.as_str())
    }

    pub(crate) fn uid(&self) -> Uid {
        Uid::new(self.uid.as_str())
    }

    /// Creation time; the epoch for an object that never was on a server.
    pub(crate) fn created_at(&self) -> Timestamp {
        self.creation_timestamp.unwrap_or(Timestamp::EPOCH)
    }

    pub(crate) fn owners(&self) -> Vec<Owner> {
        self.owner_references
            .iter()
            .map(|owner| Owner {
                api_version: owner.api_version.clone(),
                kind: owner.kind.clone(),
                name: owner.name.clone(),
                uid: Uid::new(owner.uid.as_str()),
                controller: owner.controller,
            })
            .collect()
    }

    pub(crate) fn controller(&self) -> Option<&OwnerReference> {
        self.owner_references.iter().find(|owner| owner.controller)
    }

    /// Forgets annotations that decide nothing: the last applied manifest alone can be larger than the rest of an object.
    pub(crate) fn keep_known_annotations(&mut self) {
        self.annotations.retain(|key, _| is_known_annotation(key));
    }
}

impl OwnerReference {
    /// The API group, without the version.
    pub(crate) fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }
}

/// Annotations that pods and nodes keep.
pub(crate) fn is_known_annotation(key: &str) -> bool {
    let domain = key.split('/').next().unwrap_or_default();
    key == "controller.kubernetes.io/pod-deletion-cost"
        || domain == "karpenter.sh"
        || domain.ends_with(".karpenter.sh")
        || domain.split('.').any(|part| part == "karpenter")
}

/// A map of texts in which a null stands for the empty text, as the API server reads it.
pub(crate) fn text_map<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Labels, D::Error> {
    let members = BTreeMap::<String, Option<String>>::deserialize(deserializer)?;
    Ok(members.into_iter().map(|(key, value)| (key, value.unwrap_or_default())).collect())
}
