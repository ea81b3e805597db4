//! What the tool `validate` says: lines, exit status, standard error.

#![expect(
    clippy::unwrap_used,
    reason = "a test that finds something else than it wants fails, wherever that happens"
)]

use std::path::PathBuf;
use std::process::Output;

use karp_examples::program;
use serde_json::Value;

const POOL: &str = r#"{"apiVersion": "karpenter.sh/v1", "kind": "NodePool", "metadata": {"name": "general"}, "spec": {"template": {"spec": {"nodeClassRef": {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "a"}, "requirements": []}}}}"#;

fn run(arguments: &[&str], input: &[u8]) -> Output {
    program::run("validate", arguments, input).unwrap()
}

fn lines(output: &Output) -> Vec<Value> {
    let text = str::from_utf8(&output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn jsonl(arguments: &[&str], input: &str) -> (Option<i32>, Vec<Value>) {
    let output = run(&[&["-", "--output", "jsonl"], arguments].concat(), input.as_bytes());
    (output.status.code(), lines(&output))
}

/// A file that holds `text`, named after the test that needs it.
fn file(name: &str, text: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn an_accepted_object_is_one_line_and_status_zero() {
    let (status, lines) = jsonl(&[], POOL);
    assert_eq!(status, Some(0));
    let expected = serde_json::json!({
        "source": "-", "document": 1, "kind": "NodePool", "name": "general",
        "verdict": "accept", "errors": [], "warnings": [],
    });
    assert_eq!(lines, [expected]);
}

#[test]
fn a_rejected_object_names_field_expectation_and_stage() {
    let (status, lines) =
        jsonl(&[], &POOL.replace("\"requirements\": []", "\"expireAfter\": \"1d\""));
    assert_eq!(status, Some(1));
    assert_eq!(lines[0]["verdict"], "reject");
    let fields: Vec<_> =
        lines[0]["errors"].as_array().unwrap().iter().map(|error| &error["field"]).collect();
    assert_eq!(fields, ["spec.template.spec.requirements", "spec.template.spec.expireAfter"]);
    assert_eq!(lines[0]["errors"][1]["stage"], "admission");
    let message = lines[0]["errors"][1]["message"].as_str().unwrap();
    assert!(message.contains("expected a duration") && message.contains("`1d`"), "{message}");
}

#[test]
fn what_fails_later_names_its_stage() {
    let (_, decode) = jsonl(
        &[],
        &POOL.replace("\"requirements\"", "\"expireAfter\": \"2562048h\", \"requirements\""),
    );
    assert_eq!(decode[0]["errors"][0]["stage"], "decode");
    let taint = r#"{"key": "a", "effect": "NoSchedule"}"#;
    let twice = format!("\"taints\": [{taint}, {taint}], \"requirements\"");
    let (status, runtime) = jsonl(&[], &POOL.replace("\"requirements\"", &twice));
    assert_eq!((status, runtime[0]["verdict"].as_str()), (Some(1), Some("reject")));
    assert_eq!(runtime[0]["errors"][0]["stage"], "runtime");
    assert_eq!(runtime[0]["errors"][0]["field"], "spec.template.spec.taints[1]");
}

#[test]
fn items_of_a_list_get_a_line_each_and_bad_documents_hide_nothing() {
    let input = format!(
        "---\n{{\"kind\": \"List\", \"items\": [{POOL}, {POOL}]}}\n---\na: [\n---\n- text\n---\n{POOL}\n"
    );
    let (status, lines) = jsonl(&[], &input);
    assert_eq!(status, Some(1));
    let documents: Vec<_> = lines.iter().map(|line| line["document"].as_u64().unwrap()).collect();
    assert_eq!(documents, [1, 1, 2, 3, 4]);
    let verdicts: Vec<_> = lines.iter().map(|line| line["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["accept", "accept", "reject", "reject", "accept"]);
    for line in &lines[2..4] {
        assert_eq!(line["errors"][0]["stage"], "decode");
    }
}

#[test]
fn unknown_kinds_are_accepted_and_unknown_fields_dropped_with_a_warning() {
    let (status, lines) = jsonl(&[], "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n");
    assert_eq!((status, lines[0]["verdict"].as_str()), (Some(0), Some("accept")));
    assert_eq!(lines[0]["warnings"].as_array().unwrap().len(), 1);
    let (status, lines) = jsonl(&[], &POOL.replace("\"template\"", "\"wieght\": 1, \"template\""));
    assert_eq!(status, Some(0));
    assert_eq!(lines[0]["warnings"][0]["field"], "spec.wieght");
}

#[test]
fn an_object_without_kind_is_rejected_when_it_is_decoded() {
    let (status, lines) = jsonl(&[], "apiVersion: v1\n");
    assert_eq!(status, Some(1));
    assert_eq!(lines[0]["kind"], Value::Null);
    assert_eq!(lines[0]["errors"][0]["field"], "kind");
    assert_eq!(lines[0]["errors"][0]["stage"], "decode");
}

#[test]
fn the_former_object_of_the_same_name_makes_it_an_update() {
    let old = file(
        "the-former-object.json",
        &POOL.replace("\"template\"", "\"replicas\": 1, \"template\""),
    );
    let old = old.to_str().unwrap();
    let (status, lines) = jsonl(&["--old", old], POOL);
    assert_eq!(status, Some(1));
    assert_eq!(lines[0]["errors"][0]["field"], "spec.replicas");
    let (status, _) = jsonl(&["--old", old], &POOL.replace("general", "other"));
    assert_eq!(status, Some(0));
}

#[test]
fn profiles_decide_differently() {
    let input = POOL.replace("\"requirements\": []", "\"requirements\": [{\"key\": \"karpenter.k8s.aws/nitro-sandbox\", \"operator\": \"Exists\"}]");
    assert_eq!(jsonl(&[], &input).0, Some(1));
    assert_eq!(jsonl(&["--profile", "v1.14.1"], &input).0, Some(1));
    assert_eq!(jsonl(&["--profile", "head"], &input).0, Some(0));
    let output = run(&["-", "--profile", "v1"], b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("expected `v1.14.1` or `head`"));
}

#[test]
fn an_unreadable_file_does_not_stop_the_others() {
    let pool = file("an-unreadable-file.json", POOL);
    let output = run(&["no-such-file.yaml", pool.to_str().unwrap(), "--output", "jsonl"], b"");
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(lines(&output).len(), 1);
    assert!(String::from_utf8_lossy(&output.stderr).contains("`no-such-file.yaml`"));
}

#[test]
fn text_for_people_has_a_heading_per_object_and_a_count() {
    let output = run(
        &["-"],
        POOL.replace("\"template\"", "\"weight\": 0, \"wieght\": 1, \"template\"").as_bytes(),
    );
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "-:1 NodePool general: reject\n  \
         admission error: spec.weight: expected 1 to 100, found 0\n  \
         warning: spec.wieght: unknown field: the API server drops it\n\
         0 accepted, 1 rejected by profile v1.14.1\n"
    );
}

#[test]
fn bytes_that_are_no_text_and_alias_bombs_are_rejected() {
    let output = run(&["-", "--output", "jsonl"], b"a: 1\n---\n\xFF\n");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(lines(&output)[1]["errors"][0]["message"], "line 3: not UTF-8 text");
    let mut bomb = vec!["a0: &a0 [x,x,x,x,x,x,x,x,x]\n".to_owned()];
    for depth in 1..10 {
        let aliases = vec![format!("*a{}", depth - 1); 9].join(",");
        bomb.push(format!("a{depth}: &a{depth} [{aliases}]\n"));
    }
    assert_eq!(jsonl(&[], &bomb.concat()).0, Some(1));
}

#[test]
fn the_definitions_are_printed_as_documents() {
    for (provider, count) in [("core", 4), ("aws", 5)] {
        for profile in ["v1.14.1", "head"] {
            let arguments = ["--provider", provider, "--profile", profile];
            let output = program::run("crds", &arguments, b"").unwrap();
            assert!(output.status.success());
            let documents = karp_core::k8s::documents("crds", &output.stdout);
            assert_eq!(documents.len(), count);
            for document in documents {
                assert_eq!(document.value.unwrap()["kind"], "CustomResourceDefinition");
            }
        }
    }
}
