//! The definitions and the hand-written validation decide alike, on recorded and on broken objects.

use std::collections::BTreeMap;

use karp_aws::node_class::{definitions, registry};
use karp_core::k8s::crd::{Definition, core_definitions};
use karp_core::k8s::validate::{Profile, Registry, Stage};
use serde_json::{Value, json};

use crate::case::cases;
use crate::server::Server;

type Servers = BTreeMap<String, Server>;

fn servers(definitions: &[Definition]) -> Servers {
    let servers = definitions.iter().map(Server::new);
    servers.map(|server| (server.kind.clone(), server)).collect()
}

/// The sets of definitions that exist, with the code that must agree with them.
fn pairs() -> Vec<(String, Servers, Registry)> {
    let mut pairs = Vec::new();
    for profile in Profile::ALL {
        let core = servers(&core_definitions(profile));
        pairs.push((format!("core {profile}"), core, Registry::core(profile)));
        let aws = servers(&definitions(profile).unwrap());
        pairs.push((format!("aws {profile}"), aws, registry(profile)));
    }
    pairs
}

/// Compares both on one object; what they say when they differ.
fn difference(
    servers: &Servers,
    registry: &Registry,
    object: &Value,
    old: Option<&Value>,
) -> Option<String> {
    let kind = object["kind"].as_str()?;
    if !registry.judges(object["apiVersion"].as_str()?, kind) {
        return None;
    }
    let stored = servers.get(kind)?.admit(object, old);
    let report = match old {
        Some(old) => registry.validate_update(object, old),
        None => registry.validate(object),
    };
    match stored {
        Ok(_) if report.fails_at(Stage::Admission) => {
            Some(format!("only the code refuses {object}: {:?}", report.errors))
        }
        Ok(stored) if old.is_none() && stored != registry.defaulted(object) => {
            Some(format!("stored as {stored}, not {}", registry.defaulted(object)))
        }
        Err(error) if !report.fails_at(Stage::Admission) => {
            Some(format!("only the definition refuses {object}: {error}"))
        }
        Ok(_) | Err(_) => None,
    }
}

#[test]
fn both_decide_alike_on_every_recorded_object() {
    for (name, servers, registry) in pairs() {
        let mut compared = 0;
        for case in cases() {
            let Some(object) = &case.object else { continue };
            let difference = difference(&servers, &registry, object, case.old.as_ref());
            assert_eq!(difference, None, "{name} {}", case.n);
            compared += 1;
        }
        assert_eq!(compared, 719);
    }
}

/// One object in so many is taken apart; a prime, so that all kinds have their turn.
const STRIDE: usize = 211;

#[test]
fn both_decide_alike_on_broken_objects() {
    let pairs = pairs();
    let mut number = 0;
    let mut compared = 0;
    for case in cases() {
        let Some(object) = case.object else { continue };
        for part in ["/spec", "/status"] {
            let places = object.pointer(part).map(|value| places(value, part)).unwrap_or_default();
            for place in places {
                for broken in breakages(&object, &place) {
                    number += 1;
                    if number % stride() != 0 {
                        continue;
                    }
                    for (name, servers, registry) in &pairs {
                        let difference = difference(servers, registry, &broken, None);
                        assert_eq!(difference, None, "{name} {} {place}", case.n);
                        compared += 1;
                    }
                }
            }
        }
    }
    assert!(compared > 1000, "{compared} of {number}");
}

/// `KARP_STRIDE=1` compares everything, which takes minutes.
fn stride() -> usize {
    option_env!("KARP_STRIDE").and_then(|stride| stride.parse().ok()).unwrap_or(STRIDE)
}

/// JSON pointers of everything below `value`, itself included.
fn places(value: &Value, at: &str) -> Vec<String> {
    let inner: Vec<_> = match value {
        Value::Object(object) => object
            .iter()
            .flat_map(|(key, value)| {
                places(value, &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")))
            })
            .collect(),
        // The first elements stand for all: some lists hold hundreds of equal ones.
        Value::Array(items) => items
            .iter()
            .take(2)
            .enumerate()
            .flat_map(|(index, value)| places(value, &format!("{at}/{index}")))
            .collect(),
        _ => Vec::new(),
    };
    std::iter::once(at.to_owned()).chain(inner).collect()
}

/// The object with the value at `place` removed, replaced, repeated or changed a little.
fn breakages(object: &Value, place: &str) -> Vec<Value> {
    let mut broken: Vec<_> = [
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1),
        json!(51),
        json!(1e3),
        json!(1.5),
        json!(4_294_967_296_i64),
        json!(""),
        json!("x"),
        json!("1"),
        json!("Never"),
        json!("30s"),
        json!("-1"),
        json!("2024-02-30T00:00:00Z"),
        json!("karpenter.sh/x"),
        json!("karpenter.k8s.aws/x"),
        json!([]),
        json!([""]),
        json!({}),
        json!({"": ""}),
        json!({"a/b": "1"}),
        json!({"kubernetes.io/hostname": "x"}),
        json!([{}]),
    ]
    .into_iter()
    .map(|value| replaced(object, place, value))
    .collect();
    match object.pointer(place) {
        Some(Value::String(text)) => {
            for changed in [
                format!("{text}x"),
                format!("-{text}"),
                format!("{text}/a"),
                text.to_uppercase(),
                text.repeat(40),
            ] {
                broken.push(replaced(object, place, changed.into()));
            }
        }
        Some(Value::Array(items)) => {
            for count in [2, 31, 101] {
                let repeated = items.iter().cycle().take(items.len().min(1) * count).cloned();
                broken.push(replaced(object, place, repeated.collect()));
            }
        }
        Some(Value::Object(entries)) => {
            for key in entries.keys() {
                let mut entries = entries.clone();
                entries.remove(key);
                broken.push(replaced(object, place, entries.into()));
            }
        }
        _ => {}
    }
    broken
}

fn replaced(object: &Value, place: &str, value: Value) -> Value {
    let mut object = object.clone();
    if let Some(old) = object.pointer_mut(place) {
        *old = value;
    }
    object
}
