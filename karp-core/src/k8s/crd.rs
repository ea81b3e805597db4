//! The custom resource definitions as files, to be installed or read. Not their validation in code.

use std::borrow::Cow;

use serde_json::Value;
use thiserror::Error;

use super::document::documents;
use super::validate::Profile;

/// One custom resource definition.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    yaml: Cow<'static, str>,
}

impl Definition {
    /// A definition that is written already.
    pub const fn from_yaml(yaml: &'static str) -> Self {
        Self { yaml: Cow::Borrowed(yaml) }
    }

    /// A definition that a program has changed.
    ///
    /// # Errors
    ///
    /// [`WriteError`] for a value that can't be written as YAML; none that was read before is.
    pub fn from_value(value: &Value) -> Result<Self, WriteError> {
        let written = serde_saphyr::to_string(value);
        written
            .map(|yaml| Self { yaml: Cow::Owned(yaml) })
            .map_err(|error| WriteError { message: error.to_string() })
    }

    /// The definition as a YAML document, without a marker before it.
    pub fn yaml(&self) -> &str {
        &self.yaml
    }

    /// The definition as a value; null if the file was not YAML.
    pub fn value(&self) -> Value {
        let mut read = documents("definition", self.yaml.as_bytes());
        read.pop().and_then(|document| document.value.ok()).unwrap_or_default()
    }
}

/// A value that can't be written as YAML.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the definition can't be written: {message}")]
pub struct WriteError {
    message: String,
}

/// The definitions of the core as a profile has them, in the order of their names.
///
/// A provider reserves a domain of its own in them; install its set where there is one.
///
/// # Example: the scale subresource of pools
///
/// ```
/// use karp_core::k8s::crd::core_definitions;
/// use karp_core::k8s::validate::Profile;
///
/// let definitions = core_definitions(Profile::V1_14_1);
/// let pool = definitions[3].value();
/// assert_eq!(pool["metadata"]["name"], "nodepools.karpenter.sh");
/// let version = &pool["spec"]["versions"][0];
/// assert_eq!(version["subresources"]["scale"]["specReplicasPath"], ".spec.replicas");
/// ```
pub fn core_definitions(profile: Profile) -> [Definition; 4] {
    let pools = match profile {
        Profile::V1_14_1 => include_str!("../../crds/karpenter.sh_nodepools.v1.14.1.yaml"),
        Profile::Head => include_str!("../../crds/karpenter.sh_nodepools.head.yaml"),
    };
    [
        include_str!("../../crds/autoscaling.x-k8s.io_capacitybuffers.yaml"),
        include_str!("../../crds/karpenter.sh_nodeclaims.yaml"),
        include_str!("../../crds/karpenter.sh_nodeoverlays.yaml"),
        pools,
    ]
    .map(Definition::from_yaml)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_definition_is_one_document_with_its_name() {
        for profile in Profile::ALL {
            let names = core_definitions(profile).map(|definition| {
                definition.value()["metadata"]["name"].as_str().unwrap_or_default().to_owned()
            });
            assert_eq!(
                names,
                [
                    "capacitybuffers.autoscaling.x-k8s.io",
                    "nodeclaims.karpenter.sh",
                    "nodeoverlays.karpenter.sh",
                    "nodepools.karpenter.sh"
                ]
            );
        }
    }

    #[test]
    fn a_changed_definition_is_read_back_as_it_was() {
        for definition in core_definitions(Profile::Head) {
            let value = definition.value();
            assert_eq!(Definition::from_value(&value).unwrap().value(), value);
        }
    }
}
