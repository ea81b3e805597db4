//! The kinds that can be judged, and what is known about labels: the core's and a provider's.

use serde_json::Value;

use super::admit::{check, prepare};
use super::capacity_buffer::capacity_buffer;
use super::kind::Kind;
use super::label_rules::LabelRules;
use super::metadata;
use super::node_claim::node_claim;
use super::node_overlay::node_overlay;
use super::node_pool::node_pool;
use super::path::Path;
use super::profile::Profile;
use super::report::{Broken, Report, Stage, alternatives};
use super::schema::Subject;
use crate::k8s::document::shown;

/// Judges objects by one profile.
///
/// A provider adds its kinds and what it knows about labels before the first object is judged; the
/// verdict on a pool depends on the provider.
///
/// # Example: two findings about a pool
///
/// ```
/// use karp_core::k8s::validate::{Profile, Registry, Stage, Verdict};
/// use serde_json::json;
///
/// let registry = Registry::core(Profile::V1_14_1);
/// let report = registry.validate(&json!({
///     "apiVersion": "karpenter.sh/v1", "kind": "NodePool", "metadata": {"name": "general"},
///     "spec": {"wieght": 10, "template": {"spec": {
///         "nodeClassRef": {"group": "example.com", "kind": "NodeClass", "name": "general"},
///         "requirements": [], "expireAfter": "30d",
///     }}},
/// }));
/// assert_eq!(report.verdict(), Verdict::Reject);
/// assert_eq!(report.warnings[0].field, "spec.wieght");
/// assert_eq!(report.errors[0].stage, Stage::Admission);
/// assert_eq!(
///     report.errors[0].to_string(),
///     "spec.template.spec.expireAfter: expected a duration such as `30s` or `1h30m`, or \
///      `Never`, found `30d`"
/// );
/// ```
#[derive(Clone, Debug)]
pub struct Registry {
    profile: Profile,
    kinds: Vec<Kind>,
    labels: LabelRules,
    /// Groups of which all kinds are known.
    closed: Vec<&'static str>,
}

impl Registry {
    /// The kinds of the core: `NodePool`, `NodeClaim`, `NodeOverlay`, `CapacityBuffer`.
    pub fn core(profile: Profile) -> Self {
        let kinds = vec![node_pool(profile), node_claim(), node_overlay(), capacity_buffer()];
        Self { profile, kinds, labels: LabelRules::core(), closed: vec!["karpenter.sh"] }
    }

    /// Adds a kind, and with it the claim to know all kinds of its group.
    pub fn register(&mut self, kind: Kind) {
        if !self.closed.contains(&kind.group) {
            self.closed.push(kind.group);
        }
        self.kinds.push(kind);
    }

    /// Takes the `NodePool` of another profile, for providers that ship older definitions of it.
    pub fn use_node_pool_of(&mut self, definitions: Profile) {
        for kind in self.kinds.iter_mut().filter(|kind| kind.name == "NodePool") {
            *kind = node_pool(definitions);
        }
    }

    /// Replaces what is known about labels and resources.
    pub fn set_labels(&mut self, labels: LabelRules) {
        self.labels = labels;
    }

    /// What is known about labels and resources.
    pub const fn labels(&self) -> &LabelRules {
        &self.labels
    }

    /// The profile that objects are judged by.
    pub const fn profile(&self) -> Profile {
        self.profile
    }

    /// Whether objects of this version and kind are judged; others are accepted with a warning.
    pub fn judges(&self, api_version: &str, kind: &str) -> bool {
        self.kinds.iter().any(|known| known.is(api_version, kind))
    }

    /// Judges an object that is created.
    pub fn validate(&self, object: &Value) -> Report {
        self.judge(object, None)
    }

    /// Judges an object that replaces `old`.
    ///
    /// Rules about what may change apply, and violations in parts that did not change are
    /// tolerated with a warning, as servers from Kubernetes 1.33 on do.
    pub fn validate_update(&self, object: &Value, old: &Value) -> Report {
        for field in ["kind", "metadata"] {
            let (new, former) = match field {
                "kind" => (object.get(field), old.get(field)),
                _ => (object.pointer("/metadata/name"), old.pointer("/metadata/name")),
            };
            if new != former {
                let message = "the old object is another one: kind and name must be the same";
                let field = if field == "kind" { "kind" } else { "metadata.name" };
                return Report::rejected(field, message, Stage::Admission);
            }
        }
        self.judge(object, Some(old))
    }

    /// The object as the server stores it: without unknown fields, with defaults.
    ///
    /// An object of an unknown kind comes back as it is.
    pub fn defaulted(&self, object: &Value) -> Value {
        let mut value = object.clone();
        if let Ok(kind) = self.find(object) {
            prepare(&kind.root(), &mut value, &Path::Root, &mut Report::default());
        }
        value
    }

    fn judge(&self, object: &Value, old: Option<&Value>) -> Report {
        let kind = match self.find(object) {
            Ok(kind) => kind,
            Err(report) => return report,
        };
        let mut report = Report::default();
        let root = kind.root();
        let mut value = object.clone();
        prepare(&root, &mut value, &Path::Root, &mut report);
        let old = old.map(|old| {
            let mut old = old.clone();
            prepare(&root, &mut old, &Path::Root, &mut Report::default());
            old
        });
        metadata::check(&value, kind.scope, &mut report);
        let subject = Subject { value: &value, old: old.as_ref(), labels: &self.labels };
        check(&root, &subject, &Path::Root, &mut report);
        if report.errors.is_empty() {
            for rule in &kind.runtime {
                let mut broken = Broken::default();
                rule(&value, &self.labels, &mut broken);
                broken.move_into(&mut report, &Path::Root, Stage::Runtime);
            }
        }
        report
    }

    /// The kind of an object, or the report on one whose kind is not judged.
    fn find(&self, object: &Value) -> Result<&Kind, Report> {
        if !object.is_object() {
            let message = format!("expected an object, found {}", shown(object));
            return Err(Report::rejected("", message, Stage::Decode));
        }
        let api_version = type_field(object, "apiVersion")?;
        let name = type_field(object, "kind")?;
        if let Some(kind) = self.kinds.iter().find(|kind| kind.is(api_version, name)) {
            return Ok(kind);
        }
        let (group, _) = api_version.rsplit_once('/').unwrap_or_default();
        let namesake = self.kinds.iter().find(|kind| kind.group == group && kind.name == name);
        if let Some(known) = namesake {
            let message =
                format!("expected `{}/{}`, found `{api_version}`", known.group, known.version);
            return Err(Report::rejected("apiVersion", message, Stage::Admission));
        }
        if self.closed.contains(&group) {
            let kinds = self.kinds.iter().filter(|kind| kind.group == group);
            let kinds: Vec<_> = kinds.map(|kind| kind.name).collect();
            let message =
                format!("`{group}` has no kind `{name}`: expected {}", alternatives(&kinds));
            return Err(Report::rejected("kind", message, Stage::Admission));
        }
        let mut report = Report::default();
        report.warn(&Path::Root.field("kind"), format!("`{api_version}` `{name}` is not judged"));
        Err(report)
    }
}

impl Kind {
    fn is(&self, api_version: &str, kind: &str) -> bool {
        self.name == kind && api_version.split_once('/') == Some((self.group, self.version))
    }
}

fn type_field<'a>(object: &'a Value, field: &str) -> Result<&'a str, Report> {
    match object.get(field) {
        Some(Value::String(text)) if !text.is_empty() => Ok(text),
        None | Some(Value::Null | Value::String(_)) => {
            Err(Report::rejected(field, "required", Stage::Decode))
        }
        Some(other) => {
            let message = format!("expected a string, found {}", shown(other));
            Err(Report::rejected(field, message, Stage::Decode))
        }
    }
}
