//! Where volumes bind pods to, how many of them a node holds, and what is wrong with them.

use karp_core::{
    check,
    decision::Plan,
    model::{
        CsiNode, EphemeralVolume, LabelSelector, Node, NodeSelectorTerm, ObjectId,
        PersistentVolume, PersistentVolumeClaim, Pod, PodAffinityTerm, PodVolume, RequirementEntry,
        StorageClass, TopologySpread, label,
    },
    policy::Policy,
    provision,
    snapshot::SnapshotBuilder,
};

use super::fixture::*;

const DRIVER: &str = "disk.example.com";
const EBS: &str = "ebs.csi.aws.com";

fn term(entries: &[RequirementEntry]) -> NodeSelectorTerm {
    NodeSelectorTerm { match_expressions: entries.to_vec(), match_fields: Vec::new() }
}

fn zones(zones: &[&str]) -> NodeSelectorTerm {
    term(&[is_in(ZONE, zones)])
}

/// With a further required term.
fn requires(mut pod: Pod, entries: &[RequirementEntry]) -> Pod {
    pod.spec_mut().node_affinity.required.push(term(entries));
    pod
}

fn with_claims(mut pod: Pod, claims: &[&str]) -> Pod {
    for claim in claims {
        let volume =
            PodVolume { name: (*claim).to_owned(), claim: (*claim).to_owned(), ephemeral: None };
        pod.spec_mut().volumes.push(volume);
    }
    pod
}

/// A pod with the claim `c`.
fn holder(name: &str) -> Pod {
    with_claims(pod(name), &["c"])
}

/// A pod with an ephemeral volume, whose claim is called `<pod>-scratch`.
fn with_ephemeral(mut pod: Pod, class: Option<&str>) -> Pod {
    let volume = PodVolume {
        name: "scratch".to_owned(),
        claim: format!("{}-scratch", pod.id.name()),
        ephemeral: Some(EphemeralVolume { storage_class: class.map(str::to_owned) }),
    };
    pod.spec_mut().volumes.push(volume);
    pod
}

fn claim(name: &str) -> PersistentVolumeClaim {
    PersistentVolumeClaim::new(ObjectId::new("default", name))
}

fn of_class(name: &str, class: &str) -> PersistentVolumeClaim {
    let mut claim = claim(name);
    claim.storage_class = Some(class.to_owned());
    claim
}

fn bound(name: &str, volume: &str) -> PersistentVolumeClaim {
    let mut claim = claim(name);
    claim.volume = Some(volume.to_owned());
    "Bound".clone_into(&mut claim.phase);
    claim.bind_completed = true;
    claim
}

fn volume(name: &str, terms: impl IntoIterator<Item = NodeSelectorTerm>) -> PersistentVolume {
    let mut volume = PersistentVolume::new(name);
    volume.driver = Some(DRIVER.to_owned());
    volume.node_affinity.extend(terms);
    volume
}

fn class(name: &str, topologies: impl IntoIterator<Item = NodeSelectorTerm>) -> StorageClass {
    let mut class = StorageClass::new(name, DRIVER);
    class.allowed_topologies.extend(topologies);
    class
}

fn default_class(name: &str, driver: &str, created: &str) -> StorageClass {
    let mut class = StorageClass::new(name, driver);
    class.is_default = true;
    class.created_at = created.parse().unwrap();
    class
}

fn cluster() -> SnapshotBuilder {
    world().instance_types(types()).node_pool(pool())
}

/// Plans, and has the plan verified.
fn planned(builder: SnapshotBuilder) -> Plan {
    let snapshot = builder.build().unwrap();
    let plan = plan_of(&snapshot);
    assert_eq!(check(&snapshot, &Policy::compat(), &plan), Ok(()));
    plan
}

fn only_with(builder: SnapshotBuilder, pod: Pod) -> Plan {
    planned(builder.pods([pod]))
}

/// A large node `n` that holds `limit` volumes of a driver.
fn limited(driver: &str, limit: u32) -> SnapshotBuilder {
    let node = Node::new("n")
        .label(ZONE, "z1")
        .resource("cpu", "1000")
        .resource("memory", "1Ti")
        .resource("pods", "1000");
    let limits = [(driver.to_owned(), limit)].into();
    cluster().node(node).csi_nodes([CsiNode { node: "n".into(), limits }])
}

/// How many pods the plan puts on `n`.
fn on_node(plan: &Plan) -> usize {
    plan.existing.get("n").map_or(0, Vec::len)
}

#[test]
fn vol_1_a_node_takes_as_many_volumes_as_it_can_attach() {
    let pods =
        (0..6).map(|i| with_claims(pod(&format!("p{i}")), &[&format!("a{i}"), &format!("b{i}")]));
    let claims = (0..6).flat_map(|i| [format!("a{i}"), format!("b{i}")]);
    let claims = claims.map(|name| of_class(&name, "s"));
    let plan = planned(
        limited(DRIVER, 10).storage_classes([class("s", [])]).volume_claims(claims).pods(pods),
    );
    assert_eq!((on_node(&plan), plan.machines.len()), (5, 1));
}

#[test]
fn vol_2_a_volume_that_pods_share_counts_once() {
    let pods = (0..100).map(|i| holder(&format!("p{i}")));
    let plan = planned(
        limited(DRIVER, 1)
            .storage_classes([class("s", [])])
            .volume_claims([of_class("c", "s")])
            .pods(pods),
    );
    assert_eq!((on_node(&plan), plan.machines.len()), (100, 0));
}

#[test]
fn vol_3_a_volume_without_driver_counts_for_nothing() {
    let mut nfs = PersistentVolume::new("nfs");
    nfs.driver = None;
    let pods = (0..3).map(|i| with_claims(pod(&format!("p{i}")), &["c", "c"]));
    let plan =
        planned(limited(DRIVER, 0).volumes([nfs]).volume_claims([bound("c", "nfs")]).pods(pods));
    assert_eq!((on_node(&plan), plan.machines.len()), (3, 0));
}

#[test]
fn a_full_node_refuses_only_who_adds_a_volume() {
    let builder = || {
        limited(DRIVER, 1)
            .storage_classes([class("s", [])])
            .volume_claims([of_class("c", "s"), of_class("d", "s"), of_class("e", "s")])
            .pods([with_claims(pod("old"), &["c", "d"]).bound_to("n")])
    };
    let place = |pod: Pod| on_node(&only_with(builder(), pod));
    assert_eq!(place(pod("p")), 1, "a pod without volumes adds none");
    assert_eq!(place(holder("p")), 1, "the volume is there already");
    assert_eq!(place(with_claims(pod("p"), &["e"])), 0);
}

fn anti_affine(name: &str) -> Pod {
    let mut pod = holder(name).label("app", "a");
    let term = PodAffinityTerm::new(ZONE, LabelSelector::label("app", "a"));
    pod.spec_mut().pod_anti_affinity.required.push(term);
    pod
}

/// Zones of the machines of two pods that must be apart, sorted.
fn apart(builder: SnapshotBuilder, claims: [&str; 2]) -> Vec<String> {
    let pods = ["p", "q"].into_iter().zip(claims).map(|(name, claim)| {
        let mut pod = anti_affine(name);
        pod.spec_mut().volumes.iter_mut().for_each(|own| claim.clone_into(&mut own.claim));
        pod
    });
    let plan = planned(builder.pods(pods));
    assert!(all_placed(&plan), "{plan}");
    let mut zones = vec![label_of(&plan, "p", ZONE), label_of(&plan, "q", ZONE)];
    zones.sort();
    zones
}

#[test]
fn vol_4_and_6_terms_are_alternatives() {
    // A machine that no zone is known of blocks all that it may be in: both pods say where they are.
    let either = || [zones(&["z1"]), zones(&["z2"])];
    let of_volumes = cluster()
        .volumes([volume("v", either())])
        .volume_claims([bound("c", "v"), bound("d", "v")]);
    assert_eq!(
        apart(of_volumes, ["c", "d"]),
        ["topology.kubernetes.io/zone In [z1]", "topology.kubernetes.io/zone In [z2]"]
    );
    let of_class_ = cluster()
        .storage_classes([class("s", either())])
        .volume_claims([of_class("c", "s"), of_class("d", "s")]);
    assert_eq!(apart(of_class_, ["c", "d"]).len(), 2);
}

#[test]
fn vol_5_and_vt_8_host_names_of_host_local_volumes_do_not_count() {
    let host = || term(&[is_in(label::HOSTNAME, &["gone"])]);
    let with = |is_host_local: bool, ephemeral: bool| {
        let elsewhere = is_host_local.then(|| zones(&["invalid"]));
        let mut local = volume("v", [host()].into_iter().chain(elsewhere));
        local.is_host_local = is_host_local;
        let (name, pod) = if ephemeral {
            ("p-scratch", with_ephemeral(pod("p"), None))
        } else {
            ("c", holder("p"))
        };
        let plan = only_with(cluster().volumes([local]).volume_claims([bound(name, "v")]), pod);
        codes(&plan, "p")
    };
    assert_eq!((with(true, false), with(true, true)), (vec![], vec![]));
    // VT-9
    assert_eq!(with(false, false), ["volume-topology"]);
}

#[test]
fn a_volume_of_a_host_goes_where_that_host_is() {
    let host = term(&[is_in(label::HOSTNAME, &["n"])]);
    let builder = limited(DRIVER, 5).volumes([volume("v", [host])]);
    let plan = only_with(builder.volume_claims([bound("c", "v")]), holder("p"));
    assert_eq!(on_node(&plan), 1);
}

#[test]
fn vol_7_places_of_several_volumes_are_crossed() {
    let special = |value: &str| is_in("special", &[value]);
    let first = class("s", [term(&[special("required")]), term(&[special("optional")])]);
    let second = class(
        "t",
        [
            term(&[is_in(ZONE, &["z1"]), special("optional")]),
            term(&[is_in(ZONE, &["z2"]), special("required")]),
        ],
    );
    let builder = cluster()
        .storage_classes([first, second])
        .volume_claims([of_class("c", "s"), of_class("d", "t")]);
    let plan = only_with(builder, with_claims(pod("p"), &["c", "d"]));
    assert_eq!(label_of(&plan, "p", ZONE), "topology.kubernetes.io/zone In [z1]");
    assert_eq!(label_of(&plan, "p", "special"), "special In [optional]");
}

#[test]
fn volumes_that_exclude_each_other_are_named() {
    let builder = cluster()
        .volumes([volume("v", [zones(&["z1"])]), volume("w", [zones(&["z2"])])])
        .volume_claims([bound("c", "v"), bound("d", "w")]);
    let plan = only_with(builder, with_claims(pod("p"), &["c", "d"]));
    assert!(plan.unplaced[0].to_string().contains("`d`"), "{}", plan.unplaced[0]);
    assert_eq!(codes(&plan, "p"), ["volume"]);
}

/// Two pods with a volume each on a node that can hold one: how many go there.
fn of_two(
    driver: &str,
    classes: impl IntoIterator<Item = StorageClass>,
    claims: impl Fn(&str) -> PersistentVolumeClaim,
    holder: impl Fn(&str, &str) -> Pod,
) -> usize {
    let names = [("p", "p-scratch"), ("q", "q-scratch")];
    let plan = planned(
        limited(driver, 1)
            .storage_classes(classes)
            .volume_claims(names.map(|(_, claim)| claims(claim)))
            .pods(names.map(|(pod, claim)| holder(pod, claim))),
    );
    assert!(all_placed(&plan), "{plan}");
    on_node(&plan)
}

#[test]
fn vol_8_to_10_ephemeral_volumes_count_by_their_class() {
    let explicit = |name: &str, _: &str| with_ephemeral(pod(name), Some("s"));
    let implicit = |name: &str, _: &str| with_ephemeral(pod(name), None);
    let made = |name: &str| of_class(name, "s");
    assert_eq!(of_two(DRIVER, [class("s", [])], made, explicit), 1);
    let one = || [default_class("s", DRIVER, "2026-01-01T00:00:00Z")];
    assert_eq!(of_two(DRIVER, one(), claim, implicit), 1);
    let two = || {
        let [old, new] = ["2026-01-01T00:00:00Z", "2026-01-01T00:00:02Z"];
        [default_class("a", DRIVER, new), default_class("b", "other.example.com", old)]
    };
    assert_eq!(of_two(DRIVER, two(), claim, implicit), 1);
    assert_eq!(of_two("other.example.com", two(), claim, implicit), 2);
}

#[test]
fn vol_21_plugins_that_moved_count_as_their_drivers() {
    let class = || [StorageClass::new("s", "kubernetes.io/aws-ebs")];
    let made = |name: &str| of_class(name, "s");
    let plain = |name: &str, claim: &str| with_claims(pod(name), &[claim]);
    let ephemeral = |name: &str, _: &str| with_ephemeral(pod(name), Some("s"));
    assert_eq!(of_two(EBS, class(), made, plain), 1);
    assert_eq!(of_two(EBS, class(), made, ephemeral), 1);
}

#[test]
fn vol_11_to_13_what_the_provider_does_not_support_is_refused() {
    let mut policy = Policy::compat();
    policy.volumes.unsupported_drivers.insert(EBS.to_owned());
    policy.volumes.unsupported_topology_keys.insert("example.com/rack".to_owned());
    let refused = |builder: SnapshotBuilder| {
        let snapshot = builder.pods([holder("p")]).build().unwrap();
        let plan = provision(&snapshot, &policy);
        assert_eq!(check(&snapshot, &policy, &plan), Ok(()));
        codes(&plan, "p")
    };
    let unbound = |class: StorageClass| {
        cluster().storage_classes([class]).volume_claims([of_class("c", "s")])
    };
    assert_eq!(refused(unbound(StorageClass::new("s", "kubernetes.io/aws-ebs"))), ["volume"]);
    let mut bound_ = volume("v", []);
    bound_.driver = Some(EBS.to_owned());
    assert_eq!(refused(cluster().volumes([bound_]).volume_claims([bound("c", "v")])), ["volume"]);
    let racks = term(&[is_in("example.com/rack", &["r1"])]);
    assert_eq!(refused(unbound(class("s", [racks]))), ["volume"]);
}

#[test]
fn vol_14_to_18_claims_must_be_in_order() {
    let with =
        |change: &dyn Fn(&mut PersistentVolumeClaim, &mut PersistentVolume, &mut StorageClass),
         is_bound: bool| {
            let mut own = if is_bound { bound("c", "v") } else { of_class("c", "s") };
            let (mut volume, mut class) = (volume("v", []), class("s", []));
            change(&mut own, &mut volume, &mut class);
            let builder = cluster().volumes([volume]).storage_classes([class]).volume_claims([own]);
            codes(&only_with(builder, holder("p")), "p").len()
        };
    for is_bound in [false, true] {
        assert_eq!(with(&|_, _, _| {}, is_bound), 0);
        // VOL-14: a bound claim does not care how its class binds.
        assert_eq!(
            with(&|_, _, class| class.binds_immediately = true, is_bound),
            usize::from(!is_bound)
        );
        // VOL-15, VOL-17
        assert_eq!(with(&|own, _, _| own.deleting = true, is_bound), 1);
        assert_eq!(with(&|own, _, _| own.phase = "Lost".to_owned(), is_bound), 1);
    }
    // VOL-16, VOL-18
    assert_eq!(with(&|_, volume, _| volume.deleting = true, true), 1);
    assert_eq!(with(&|own, _, _| own.bind_completed = false, true), 1);
}

#[test]
fn vol_19_20_and_vt_1_to_3_only_unbound_claims_need_a_class() {
    let reason = |own: Option<PersistentVolumeClaim>, pod: Pod| {
        let builder = cluster().volumes([volume("v", [])]).volume_claims(own);
        codes(&only_with(builder, pod), "p")
    };
    for class in ["", "missing"] {
        let named = |mut claim: PersistentVolumeClaim| {
            claim.storage_class = Some(class.to_owned());
            Some(claim)
        };
        // VT-2, VT-3
        assert_eq!(reason(named(bound("c", "v")), holder("p")), [""; 0]);
        assert_eq!(reason(named(claim("c")), holder("p")), ["volume"]);
        // VOL-19, VOL-20
        let ephemeral = || with_ephemeral(pod("p"), Some(class));
        assert_eq!(reason(named(bound("p-scratch", "v")), ephemeral()), [""; 0]);
        assert_eq!(reason(named(claim("p-scratch")), ephemeral()), ["volume"]);
    }
    // VT-1, and what is said about it.
    assert_eq!(reason(None, holder("p")), ["volume"]);
}

#[test]
fn vt_4_a_pod_with_a_broken_volume_does_not_block_others() {
    for own in [None, Some(of_class("c", "missing")), Some(bound("c", "missing"))] {
        let plan = planned(cluster().volume_claims(own).pods([holder("p"), pod("q")]));
        assert_eq!((codes(&plan, "p"), codes(&plan, "q")), (vec!["volume"], vec![]));
    }
}

/// A pod that must be in one of `allowed`, with a volume: its zone, or why it has no place.
fn zone_of(builder: SnapshotBuilder, allowed: &[&str], ephemeral: bool) -> Result<String, String> {
    let own = requires(pod("p"), &[is_in(ZONE, allowed)]);
    let own =
        if ephemeral { with_ephemeral(own, Some("s")) } else { with_claims(own, &["p-scratch"]) };
    let plan = only_with(builder, own);
    match codes(&plan, "p").first() {
        Some(code) => Err((*code).to_owned()),
        None => Ok(label_of(&plan, "p", ZONE)),
    }
}

#[test]
fn vt_5_to_7_and_10_zones_of_volume_and_pod_must_both_hold() {
    let z3 = Ok("topology.kubernetes.io/zone In [z3]".to_owned());
    let refused = Err("volume-topology".to_owned());
    for ephemeral in [false, true] {
        let of_class_ = || {
            cluster()
                .storage_classes([class("s", [zones(&["z2", "z3"])])])
                .volume_claims([of_class("p-scratch", "s")])
        };
        assert_eq!(zone_of(of_class_(), &["z1", "z3"], ephemeral), z3);
        assert_eq!(zone_of(of_class_(), &["z1"], ephemeral), refused);
        let of_volume = || {
            cluster()
                .volumes([volume("v", [zones(&["z3"])])])
                .volume_claims([bound("p-scratch", "v")])
        };
        assert_eq!(zone_of(of_volume(), &["z1", "z2", "z3"], ephemeral), z3);
        assert_eq!(zone_of(of_volume(), &["z1"], ephemeral), refused);
    }
}

#[test]
fn vt_11_a_volume_stays_where_it_is_when_the_pod_gives_terms_up() {
    let own = requires(holder("p"), &[is_in("unknown", &["x"])]);
    let own = requires(own, &[is_in(label::CAPACITY_TYPE, &["on-demand"])]);
    let builder = cluster().volumes([volume("v", [zones(&["z3"])])]);
    let plan = only_with(builder.volume_claims([bound("c", "v")]), own);
    assert_eq!(label_of(&plan, "p", ZONE), "topology.kubernetes.io/zone In [z3]");
}

#[test]
fn vt_12_a_volume_does_not_count_for_the_skew() {
    let spread = |name: &str| {
        let mut pod = pod(name).label("app", "a");
        let mut spread = TopologySpread::new(ZONE, 1);
        spread.label_selector = Some(LabelSelector::label("app", "a"));
        spread.min_domains = Some(3);
        pod.spec_mut().topology_spread.push(spread);
        pod
    };
    let builder = cluster()
        .volumes([volume("v", [zones(&["z1"])])])
        .volume_claims([bound("c", "v")])
        .nodes(["z1", "z2", "z3"].map(|zone| Node::new(zone).label(ZONE, zone)))
        .pods(["z1", "z2", "z3"].map(|zone| spread(&format!("old-{zone}")).bound_to(zone)));
    let plan = only_with(builder, with_claims(spread("p").request("cpu", "1"), &["c"]));
    assert_eq!(label_of(&plan, "p", ZONE), "topology.kubernetes.io/zone In [z1]");
}

#[test]
fn an_ephemeral_volume_without_a_claim_goes_where_its_class_allows() {
    let builder = cluster().storage_classes([class("s", [zones(&["z2"])])]);
    let plan = only_with(builder, with_ephemeral(pod("p"), Some("s")));
    assert_eq!(label_of(&plan, "p", ZONE), "topology.kubernetes.io/zone In [z2]");
}

#[test]
fn more_places_than_are_told_apart_are_a_reason() {
    let rack = |i: usize| {
        term(&[is_in("size", &[&format!("v{i}"), "small"]), not_in("special", &[&format!("x{i}")])])
    };
    let racks = |from: usize| (from..from + 40).map(rack).collect::<Vec<_>>();
    let builder = cluster()
        .volumes([volume("v", racks(0)), volume("w", racks(100))])
        .volume_claims([bound("c", "v"), bound("d", "w")]);
    let plan = only_with(builder, with_claims(pod("p"), &["c", "d"]));
    assert_eq!(codes(&plan, "p"), ["volume"]);
}
