//! An API server in miniature: what a definition makes of an object, with foreign engines.
//!
//! Shares no code with the validation that it is compared to: structure is checked by `jsonschema`,
//! rules by `kube-cel`; dropping, defaulting and list types are done here on the definition itself.

use std::collections::BTreeSet;

use jsonschema::Validator;
use karp_core::k8s::crd::Definition;
use kube_cel::CompiledSchema;
use serde_json::{Map, Value};

/// One definition, ready to judge.
pub(crate) struct Server {
    pub(crate) kind: String,
    schema: Value,
    structure: Validator,
    rules: CompiledSchema,
}

impl Server {
    pub(crate) fn new(definition: &Definition) -> Self {
        let definition = definition.value();
        let schema = definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"].clone();
        let structure = jsonschema::options().should_validate_formats(true).build(&schema);
        let rules = kube_cel::compile_schema(&schema);
        assert!(!rules.has_errors(), "{:?}", rules.compilation_errors());
        Self {
            kind: definition["spec"]["names"]["kind"].as_str().unwrap().to_owned(),
            structure: structure.unwrap(),
            schema,
            rules,
        }
    }

    /// What is stored, or why nothing is.
    pub(crate) fn admit(&self, object: &Value, old: Option<&Value>) -> Result<Value, String> {
        let stored = self.prepared(object);
        let errors: Vec<_> =
            self.structure.iter_errors(&stored).map(|error| error.to_string()).collect();
        if !errors.is_empty() {
            return Err(errors.join("; "));
        }
        if !is_distinct(&self.schema, &stored) {
            return Err("repeated element".to_owned());
        }
        let old = old.map(|old| self.prepared(old));
        let verdict =
            kube_cel::Validator::new().validate_compiled(&self.rules, &stored, old.as_ref());
        verdict.map_err(|errors| format!("{:?}", errors.as_slice()))?;
        Ok(stored)
    }

    pub(crate) fn prepared(&self, object: &Value) -> Value {
        let mut object = object.clone();
        prepare(&self.schema, &mut object);
        object
    }
}

fn prepare(schema: &Value, value: &mut Value) {
    match value {
        Value::Object(object) => prepare_object(schema, object),
        Value::Array(items) => {
            for item in items {
                prepare(&schema["items"], item);
            }
        }
        _ => {}
    }
}

fn prepare_object(schema: &Value, object: &mut Map<String, Value>) {
    if let Some(values) = schema.get("additionalProperties") {
        object.retain(|_, value| !value.is_null());
        object.values_mut().for_each(|value| prepare(values, value));
        return;
    }
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return };
    object.retain(|name, value| {
        let property = properties.get(name);
        property.is_some_and(|property| !value.is_null() || property.get("default").is_some())
    });
    for (name, property) in properties {
        if let Some(default) = property.get("default")
            && object.get(name).is_none_or(Value::is_null)
        {
            object.insert(name.clone(), default.clone());
        }
        if let Some(value) = object.get_mut(name) {
            prepare(property, value);
        }
    }
}

/// Whether lists of type `set` and `map` hold everything once.
fn is_distinct(schema: &Value, value: &Value) -> bool {
    match value {
        Value::Array(items) => {
            let key = |item: &Value| match schema["x-kubernetes-list-type"].as_str() {
                Some("set") => Some(item.to_string()),
                Some("map") => {
                    Some(item[schema["x-kubernetes-list-map-keys"][0].as_str()?].to_string())
                }
                _ => None,
            };
            let keys: Vec<_> = items.iter().filter_map(key).collect();
            keys.len() == keys.iter().collect::<BTreeSet<_>>().len()
                && items.iter().all(|item| is_distinct(&schema["items"], item))
        }
        Value::Object(object) => object.iter().all(|(name, value)| {
            let property =
                schema.get("additionalProperties").unwrap_or_else(|| &schema["properties"][name]);
            is_distinct(property, value)
        }),
        _ => true,
    }
}
