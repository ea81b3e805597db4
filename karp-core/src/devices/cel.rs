//! Conditions on devices in the Common Expression Language, as Kubernetes extends it; not which devices are asked about.
//!
//! <https://kubernetes.io/docs/reference/using-api/cel/>

use std::{
    collections::BTreeMap,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use kube_cel::{
    KubeCelExt,
    cel::{
        Context, Program,
        objects::{Key, Map, Value},
    },
};

use crate::model::{Device, DeviceAttribute};

/// Reads conditions on devices, each once.
///
/// ```
/// use karp_core::{devices::Cel, model::{Device, DeviceAttribute}};
/// let device = Device::new("gpu-0")
///     .attribute("model", DeviceAttribute::String("a100".into()))
///     .capacity("memory", "40Gi".parse()?);
/// let mut cel = Cel::new();
/// let mut holds = |text: &str| cel.holds(text, ("gpu.example.com", &device));
/// assert_eq!(holds("device.attributes['gpu.example.com'].model == 'a100'"), Ok(true));
/// assert_eq!(holds("device.capacity['gpu.example.com'].memory.isLessThan(quantity('20Gi'))"), Ok(false));
/// assert!(holds("device.").is_err());
/// # Ok::<(), karp_core::model::ParseQuantityError>(())
/// ```
pub struct Cel {
    context: Context<'static>,
    programs: BTreeMap<String, Result<Program, String>>,
}

impl fmt::Debug for Cel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cel").field("programs", &self.programs.len()).finish_non_exhaustive()
    }
}

impl Default for Cel {
    fn default() -> Self {
        Self::new()
    }
}

impl Cel {
    /// Knows no condition yet.
    pub fn new() -> Self {
        Self { context: Context::default().with_all(), programs: BTreeMap::new() }
    }

    /// Whether a condition holds for a driver's device.
    ///
    /// A condition that fails while it is worked out, for an attribute that the device does not have for example, does not hold.
    ///
    /// # Errors
    ///
    /// What is wrong with the condition.
    pub fn holds(
        &mut self,
        expression: &str,
        (driver, device): (&str, &Device),
    ) -> Result<bool, String> {
        let Self { context, programs } = self;
        let known = programs.entry(expression.to_owned());
        let program =
            known.or_insert_with(|| compile(expression)).as_ref().map_err(String::clone)?;
        let mut scope = context.new_inner_scope();
        scope.add_variable_from_value("device", of_device(context, driver, device));
        let answer = guarded(|| program.execute(&scope));
        Ok(matches!(answer, Some(Ok(Value::Bool(true)))))
    }
}

/// Runs foreign code on a user's text: should it ever panic, the text is at fault, and the caller goes on.
fn guarded<T>(run: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(run)).ok()
}

fn compile(expression: &str) -> Result<Program, String> {
    match guarded(|| Program::compile(expression)) {
        Some(Ok(program)) => Ok(program),
        Some(Err(error)) => {
            let text = error.to_string();
            Err(text.lines().next().unwrap_or("it is no expression").to_owned())
        }
        None => Err("it is no expression".to_owned()),
    }
}

/// `device`, as conditions see it.
fn of_device(context: &Context<'_>, driver: &str, device: &Device) -> Value {
    let attributes = device.attributes.iter();
    let attributes = attributes.map(|(name, own)| (name.as_str(), of_attribute(context, own)));
    let capacity = device.capacity.iter();
    let capacity = capacity
        .map(|(name, own)| (name.as_str(), call(context, "quantity", own.value.canonical())));
    map([
        ("driver".to_owned(), Value::from(driver)),
        ("attributes".to_owned(), by_domain(driver, attributes)),
        ("capacity".to_owned(), by_domain(driver, capacity)),
        ("allowMultipleAllocations".to_owned(), Value::Bool(device.shareable)),
    ])
}

fn of_attribute(context: &Context<'_>, attribute: &DeviceAttribute) -> Value {
    match attribute {
        DeviceAttribute::Bool(value) => Value::Bool(*value),
        DeviceAttribute::Int(value) => Value::Int(*value),
        DeviceAttribute::String(text) => Value::from(text.as_str()),
        DeviceAttribute::Version(text) => call(context, "semver", text.clone()),
    }
}

/// What a function of the language makes of a text; null where it can't be read.
fn call(context: &Context<'_>, function: &str, text: String) -> Value {
    let mut scope = context.new_inner_scope();
    scope.add_variable_from_value("text", text);
    let program = compile(&format!("{function}(text)"));
    program.ok().and_then(|program| program.execute(&scope).ok()).unwrap_or(Value::Null)
}

/// Names under their domains; those without one are the driver's.
fn by_domain<'n>(driver: &str, values: impl Iterator<Item = (&'n str, Value)>) -> Value {
    let mut domains: BTreeMap<String, Vec<(String, Value)>> = BTreeMap::new();
    for (name, value) in values {
        let (domain, name) = name.split_once('/').unwrap_or((driver, name));
        domains.entry(domain.to_owned()).or_default().push((name.to_owned(), value));
    }
    map(domains.into_iter().map(|(domain, values)| (domain, map(values))))
}

fn map(values: impl IntoIterator<Item = (String, Value)>) -> Value {
    let values = values.into_iter().map(|(name, value)| (Key::from(name), value));
    Value::Map(Map { map: Arc::new(values.collect()) })
}
