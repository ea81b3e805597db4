//! What controllers say about a kubelet block: settings, values, and whether the family takes them.

use std::collections::BTreeSet;

use karp_core::k8s::validate::schema::{Broken, alternatives, entry};
use serde_json::{Map, Value};

use super::managed::MANAGED;
use super::member::{CONFIGURATION, whole};
use super::threshold::{
    RESERVABLE, SIGNALS, grace_period_problem, is_expression, threshold_problem,
};

/// What a kubelet block is good for, whatever the image family.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "callers handle every outcome")]
pub enum Judgement {
    /// It can be used.
    Valid,
    /// It can be used if expressions are allowed: the feature gate `NodeClassCEL`, off by default.
    ///
    /// Holds the paths of the expressions below the block.
    Expression(Vec<String>),
    /// It can't be used: path below the block, and problem.
    Invalid(Vec<(String, String)>),
}

/// Judges a kubelet block as controllers do from `head` on.
///
/// # Example: a threshold, and a number that has to be computed
///
/// ```
/// use karp_aws::node_class::kubelet::{Judgement, judge};
/// use serde_json::json;
///
/// assert_eq!(judge(&json!({"evictionHard": {"memory.available": "5%"}})), Judgement::Valid);
/// let expression = judge(&json!({"maxPods": "vcpus * 10"}));
/// assert_eq!(expression, Judgement::Expression(vec!["maxPods".to_owned()]));
/// assert!(matches!(judge(&json!({"maxPods": -1})), Judgement::Invalid(_)));
/// ```
pub fn judge(settings: &Value) -> Judgement {
    let mut judge = Judge { problems: Vec::new(), expressions: Vec::new() };
    judge.types(settings);
    if let Some(settings) = settings.as_object() {
        judge.values(settings);
    }
    if !judge.problems.is_empty() {
        Judgement::Invalid(judge.problems)
    } else if !judge.expressions.is_empty() {
        Judgement::Expression(judge.expressions)
    } else {
        Judgement::Valid
    }
}

/// Reports what [`judge`] finds, and what the image family does not support.
pub(in crate::node_class) fn check(settings: &Value, family: &str, at: &str, broken: &mut Broken) {
    match judge(settings) {
        Judgement::Valid => {}
        Judgement::Expression(paths) => {
            for path in paths {
                let message = "is an expression: it needs the feature gate `NodeClassCEL`, which \
                               is off by default";
                broken.warn(format!("{at}.{path}"), message);
            }
        }
        Judgement::Invalid(problems) => {
            for (path, problem) in problems {
                broken.at(format!("{at}.{path}"), problem);
            }
            return;
        }
    }
    for (path, problem) in unsupported(settings, family) {
        broken.at(format!("{at}.{path}"), problem);
    }
}

/// Settings that an image family can't pass on to the kubelet.
fn unsupported(settings: &Value, family: &str) -> Vec<(String, String)> {
    if ["AL2023", "Custom"].contains(&family) {
        return Vec::new();
    }
    let names = settings.as_object().into_iter().flat_map(Map::keys);
    let mut found: Vec<_> = names
        .filter(|name| {
            let is_known = MANAGED.contains(&name.as_str());
            !is_known || (family == "Bottlerocket" && *name == "podsPerCore")
        })
        .map(|name| (name.clone(), format!("is not supported by images of `{family}`")))
        .collect();
    let addresses = settings.get("clusterDNS").and_then(Value::as_array).map_or(0, Vec::len);
    if addresses > 1 {
        let message = format!("images of `{family}` take one address, found {addresses}");
        found.push(("clusterDNS".to_owned(), message));
    }
    found
}

struct Judge {
    problems: Vec<(String, String)>,
    expressions: Vec<String>,
}

impl Judge {
    fn types(&mut self, settings: &Value) {
        CONFIGURATION.check(settings, "", &mut |path, problem| {
            let path = path.trim_start_matches('.');
            // A text stands for an expression there.
            if path == "maxPods" && settings.get(path).is_some_and(Value::is_string) {
                self.expressions.push(path.to_owned());
            } else {
                self.problems.push((path.to_owned(), problem));
            }
        });
    }

    fn values(&mut self, settings: &Map<String, Value>) {
        if settings.get("registerWithTaints").is_some_and(|taints| !taints.is_null()) {
            self.problem("registerWithTaints", "taints of nodes are set by the node pool");
        }
        for field in ["evictionHard", "evictionSoft", "evictionMinimumReclaim"] {
            self.entries(settings, field, &SIGNALS, threshold_problem);
        }
        self.entries(settings, "evictionSoftGracePeriod", &SIGNALS, grace_period_problem);
        self.pairs(settings);
        for field in ["kubeReserved", "systemReserved"] {
            self.entries(settings, field, &RESERVABLE, |amount| {
                amount.starts_with('-').then(|| format!("may not be negative, found `{amount}`"))
            });
            let expressions = texts(settings, field).filter(|(_, amount)| is_expression(amount));
            self.expressions.extend(expressions.map(|(key, _)| entry(field, key)));
        }
        for field in ["maxPods", "podsPerCore", "evictionMaxPodGracePeriod"] {
            self.range(settings, field, i64::MAX);
        }
        self.percentages(settings);
    }

    fn entries(
        &mut self,
        settings: &Map<String, Value>,
        field: &str,
        keys: &[&str],
        problem: fn(&str) -> Option<String>,
    ) {
        for (key, text) in texts(settings, field) {
            let at = entry(field, key);
            if !keys.contains(&key) {
                self.problem(&at, format!("expected {}, found `{key}`", alternatives(keys)));
            } else if let Some(problem) = problem(text) {
                self.problem(&at, problem);
            }
        }
    }

    /// Each soft threshold has its grace period, and the other way round.
    fn pairs(&mut self, settings: &Map<String, Value>) {
        let (soft, grace) = ("evictionSoft", "evictionSoftGracePeriod");
        let keys = |field| texts(settings, field).map(|(key, _)| key).collect::<BTreeSet<_>>();
        for (one, other) in [(soft, grace), (grace, soft)] {
            for key in keys(one).difference(&keys(other)) {
                self.problem(&entry(one, key), format!("needs an entry in `{other}`, too"));
            }
        }
    }

    fn percentages(&mut self, settings: &Map<String, Value>) {
        let (high, low) = ("imageGCHighThresholdPercent", "imageGCLowThresholdPercent");
        self.range(settings, high, 100);
        self.range(settings, low, 100);
        if let (Some(above), Some(below)) = (integer(settings, high), integer(settings, low))
            && above <= below
        {
            self.problem(high, format!("expected more than `{low}`, {below}, found {above}"));
        }
    }

    fn range(&mut self, settings: &Map<String, Value>, field: &str, max: i64) {
        if let Some(value) = integer(settings, field)
            && !(0..=max).contains(&value)
        {
            let expected = if max == 100 { "0 to 100" } else { "at least 0" };
            self.problem(field, format!("expected {expected}, found {value}"));
        }
    }

    fn problem(&mut self, at: &str, problem: impl Into<String>) {
        self.problems.push((at.to_owned(), problem.into()));
    }
}

/// Entries of a map that hold a text; others have been reported with their type.
fn texts<'a>(
    settings: &'a Map<String, Value>,
    field: &str,
) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
    let entries = settings.get(field).and_then(Value::as_object);
    let entries = entries.into_iter().flatten();
    entries.filter_map(|(key, value)| Some((key.as_str(), value.as_str()?)))
}

fn integer(settings: &Map<String, Value>, field: &str) -> Option<i64> {
    whole(settings.get(field)?.as_number()?)
}
