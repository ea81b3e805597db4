//! Kubelet settings of a node class that change what its machines hold; not those that only the bootstrap needs.

use std::collections::BTreeMap;

use karp_core::model::{Quantity, Resources, Span};
use serde_json::Value;

use crate::node_class::kubelet::{RESERVABLE, SIGNALS};

use super::{error::FieldError, raw::RawKubelet, threshold::Threshold};

/// Kubelet settings, as far as they were given.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub(crate) struct Kubelet {
    /// Number of pods at most.
    pub(crate) max_pods: Option<u32>,
    /// Number of pods at most for each vCPU; none for 0, which means no bound.
    pub(crate) pods_per_core: Option<u32>,
    /// For the kubelet and the container runtime; replaces the default per resource.
    pub(crate) kube_reserved: Resources,
    /// For the operating system.
    pub(crate) system_reserved: Resources,
    /// Memory that eviction keeps free.
    pub(crate) memory_available: Option<Threshold>,
    /// Storage that eviction keeps free.
    pub(crate) nodefs_available: Option<Threshold>,
}

/// Fields that hold an expression, which karp does not evaluate, with its text.
pub(super) type Expressions = Vec<(String, String)>;

impl Kubelet {
    /// Reads the settings; expressions are handed back unread.
    ///
    /// # Errors
    ///
    /// The first field with a value of the wrong type or range.
    pub(super) fn read(raw: &RawKubelet) -> Result<(Self, Expressions), FieldError> {
        let mut expressions = Expressions::new();
        let mut reserved = |field: &str, map: Option<&BTreeMap<String, String>>| {
            map.map_or_else(
                || Ok(Resources::new()),
                |map| read_reserved(field, map, &mut expressions),
            )
        };
        let kube_reserved = reserved("kubeReserved", raw.kube_reserved.as_ref())?;
        let system_reserved = reserved("systemReserved", raw.system_reserved.as_ref())?;
        let max_pods = read_max_pods(raw.max_pods.as_ref(), &mut expressions)?;
        let pods_per_core = raw
            .pods_per_core
            .map(|count| not_negative("spec.kubelet.podsPerCore", i64::from(count)))
            .transpose()?
            .filter(|count| *count > 0);
        let mut thresholds = read_thresholds(raw.eviction_hard.as_ref())?;
        check_grace_periods(raw.eviction_soft_grace_period.as_ref())?;
        let kubelet = Self {
            max_pods,
            pods_per_core,
            kube_reserved,
            system_reserved,
            memory_available: thresholds.remove("memory.available"),
            nodefs_available: thresholds.remove("nodefs.available"),
        };
        Ok((kubelet, expressions))
    }
}

/// Reads `maxPods`: a number, or an expression, which leaves the default.
fn read_max_pods(
    value: Option<&Value>,
    expressions: &mut Expressions,
) -> Result<Option<u32>, FieldError> {
    let field = "spec.kubelet.maxPods";
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => {
            expressions.push((field.to_owned(), text.clone()));
            Ok(None)
        }
        Some(value) => value
            .as_i64()
            .and_then(|count| i32::try_from(count).ok())
            .ok_or_else(|| {
                FieldError::new(
                    field,
                    format!("`{value}` is not a number of pods (expected 0 to {})", i32::MAX),
                )
            })
            .and_then(|count| not_negative(field, i64::from(count)).map(Some)),
    }
}

fn not_negative(field: &str, count: i64) -> Result<u32, FieldError> {
    u32::try_from(count).map_err(|_| {
        FieldError::new(field, format!("`{count}` is not a count (expected 0 to {})", i32::MAX))
    })
}

/// Reads a map of reserved amounts, rounded up; what is no quantity is an expression and is left out.
fn read_reserved(
    field: &str,
    map: &BTreeMap<String, String>,
    expressions: &mut Expressions,
) -> Result<Resources, FieldError> {
    let mut literals = Vec::new();
    for (resource, text) in map {
        let path = FieldError::path(&format!("spec.kubelet.{field}"), resource);
        if !RESERVABLE.contains(&resource.as_str()) {
            let expected = "the kubelet can't reserve it (expected `cpu`, `ephemeral-storage`, `memory` or `pid`)";
            return Err(FieldError::new(path, expected));
        }
        match text.parse::<Quantity>() {
            Ok(quantity) if quantity.nanos() >= 0 => literals.push((resource.as_str(), quantity)),
            _ if text.starts_with('-') => {
                let problem = format!("`{text}` is negative (expected 0 or more)");
                return Err(FieldError::new(path, problem));
            }
            _ => expressions.push((path, text.clone())),
        }
    }
    Ok(Resources::requests(literals.iter().map(|(resource, quantity)| (*resource, quantity))))
}

fn read_thresholds(
    map: Option<&BTreeMap<String, String>>,
) -> Result<BTreeMap<&str, Threshold>, FieldError> {
    let mut thresholds = BTreeMap::new();
    for (signal, text) in map.into_iter().flatten() {
        let path = FieldError::path("spec.kubelet.evictionHard", signal);
        if !SIGNALS.contains(&signal.as_str()) {
            let problem =
                format!("not a signal of the kubelet (expected one of {})", SIGNALS.join(", "));
            return Err(FieldError::new(path, problem));
        }
        let threshold = Threshold::parse(text).map_err(|problem| FieldError::new(path, problem))?;
        thresholds.insert(signal.as_str(), threshold);
    }
    Ok(thresholds)
}

/// Grace periods decide nothing here, but one that can't be read leaves the class without instance types.
fn check_grace_periods(map: Option<&BTreeMap<String, String>>) -> Result<(), FieldError> {
    for (signal, text) in map.into_iter().flatten() {
        let path = FieldError::path("spec.kubelet.evictionSoftGracePeriod", signal);
        text.parse::<Span>().map_err(|error| FieldError::new(path, error.to_string()))?;
    }
    Ok(())
}
