//! What the tool `lint` prints, and its exit status.
#![expect(
    clippy::unwrap_used,
    reason = "a test that finds something else than it wants fails, wherever that happens"
)]

use std::{collections::BTreeSet, fs, path::PathBuf, process::Output};

use karp_examples::{lint::rules, program};
use serde_json::Value;
use serde_sarif::sarif::Sarif;

/// Runs the tool with these arguments and this standard input.
fn run(arguments: &[&str], input: &[u8]) -> Output {
    program::run("lint", arguments, input).unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn json(arguments: &[&str], input: &[u8]) -> Value {
    serde_json::from_slice(&run(&[arguments, &["--output", "json"]].concat(), input).stdout)
        .unwrap()
}

/// A pool about which nothing is to be said, with its class.
const GOOD: &str = r#"
apiVersion: karpenter.sh/v1
kind: NodePool
metadata: {name: good}
spec:
  limits: {cpu: 100}
  template:
    spec:
      nodeClassRef: {group: karpenter.k8s.aws, kind: EC2NodeClass, name: default}
      expireAfter: Never
      requirements: []
  disruption:
    consolidateAfter: 1m
    budgets:
      - nodes: 10%
      - {nodes: "0", schedule: "0 8 * * mon-fri", duration: 10h}
---
apiVersion: karpenter.k8s.aws/v1
kind: EC2NodeClass
metadata: {name: default}
spec:
  role: nodes
  amiSelectorTerms: [{alias: al2023@v20260107}]
  subnetSelectorTerms: [{id: subnet-0123456789abcdef0}]
  securityGroupSelectorTerms: [{id: sg-0123456789abcdef0}]
"#;

#[test]
fn the_samples_are_found_wanting_as_committed() {
    let output = run(&[], b"");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        text(&output.stdout),
        include_str!("expected/lint.txt"),
        "lint prints something new"
    );
}

#[test]
fn every_rule_finds_something_in_the_samples() {
    let found = json(&[], b"");
    let codes: BTreeSet<&str> = found["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["code"].as_str())
        .collect();
    let rules = rules();
    let known: BTreeSet<&str> = rules.iter().map(|rule| rule.code).collect();
    assert_eq!(codes, known);
}

#[test]
fn what_is_good_is_good() {
    let output = run(&["-", "--now", "2026-01-15T12:00:00Z"], GOOD.as_bytes());
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(
        text(&output.stdout),
        "0 errors, 0 warnings, 0 hints; docs/src/lint.md explains each code\n"
    );
}

#[test]
fn warnings_are_no_failure_and_errors_are() {
    let warned = GOOD.replace("  limits: {cpu: 100}\n", "");
    assert_eq!(run(&["-"], warned.as_bytes()).status.code(), Some(0));
    let broken = GOOD.replace("0 8 * * mon-fri", "0 8 * * fri-mon");
    assert_eq!(run(&["-"], broken.as_bytes()).status.code(), Some(1));
    // Allowed is allowed.
    let allowed = run(&["-", "--allow", "budget-invalid"], broken.as_bytes());
    assert_eq!(allowed.status.code(), Some(0));
    let mistyped = run(&["-", "--allow", "budget-invalidd"], broken.as_bytes());
    assert_eq!(mistyped.status.code(), Some(2));
    assert!(text(&mistyped.stderr).contains("no rule has the code `budget-invalidd`"));
}

#[test]
fn what_could_not_be_read_is_told_and_the_rest_is_linted() {
    let input = format!("{}\n---\nkind: [\n", GOOD.replace("  limits: {cpu: 100}\n", ""));
    let output = run(&["-"], input.as_bytes());
    assert_eq!(output.status.code(), Some(2));
    let told = text(&output.stdout);
    assert!(
        told.contains("error[unreadable-document]") && told.contains("warning[no-limits]"),
        "{told}"
    );
    assert_eq!(run(&["no/such/file"], b"").status.code(), Some(2));
}

#[test]
fn findings_say_where_their_objects_stand() {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("two pools.yaml");
    let second = GOOD.replace("  limits: {cpu: 100}\n", "").replace("name: good", "name: bad");
    fs::write(&path, format!("{}---\n{second}", GOOD.split("---").next().unwrap())).unwrap();
    let path = path.to_str().unwrap();
    let found = json(&[path], b"");
    let finding =
        found["findings"].as_array().unwrap().iter().find(|one| one["code"] == "no-limits");
    let finding = finding.unwrap();
    assert_eq!(
        (&finding["object"], &finding["source"]),
        (&Value::from("NodePool bad"), &Value::from(path))
    );
    let line = usize::try_from(finding["line"].as_u64().unwrap()).unwrap();
    assert_eq!(fs::read_to_string(path).unwrap().lines().nth(line - 1), Some("---"));

    let sarif = run(&[path, "--output", "sarif"], b"");
    assert!(text(&sarif.stdout).contains("two%20pools.yaml\""));
}

#[test]
fn sarif_says_the_same_as_json() {
    let sarif: Sarif = serde_json::from_slice(&run(&["--output", "sarif"], b"").stdout).unwrap();
    assert_eq!(sarif.version, serde_json::json!("2.1.0"));
    let run = &sarif.runs[0];
    let listed = run.tool.driver.rules.as_ref().unwrap();
    assert_eq!(listed.len(), rules().len());
    let found = json(&[], b"");
    let findings = found["findings"].as_array().unwrap();
    let results = run.results.as_ref().unwrap();
    assert_eq!(results.len(), findings.len());
    for (result, finding) in results.iter().zip(findings) {
        assert_eq!(result.rule_id.as_deref(), finding["code"].as_str());
        let index = usize::try_from(result.rule_index.unwrap()).unwrap();
        assert_eq!(Some(listed[index].id.as_str()), finding["code"].as_str());
        let message = result.message.text.as_ref().unwrap();
        assert!(message.contains(finding["message"].as_str().unwrap()), "{message}");
        let level = serde_json::to_value(result.level).unwrap();
        let severity = finding["severity"].as_str().unwrap().replace("info", "note");
        assert_eq!(level, severity);
    }
}

#[test]
fn every_run_prints_the_same_bytes() {
    let [first, second] = [(); 2].map(|()| run(&["--output", "sarif"], b"").stdout);
    assert_eq!(first, second);
}

#[test]
fn the_sample_shop_has_no_errors() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/samples");
    let output = run(&[folder, "--now", "2026-01-15T12:00:00Z"], b"");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
}
