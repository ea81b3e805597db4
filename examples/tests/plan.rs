//! What the tools `plan` and `calendar` and the example programs print, and their exit status.
#![expect(
    clippy::unwrap_used,
    reason = "a test that finds something else than it wants fails, wherever that happens"
)]

use std::{fs, path::PathBuf, process::Output};

use karp_examples::program;
use serde_json::{Value, json};

/// Runs an example program with these arguments and this standard input.
fn run(name: &str, arguments: &[&str], input: &[u8]) -> Output {
    program::run(name, arguments, input).unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The JSON plan of manifests on standard input, and the exit status.
fn plan_of(input: &[u8]) -> (Option<i32>, Value) {
    let output = run("plan", &["-", "--now", "2026-01-15T12:00:00Z", "--output", "json"], input);
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap())
}

/// A file of this name in the folder for what tests write.
fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// A pool that can buy everything, with the class that it names.
const POOL: &str = r"
apiVersion: karpenter.sh/v1
kind: NodePool
metadata: {name: all}
spec:
  template:
    spec:
      nodeClassRef: {group: karpenter.k8s.aws, kind: EC2NodeClass, name: default}
      requirements: []
---
apiVersion: karpenter.k8s.aws/v1
kind: EC2NodeClass
metadata: {name: default}
spec:
  role: nodes
  amiSelectorTerms: [{alias: al2023@latest}]
  subnetSelectorTerms: [{id: subnet-0123456789abcdef0}]
  securityGroupSelectorTerms: [{id: sg-0123456789abcdef0}]
";

#[test]
fn the_samples_plan_as_committed() {
    for (name, expected) in [
        ("plan", include_str!("expected/plan.txt")),
        ("calendar", include_str!("expected/calendar.txt")),
        ("own_types", include_str!("expected/own_types.txt")),
        ("explain_pending", include_str!("expected/explain_pending.txt")),
        ("from_manifests", include_str!("expected/from_manifests.txt")),
        ("custom_backend", include_str!("expected/custom_backend.txt")),
    ] {
        let output = run(name, &[], b"");
        assert_eq!(output.status.code(), Some(0), "{name}");
        assert_eq!(text(&output), expected, "{name} prints something new");
    }
}

#[test]
fn the_json_form_holds_what_it_promises() {
    let output = run("plan", &["--output", "json"], b"");
    let plan: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(plan["now"], "2026-01-15T12:00:00Z");
    for machine in plan["machines"].as_array().unwrap() {
        for key in [
            "name",
            "nodePool",
            "pods",
            "instanceTypes",
            "zone",
            "capacityType",
            "usdPerHour",
            "requests",
            "requirements",
        ] {
            assert!(!machine[key].is_null(), "{key}");
        }
    }
    let unplaced = plan["unplaced"].as_array().unwrap();
    assert_eq!(unplaced.len(), 1);
    assert_eq!(unplaced[0]["pod"], "ml/notebook-1");
    let codes: Vec<_> =
        unplaced[0]["reasons"].as_array().unwrap().iter().map(|reason| &reason["code"]).collect();
    assert_eq!(codes, ["no-instance-type", "taint-not-tolerated"]);
    let placed: usize = plan["machines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|machine| machine["pods"].as_array().unwrap().len())
        .sum();
    assert_eq!(plan["totals"]["placed"], placed);
    assert_eq!(plan["totals"]["machines"], plan["machines"].as_array().unwrap().len());
}

#[test]
fn yaml_says_the_same_as_json() {
    let yaml = run("plan", &["--output", "yaml"], b"");
    let json = run("plan", &["--output", "json"], b"");
    let from_yaml: Value = serde_saphyr::from_str(&text(&yaml)).unwrap();
    let from_json: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(from_yaml, from_json);
}

#[test]
fn every_run_prints_the_same_bytes() {
    let [first, second] = [(); 2].map(|()| run("plan", &["--output", "json"], b"").stdout);
    assert_eq!(first, second);
}

#[test]
fn a_list_as_kubectl_prints_it_is_read() {
    let list = format!(
        "apiVersion: v1\nkind: List\nitems:\n- {}\n",
        r#"{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "namespace": "n"},
            "spec": {"containers": [{"name": "c", "resources": {"requests": {"cpu": "1"}}}]}}"#
    );
    let (code, plan) = plan_of(format!("{POOL}---\n{list}").as_bytes());
    assert_eq!(code, Some(0));
    assert_eq!(plan["machines"][0]["pods"], json!(["n/a"]));
}

#[test]
fn good_documents_survive_bad_ones() {
    let bombs = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: [*f,*f,*f,*f,*f,*f,*f,*f,*f]";
    let pod = r#"{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"},
        "spec": {"containers": [{"name": "c", "resources": {"requests": {"cpu": "1"}}}]}}"#;
    let broken = pod.replace("\"1\"", "\"1x\"").replace("\"a\"", "\"b\"");
    for bad in [": : :\n- [", bombs, "[1, 2]", &broken] {
        let (code, plan) = plan_of(format!("{POOL}---\n{bad}\n---\n{pod}").as_bytes());
        assert_eq!(code, Some(2), "{bad}");
        assert_eq!(plan["totals"]["placed"], 1, "{bad}");
        let errors = plan["findings"].as_array().unwrap().iter();
        assert!(errors.clone().any(|finding| finding["severity"] == "error"), "{bad}");
    }
}

#[test]
fn what_is_no_text_at_all_is_an_error_with_its_place() {
    let output = run("plan", &["-", "--output", "json"], b"\xff\xfe\x00kind: Pod");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_path_that_is_not_there_is_named() {
    let output = run("plan", &["no/such/folder"], b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output).contains("no/such/folder"));
}

#[test]
fn a_region_without_figures_names_those_with() {
    let output = run("plan", &["--region", "mars-north-1"], b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output).contains("us-east-1"));
}

#[test]
fn explain_says_where_a_pod_goes_or_why_nowhere() {
    let placed = text(&run("plan", &["--explain", "shop/web-1"], b""));
    assert!(placed.contains("shop/web-1 goes to general-1, which is bought anyway"), "{placed}");
    assert!(placed.contains("m6g.16xlarge, the cheapest of 86 types"), "{placed}");
    let unknown = run("plan", &["--explain", "shop/nobody"], b"");
    assert_eq!(unknown.status.code(), Some(2));
}

/// One run for both: each change is planned again, which takes its time without optimisation.
#[test]
fn explain_of_all_is_data_for_programs_and_a_part_of_the_page() {
    let path = file("explained.html");
    let arguments = ["--explain", "--output", "json", "--html", path.to_str().unwrap()];
    let output = run("plan", &arguments, b"");
    let plan: Value = serde_json::from_slice(&output.stdout).unwrap();
    let stuck = &plan["explanations"]["unplaced"][0];
    assert_eq!(stuck["pods"], json!(["ml/notebook-1"]));
    let first = &stuck["remedies"][0];
    let words = "let pods like `ml/notebook-1` tolerate nvidia.com/gpu=true:NoSchedule";
    assert_eq!(first["message"], words);
    assert_eq!(first["change"]["of"], "pods");
    assert_eq!(first["change"]["change"]["what"], "tolerate");
    assert_eq!(first["change"]["change"]["taint"]["key"], "nvidia.com/gpu");
    assert_eq!(first["size"], json!({"share": 500_000, "scope": "workload"}));
    let machines = plan["explanations"]["machines"].as_array().unwrap();
    let names: Vec<&Value> =
        machines.iter().flat_map(|same| same["names"].as_array().unwrap()).collect();
    assert_eq!(names, ["gpu-1", "general-1"]);
    let rule = &machines[1]["why"]["cheaper"][0]["rule"];
    assert_eq!(*rule, json!({"code": "size", "resource": "cpu"}));
    let page = fs::read_to_string(path).unwrap();
    for words in [
        "<h2>What would help</h2>",
        "tolerate nvidia.com/gpu=true:NoSchedule",
        "<h2>Why these machines</h2>",
        "cheaper types have too little cpu",
    ] {
        assert!(page.contains(words), "{words}");
    }
}

#[test]
fn thousands_of_equal_pods_are_explained_in_a_screenful() {
    let many = r#"
apiVersion: apps/v1
kind: Deployment
metadata: {name: big, namespace: shop}
spec:
  replicas: 1500
  selector: {matchLabels: {app: big}}
  template:
    metadata: {labels: {app: big}}
    spec:
      containers: [{name: c, image: i, resources: {requests: {cpu: "5000"}}}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: fits, namespace: shop}
spec:
  replicas: 1000
  selector: {matchLabels: {app: fits}}
  template:
    metadata: {labels: {app: fits}}
    spec:
      containers: [{name: c, image: i, resources: {requests: {cpu: "2"}}}]
"#;
    let input = format!("{POOL}---\n{many}");
    let output =
        run("plan", &["-", "--now", "2026-01-15T12:00:00Z", "--explain"], input.as_bytes());
    let text = text(&output);
    let explained = text.split("Why no place, and what would help").nth(1).unwrap();
    assert!(explained.contains("the same is true of 1500 pods: shop/big-{1..1500}"), "{explained}");
    assert!(explained.contains("smallest change: lower the cpu request"), "{explained}");
    assert!(explained.lines().count() < 100, "{explained}");
}

#[test]
fn the_page_stands_alone() {
    let path = file("plan.html");
    let output = run("plan", &["--html", path.to_str().unwrap()], b"");
    assert_eq!(output.status.code(), Some(0));
    let page = fs::read_to_string(path).unwrap();
    for pod in ["shop/web", "ml/notebook-1", "general-1"] {
        assert!(page.contains(pod), "{pod}");
    }
    for forbidden in ["http:", "https:", "<script", "url("] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
}

#[test]
fn the_calendar_is_drawn_on_a_page_that_stands_alone() {
    let path = file("calendar.html");
    let output = run("calendar", &["--html", path.to_str().unwrap()], b"");
    assert_eq!(output.status.code(), Some(0));
    let page = fs::read_to_string(path).unwrap();
    for word in ["believed-safe", "runs backwards", "Drifted", "Thu 01-15", "no limit"] {
        assert!(page.contains(word), "{word}");
    }
    for forbidden in ["http:", "https:", "<script", "url("] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
}

#[test]
fn the_calendar_counts_nodes_and_shows_slots() {
    let output = run("calendar", &["--nodes", "35", "--days", "1", "--output", "json"], b"");
    let calendar: Value = serde_json::from_slice(&output.stdout).unwrap();
    let general = calendar["pools"]
        .as_array()
        .unwrap()
        .iter()
        .find(|pool| pool["pool"] == "general")
        .unwrap();
    let slots = general["calendars"][0]["slots"].as_array().unwrap();
    let nodes: Vec<_> =
        slots.iter().map(|slot| slot["allowed"]["nodes"].as_i64().unwrap()).collect();
    assert_eq!(nodes, [0, 4, 0]);
    assert_eq!(slots[0]["allowed"]["decidedBy"], json!({"budget": 1}));
}

#[test]
fn a_calendar_without_days_is_an_error() {
    let output = run("calendar", &["--days", "0"], b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output).contains("not after its start"));
}
