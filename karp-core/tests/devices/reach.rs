//! Where devices can be used.

use karp_core::{
    devices::{Demand, NewMachine, Room, Stock, Usage, allocate},
    model::{
        DeviceClaim, DeviceNodes, NodeSelectorTerm, Operator, RequirementEntry, Requirements,
        ResourceSlice, Vocabulary, label,
    },
};

use super::fixture::*;

fn term(key: &str, values: &[&str]) -> NodeSelectorTerm {
    let entry = RequirementEntry::new(key, Operator::In, values.iter().copied());
    NodeSelectorTerm { match_expressions: vec![entry], match_fields: Vec::new() }
}

fn field(name: &str) -> NodeSelectorTerm {
    let entry = RequirementEntry::new("metadata.name", Operator::In, [name]);
    NodeSelectorTerm { match_expressions: Vec::new(), match_fields: vec![entry] }
}

fn zones(zones: &[&str]) -> DeviceNodes {
    DeviceNodes::Matching(vec![term(label::ZONE, zones)])
}

fn on(name: &str, nodes: DeviceNodes) -> ResourceSlice {
    pool(name, [device(name)]).on(nodes)
}

/// Whether a device can be used on node `n1` of zone `z1`, and on a machine to buy of any zone.
fn reaches(nodes: DeviceNodes) -> (bool, bool) {
    let stock = Stock::new(&[on("a", nodes)]);
    (one(&stock, &claim(any())) != "-", machine(&stock, &[claim(any())], &[]).is_some())
}

/// What a machine to buy with these requirements becomes.
fn machine(stock: &Stock, claims: &[DeviceClaim], is: &[(&str, &[&str])]) -> Option<String> {
    let demands: Vec<Demand> = claims.iter().map(|claim| read(claim, stock).unwrap()).collect();
    let demands: Vec<&Demand> = demands.iter().collect();
    let vocabulary = Vocabulary::core();
    let entries: Vec<RequirementEntry> = is
        .iter()
        .map(|(key, values)| RequirementEntry::new(*key, Operator::In, values.iter().copied()))
        .collect();
    let start = Requirements::from_entries(&entries);
    let ground = NewMachine { vocabulary: &vocabulary };
    let room = Room { usage: &Usage::new(), template: None };
    let found = allocate((stock, room), &demands, (&ground, start), STEPS).found()?;
    Some(found.state.to_string())
}

#[test]
fn dra_66_dra_67_dra_84_devices_are_used_where_their_slices_say() {
    assert_eq!(reaches(DeviceNodes::All), (true, true));
    assert_eq!(reaches(DeviceNodes::Nowhere), (false, false));
    assert_eq!(reaches(DeviceNodes::Named("n1".into())), (true, false));
    assert_eq!(reaches(DeviceNodes::Named("n2".into())), (false, false));
    assert_eq!(reaches(zones(&["z1"])), (true, true));
    assert_eq!(reaches(zones(&["z2"])), (false, true));
    let either = vec![term(label::ZONE, &["z2"]), term(label::ZONE, &["z1"])];
    assert_eq!(reaches(DeviceNodes::Matching(either)), (true, true));
    let mut both = term(label::ZONE, &["z1"]);
    both.match_expressions.push(RequirementEntry::new("example.com/rack", Operator::In, ["1"]));
    assert_eq!(reaches(DeviceNodes::Matching(vec![both])), (false, false));
    assert_eq!(reaches(DeviceNodes::Matching(vec![field("n1")])), (true, false));
    assert_eq!(reaches(DeviceNodes::Matching(vec![field("n2")])), (false, false));
    // An empty term selects nothing.
    assert_eq!(reaches(DeviceNodes::Matching(vec![NodeSelectorTerm::default()])), (false, false));
}

#[test]
fn dra_28_dra_29_dra_97_a_machine_narrows_to_where_its_devices_are() {
    let stock = Stock::new(&[on("a", zones(&["z1", "z2"])), on("b", zones(&["z2", "z3"]))]);
    let text = |zones: &str| Some(format!("{} In [{zones}]", label::ZONE));
    assert_eq!(machine(&stock, &[claim(any())], &[]), text("z1 z2"));
    assert_eq!(machine(&stock, &[claim(any()), claim(any())], &[]), text("z2"));
    let third: &[(&str, &[&str])] = &[(label::ZONE, &["z3"])];
    assert_eq!(machine(&stock, &[claim(any())], third), text("z3"));
    assert_eq!(machine(&stock, &[claim(any()), claim(any())], third), None);
}

#[test]
fn dra_22_dra_97_a_zone_is_given_up_when_the_rest_is_elsewhere() {
    let apart = Stock::new(&[on("a", zones(&["z1"])), on("b", zones(&["z2"]))]);
    assert_eq!(machine(&apart, &[claim(any()), claim(any())], &[]), None);
    let mut devices = pool("c", [with("c", "colour", "red")]).on(zones(&["z2"]));
    devices.name = "c".to_owned();
    let stock = Stock::new(&[on("a", zones(&["z1"])), on("b", zones(&["z2"])), devices]);
    let claim = claim(any()).request("s", any().selecting("colour=red"));
    let expected = Some(format!("{} In [z2]", label::ZONE));
    assert_eq!(machine(&stock, &[claim], &[]), expected);
}

#[test]
fn of_several_terms_that_fit_another_is_tried_when_the_first_leads_nowhere() {
    let either =
        DeviceNodes::Matching(vec![term(label::ZONE, &["z1"]), term(label::ZONE, &["z2"])]);
    let stock = Stock::new(&[on("a", either), on("b", zones(&["z2"]))]);
    let expected = Some(format!("{} In [z2]", label::ZONE));
    assert_eq!(machine(&stock, &[claim(any().times(2))], &[]), expected);
}
