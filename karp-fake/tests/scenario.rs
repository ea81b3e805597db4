//! Scenario files are read completely, and answers are told apart as they should be.

use std::{collections::BTreeMap, error::Error, fs, path::PathBuf};

use karp_core::model::{PodId, usd};
use karp_fake::scenario::{
    self, Answer, Difference, Need, Reference, Scenario, ScenarioError, Verdict,
};
use serde_json::{Value, json};

type Outcome = Result<(), Box<dyn Error>>;

fn golden(feature: &str) -> Result<Vec<Scenario>, Box<dyn Error>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata/golden/scheduling");
    let data = fs::read(folder.join(format!("{feature}.jsonl.gz")))?;
    Ok(Scenario::parse_compressed(&data)?)
}

/// A scenario of these types, objects and settings, without answers.
fn scenario(change: impl FnOnce(&mut Value)) -> Result<Scenario, ScenarioError> {
    let mut file = json!({
        "name": "own", "feature": "own", "seed": 1, "now": "2026-01-15T12:00:00Z",
        "settings": {}, "instanceTypes": {"catalog": "fake-fixture"}, "objects": [],
        "reference": {
            "commit": "none", "runs": 1, "distinct": 0, "answers": [],
            "range": {"claims": [0, 0], "pricePerHour": [0, 0.5], "unplaced": [0, 0]}
        }
    });
    change(&mut file);
    Scenario::parse(&file.to_string())
}

fn pod(name: &str, spec: &Value, status: &Value) -> Value {
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec, "status": status})
}

fn waiting() -> Value {
    json!({"conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}]})
}

#[test]
fn the_benchmark_formula_gives_the_listed_types() -> Outcome {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata/catalogs");
    let listed: Value =
        serde_json::from_str(&scenario::decompress(&fs::read(folder.join("fake-400.json.gz"))?)?)?;
    let read = scenario(|file| file["instanceTypes"] = listed)?;
    let made = scenario::catalog("fake-400")?;
    assert_eq!(made.len(), 400);
    for (made, read) in made.iter().zip(read.instance_types()) {
        assert_eq!(made, read);
    }
    Ok(())
}

#[test]
fn catalogs_of_fewer_zones_are_parts_of_the_whole() -> Outcome {
    for (name, zones) in [("ec2-a", 1), ("ec2-ab", 2), ("ec2-abc", 3), ("ec2-abcd", 4)] {
        let types = scenario::catalog(name)?;
        assert_eq!(types.len(), 140);
        let m5 = types.iter().find(|kind| kind.name == "m5.large").ok_or("m5.large")?;
        assert_eq!(m5.offerings.len(), 2 * zones, "{name}");
        let listed = m5.requirements.get("topology.kubernetes.io/zone").ok_or("zone")?;
        assert_eq!(listed.values().len(), zones, "{name}");
    }
    assert_eq!(scenario::catalog("fake-fixture")?.len(), 6);
    assert_eq!(scenario::catalog("fake-400")?.len(), 400);
    Ok(())
}

#[test]
fn names_choose_types_in_their_order() -> Outcome {
    let types = json!({"catalog": "ec2-ab", "names": ["m5.xlarge", "c5.large"]});
    let read = scenario(|file| file["instanceTypes"] = types)?;
    let names: Vec<&str> = read.instance_types().iter().map(|kind| kind.name.as_str()).collect();
    assert_eq!(names, ["m5.xlarge", "c5.large"]);
    Ok(())
}

#[test]
fn what_is_unknown_is_an_error_that_names_it() {
    let cases: [(&str, &str, Value, &str); 6] = [
        (
            "/instanceTypes",
            "catalog",
            json!({"catalog": "ec2-z"}),
            "catalog `ec2-z` is unknown (known: ec2-a, ",
        ),
        (
            "/instanceTypes",
            "type",
            json!({"catalog": "ec2-a", "names": ["m9.tiny"]}),
            "catalog `ec2-a` has no instance type `m9.tiny`",
        ),
        (
            "/settings",
            "gate",
            json!({"featureGates": {"Teleport": true}}),
            "feature gate `Teleport` is unknown",
        ),
        ("/settings", "field", json!({"colour": "red"}), "not a scenario: unknown field `colour`"),
        ("/now", "instant", json!("yesterday"), "not a scenario: "),
        (
            "/instanceTypes",
            "operator",
            json!([{"name": "t", "requirements": [{"key": "a", "operator": "Near"}], "capacity": {}, "offerings": []}]),
            "instance type `t`: `requirements[0].operator`: ",
        ),
    ];
    for (pointer, what, value, message) in cases {
        let read = scenario(|file| *file.pointer_mut(pointer).unwrap() = value);
        let error = read.unwrap_err().to_string();
        assert!(error.starts_with(message), "{what}: {error}");
    }
    assert!(Scenario::parse_lines("\n{\n").unwrap_err().to_string().starts_with("line 2 "));
    assert!(matches!(Scenario::parse_compressed(b"plain"), Err(ScenarioError::Archive { .. })));
}

#[test]
fn groups_become_pods_with_names_and_uids() -> Outcome {
    let group = json!([{"prefix": "web", "count": 12, "pod": pod("", &json!({"containers": []}), &waiting())}]);
    let read = scenario(|file| file["podGroups"] = group)?;
    let list: Value = serde_json::from_str(&read.manifests())?;
    let last = &list["items"][11]["metadata"];
    assert_eq!((last["name"].as_str(), last["uid"].as_str()), (Some("web-11"), Some("web-00011")));
    Ok(())
}

#[test]
fn unbound_pods_that_no_scheduler_refused_are_left_out() -> Outcome {
    let spec = json!({"containers": []});
    let mut nominated = waiting();
    nominated["nominatedNodeName"] = json!("n-1");
    let mut daemon = pod("daemon", &spec, &waiting());
    daemon["metadata"]["ownerReferences"] = json!([{"apiVersion": "apps/v1", "kind": "DaemonSet"}]);
    let objects = json!([
        pod("waits", &spec, &waiting()),
        pod("new", &spec, &json!({})),
        pod("nominated", &spec, &nominated),
        pod("bound", &json!({"nodeName": "n-1"}), &json!({})),
        daemon,
    ]);
    let read = scenario(|file| file["objects"] = objects)?;
    let left_out: Vec<&str> = read.left_out().iter().map(PodId::name).collect();
    assert_eq!(left_out, ["new", "nominated", "daemon"]);
    Ok(())
}

#[test]
fn needs_are_found_by_what_is_used() -> Outcome {
    let wish = json!({"affinity": {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{}]}}});
    let spread = json!({"topologySpreadConstraints": [{"whenUnsatisfiable": "DoNotSchedule"}]});
    let apart = json!({"nodeName": "n-1", "affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{}]}}});
    let cases = [
        (pod("a", &wish, &waiting()), vec![Need::PreferredNodes]),
        (pod("a", &spread, &waiting()), vec![Need::TopologySpread]),
        (pod("a", &apart, &json!({})), vec![Need::PodAntiAffinity]),
        (
            pod("a", &json!({"containers": [{"ports": [{"hostPort": 80}]}]}), &waiting()),
            vec![Need::HostPorts],
        ),
        (pod("a", &json!({"volumes": [{"ephemeral": {}}]}), &waiting()), vec![Need::Volumes]),
        (pod("a", &json!({"volumes": [{"emptyDir": {}}]}), &waiting()), vec![]),
        (json!({"kind": "NodePool", "spec": {"replicas": 2}}), vec![Need::StaticPools]),
        (json!({"kind": "NodeOverlay"}), vec![]),
    ];
    for (object, needs) in cases {
        let read = scenario(|file| file["objects"] = json!([object]))?;
        assert_eq!(read.needs().into_iter().collect::<Vec<_>>(), needs, "{object}");
    }
    let ignored = scenario(|file| {
        file["settings"] =
            json!({"preferencePolicy": "Ignore", "featureGates": {"NodeOverlay": true}});
        file["objects"] = json!([pod("a", &wish, &waiting()), {"kind": "NodeOverlay"}]);
    })?;
    assert_eq!(ignored.needs().into_iter().collect::<Vec<_>>(), [Need::NodeOverlays]);
    Ok(())
}

#[test]
fn each_answer_is_the_same_as_itself() -> Outcome {
    for feature in ["node-affinity", "pools", "min-values", "reservations"] {
        for scenario in golden(feature)? {
            for answer in &scenario.reference().answers {
                let verdict = scenario.reference().compare(answer);
                assert_eq!(verdict, Verdict::Same, "{}", scenario.name());
            }
        }
    }
    Ok(())
}

#[test]
fn answers_survive_writing_and_reading() -> Outcome {
    for scenario in golden("daemonsets")? {
        let written = serde_json::to_string(scenario.reference())?;
        let again: Reference = serde_json::from_str(&written)?;
        assert_eq!(again.range, scenario.reference().range);
        for (again, answer) in again.answers.iter().zip(&scenario.reference().answers) {
            assert_eq!(again.new_claims, answer.new_claims);
            assert_eq!(again.totals, answer.totals);
        }
    }
    Ok(())
}

/// An answer with one machine per price, and pods left.
fn answer(prices: &[&str], left: &[&str]) -> Result<Answer, Box<dyn Error>> {
    let mut price = karp_core::model::Price::ZERO;
    for text in prices {
        price = price.saturating_add(usd(text)?);
    }
    let claims: Vec<Value> = prices
        .iter()
        .enumerate()
        .map(|(index, _)| {
            json!({"nodePool": "p", "pods": [format!("on-{index}")], "requirements": [],
                   "instanceTypes": ["t"], "requests": {}})
        })
        .collect();
    let unschedulable: BTreeMap<&str, Value> = left.iter().map(|pod| (*pod, json!([]))).collect();
    let price: Value = serde_json::from_str(&price.to_string())?;
    Ok(serde_json::from_value(json!({
        "count": 1, "newClaims": claims, "existing": {}, "unschedulable": unschedulable,
        "totals": {"claims": prices.len(), "placed": prices.len(), "unplaced": left.len(), "pricePerHour": price}
    }))?)
}

fn reference(answers: &[Answer], distinct: usize) -> Result<Reference, Box<dyn Error>> {
    let claims: Vec<usize> = answers.iter().map(|answer| answer.totals.claims).collect();
    let left: Vec<usize> = answers.iter().map(|answer| answer.totals.unplaced).collect();
    let mut prices: Vec<_> = answers.iter().map(|answer| answer.totals.price_per_hour).collect();
    prices.sort();
    let ends = |all: &[usize]| [*all.iter().min().unwrap_or(&0), *all.iter().max().unwrap_or(&0)];
    let price = |at: Option<&karp_core::model::Price>| -> Result<Value, serde_json::Error> {
        serde_json::from_str(&at.map_or_else(|| "0".to_owned(), ToString::to_string))
    };
    Ok(serde_json::from_value(json!({
        "commit": "none", "runs": 1, "distinct": distinct, "answers": serde_json::to_value(answers)?,
        "range": {
            "claims": ends(&claims), "unplaced": ends(&left),
            "pricePerHour": [price(prices.first())?, price(prices.last())?]
        }
    }))?)
}

#[test]
fn verdicts_follow_pods_left_then_price_then_machines() -> Outcome {
    let known = reference(&[answer(&["1.00", "1.00"], &["a", "b"])?], 1)?;
    let differs = Verdict::Differs;
    let left = |plan: &[&str], reference: &[&str]| {
        let names = |pods: &[&str]| pods.iter().map(ToString::to_string).collect();
        differs(Difference::Unplaced { only_plan: names(plan), only_reference: names(reference) })
    };
    let cases: [(&[&str], &[&str], Verdict); 8] = [
        (&["1.00", "1.00"], &["a", "b"], Verdict::Same),
        (&["2.00"], &["a", "b"], Verdict::AsGood),
        (&["1.00"], &["a", "b"], Verdict::Better),
        (&["1.00"], &["a"], Verdict::Better),
        (&["2.00"], &["a"], differs(Difference::PlacesMore { pods: vec!["b".to_owned()] })),
        (
            &["2.50"],
            &["a", "b"],
            differs(Difference::Price { plan: usd("2.5")?, reference: usd("2")? }),
        ),
        (
            &["1", "0.5", "0.5"],
            &["a", "b"],
            differs(Difference::Machines { plan: 3, reference: 2 }),
        ),
        (&["1.00"], &["a", "c"], left(&["c"], &["b"])),
    ];
    for (prices, pods, verdict) in cases {
        assert_eq!(known.compare(&answer(prices, pods)?), verdict, "{prices:?} {pods:?}");
    }
    Ok(())
}

#[test]
fn where_answers_were_not_kept_the_number_of_pods_left_counts() -> Outcome {
    let kept = [answer(&["1"], &["a", "b"])?, answer(&["1"], &["a"])?];
    let partly = reference(&kept, 3)?;
    assert_eq!(partly.compare(&answer(&["1"], &["c"])?), Verdict::AsGood);
    let all = reference(&kept, 2)?;
    assert!(!all.compare(&answer(&["1"], &["c"])?).agrees());
    let mut totals = answer(&["1"], &["a", "b"])?;
    totals.new_claims = None;
    totals.unschedulable.clear();
    let totals = reference(&[totals], 1)?;
    assert_eq!(totals.compare(&answer(&["1"], &["x", "y"])?), Verdict::AsGood);
    assert_eq!(
        totals.compare(&answer(&["1"], &["x", "y", "z"])?),
        Verdict::Differs(Difference::UnplacedCount { plan: 3, reference: [2, 2] })
    );
    Ok(())
}

/// Every object arrives: what is pending for karp is what the reference placed or left.
#[test]
fn every_scenario_makes_a_snapshot_with_all_its_pending_pods() -> Outcome {
    let makes_or_moves_pods = [Need::CapacityBuffers, Need::DeletingNodes, Need::StaticPools];
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata/golden/scheduling");
    let mut count = 0;
    for entry in fs::read_dir(folder)? {
        for scenario in Scenario::parse_compressed(&fs::read(entry?.path())?)? {
            count += 1;
            let name = scenario.name();
            let snapshot = scenario.snapshot().map_err(|error| format!("{name}: {error}"))?;
            let pending = snapshot.pods.iter().filter(|pod| pod.status.node.is_none()).count();
            if makes_or_moves_pods.iter().any(|need| scenario.needs().contains(need)) {
                continue;
            }
            for answer in &scenario.reference().answers {
                assert_eq!(pending, answer.totals.placed + answer.totals.unplaced, "{name}");
            }
        }
    }
    assert_eq!(count, 1_067);
    Ok(())
}
