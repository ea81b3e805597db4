//! Short ways to publish devices and to ask for them.

use std::collections::BTreeMap;

use karp_core::{
    devices::{
        Allocated, ClaimProblem, Demand, OnNode, Outcome, Room, Stock, TemplateIx, Usage, allocate,
        attribute,
    },
    model::{
        AllocatedDevice, Device, DeviceAttribute, DeviceClaim, DeviceClass, DeviceNodes,
        DeviceSelection, Quantity, Requirements, ResourceSlice, TemplateDevices, Vocabulary,
    },
};

pub(crate) const DRIVER: &str = "gpu.example.com";
pub(crate) const STEPS: u32 = 10_000;

/// A pool of one slice that can be used everywhere.
pub(crate) fn pool(name: &str, devices: impl IntoIterator<Item = Device>) -> ResourceSlice {
    let mut slice = ResourceSlice::new(name, DRIVER, name).on(DeviceNodes::All);
    slice.devices = devices.into_iter().collect();
    slice
}

pub(crate) fn device(name: &str) -> Device {
    Device::new(name)
}

/// A device with a text attribute.
pub(crate) fn with(name: &str, attribute: &str, value: &str) -> Device {
    device(name).attribute(attribute, DeviceAttribute::String(value.to_owned()))
}

pub(crate) fn template(slices: impl IntoIterator<Item = ResourceSlice>) -> TemplateDevices {
    let mut template = TemplateDevices::default();
    template.slices = slices.into_iter().collect();
    template
}

/// Devices of the class `any`.
pub(crate) fn any() -> DeviceSelection {
    DeviceSelection::of("any")
}

/// A claim with one request `r`.
pub(crate) fn claim(selection: DeviceSelection) -> DeviceClaim {
    DeviceClaim::new().request("r", selection)
}

pub(crate) fn units(amount: i64) -> Quantity {
    Quantity::from_units(amount)
}

/// A small language: `name=value` about text attributes; anything else is no condition.
fn judge(expression: &str, (driver, device): (&str, &Device)) -> Result<bool, String> {
    let (name, value) = expression.split_once('=').ok_or("expected name=value")?;
    let text = DeviceAttribute::String(value.to_owned());
    Ok(attribute(device, driver, name) == Some(&text))
}

/// A claim read with the classes `any` and `red`.
pub(crate) fn read(claim: &DeviceClaim, stock: &Stock) -> Result<Demand, ClaimProblem> {
    let any = DeviceClass::new("any");
    let red = DeviceClass::new("red").selecting("colour=red");
    let classes = BTreeMap::from([("any", &any), ("red", &red)]);
    Demand::new(claim, stock, &classes, &mut judge)
}

/// What was found for these claims on node `n1` of zone `z1`, where so much is taken.
pub(crate) fn found_beside(
    (stock, usage, template): (&Stock, &Usage, Option<TemplateIx>),
    claims: &[DeviceClaim],
) -> Option<Allocated<()>> {
    let demands: Vec<Demand> = claims.iter().map(|claim| read(claim, stock).unwrap()).collect();
    let demands: Vec<&Demand> = demands.iter().collect();
    let labels = Requirements::from_labels([("topology.kubernetes.io/zone", "z1")]);
    let vocabulary = Vocabulary::core();
    let node = OnNode { name: "n1", labels: &labels, vocabulary: &vocabulary };
    let outcome = allocate((stock, Room { usage, template }), &demands, (&node, ()), STEPS);
    assert!(!matches!(outcome, Outcome::GaveUp));
    outcome.found()
}

/// Names of what each claim gets; none when they can't all be met.
pub(crate) fn names(stock: &Stock, claims: &[DeviceClaim]) -> Option<Vec<String>> {
    let found = found_beside((stock, &Usage::new(), None), claims)?;
    Some(found.claims.iter().map(|devices| text(devices)).collect())
}

/// Names of what one claim gets; `-` when it can't be met.
pub(crate) fn one(stock: &Stock, claim: &DeviceClaim) -> String {
    let names = names(stock, std::slice::from_ref(claim));
    names.map_or_else(|| "-".to_owned(), |names| names[0].clone())
}

/// `request: device`, in the order in which they were taken.
pub(crate) fn text(devices: &[AllocatedDevice]) -> String {
    let names = devices.iter().map(|own| format!("{}:{}", own.request, own.device.device));
    names.collect::<Vec<_>>().join(" ")
}
