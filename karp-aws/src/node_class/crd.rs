//! The definitions to install on EC2: those of the core with a reserved domain, and the node class.

use karp_core::k8s::crd::{Definition, WriteError, core_definitions};
use karp_core::k8s::validate::{LabelUse, Profile};
use serde_json::{Value, json};

use super::label_rules;

/// All definitions of a profile, in the order of their names.
///
/// The core's are those of 1.14.1 in both profiles, with rules about the labels of EC2.
///
/// # Errors
///
/// [`WriteError`] when a definition can't be written as YAML, which would be a fault of this crate.
pub fn definitions(profile: Profile) -> Result<Vec<Definition>, WriteError> {
    let mut definitions = Vec::new();
    for definition in core_definitions(Profile::V1_14_1) {
        let mut value = definition.value();
        definitions.push(if reserve_domain(&mut value, profile) {
            Definition::from_value(&value)?
        } else {
            definition
        });
    }
    let node_class = Definition::from_yaml(match profile {
        Profile::V1_14_1 => {
            include_str!("../../crds/karpenter.k8s.aws_ec2nodeclasses.v1.14.1.yaml")
        }
        Profile::Head => include_str!("../../crds/karpenter.k8s.aws_ec2nodeclasses.head.yaml"),
    });
    // Behind the capacity buffers.
    definitions.insert(definitions.len().min(1), node_class);
    Ok(definitions)
}

/// Adds the rules about the domain of EC2; false for kinds that have no labels.
fn reserve_domain(definition: &mut Value, profile: Profile) -> bool {
    const SPEC: &str = "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties";
    const KEY: &str = "requirements/items/properties/key/x-kubernetes-validations";
    const TEMPLATE: &str = "template/properties";

    let (place, paths) = match definition.pointer("/spec/names/kind").and_then(Value::as_str) {
        Some("NodePool") => (
            LabelUse::NodePool,
            vec![
                format!("{TEMPLATE}/spec/properties/{KEY}"),
                format!("{TEMPLATE}/metadata/properties/labels/x-kubernetes-validations"),
            ],
        ),
        Some("NodeClaim") => (LabelUse::NodeClaim, vec![KEY.to_owned()]),
        Some("NodeOverlay") => (LabelUse::NodeOverlay, vec![KEY.to_owned()]),
        _ => return false,
    };
    let domain = label_rules::domain(profile);
    let allowed: Vec<_> = domain.allowed(place).map(|key| format!("'{key}'")).collect();
    let allowed = allowed.join(", ");
    let name = domain.name();
    for path in paths {
        let holds =
            |key| format!("{key} in [{allowed}] || !{key}.find('^[^/]+').endsWith('{name}')");
        let rule = if path.contains("labels") {
            format!("self.all(x, {})", holds("x"))
        } else {
            holds("self")
        };
        let rule =
            json!({"rule": rule, "message": format!("labels of the domain {name} are reserved")});
        if let Some(rules) =
            definition.pointer_mut(&format!("{SPEC}/{path}")).and_then(Value::as_array_mut)
        {
            rules.push(rule);
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_are_in_the_order_of_their_names_and_reserve_the_domain() {
        for profile in Profile::ALL {
            let definitions = definitions(profile).unwrap();
            let names: Vec<_> = definitions
                .iter()
                .map(|definition| definition.value()["metadata"]["name"].to_string())
                .collect();
            assert!(names.is_sorted() && names.len() == 5, "{names:?}");
            let reserving = definitions
                .iter()
                .filter(|definition| definition.yaml().contains("endsWith('karpenter.k8s.aws')"));
            assert_eq!(reserving.count(), 3);
        }
    }

    #[test]
    fn overlays_can_not_name_labels_of_launches() {
        let definitions = definitions(Profile::Head).unwrap();
        let yaml = |name: &str| {
            let kind = format!("kind: {name}\n");
            definitions.iter().find(|one| one.yaml().contains(&kind)).unwrap().yaml()
        };
        assert!(yaml("NodeClaim").contains("capacity-reservation-id"));
        assert!(!yaml("NodeOverlay").contains("capacity-reservation-id"));
        assert!(yaml("NodeOverlay").contains("nitro-sandbox"));
    }
}
