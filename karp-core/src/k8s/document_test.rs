//! What a stream of documents yields, and what it does not let through.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::document::{Document, ReadError, documents};

fn read(text: &str) -> Vec<Document> {
    documents("test", text.as_bytes())
}

fn values(text: &str) -> Vec<Value> {
    read(text).into_iter().map(|document| document.value.unwrap()).collect()
}

fn error(text: &str) -> ReadError {
    let mut read = read(text);
    assert_eq!(read.len(), 1, "{text}");
    read.remove(0).value.unwrap_err()
}

#[test]
fn yaml_documents_are_numbered_without_the_empty_ones() {
    let read = read("# header\n---\na: 1\n---\n# nothing\n---\n\n---\nb: 2\n...\n---\nc: 3");
    let numbers: Vec<_> = read.iter().map(|document| (document.document, document.line)).collect();
    assert_eq!(numbers, [(1, 1), (2, 8), (3, 11)]);
    assert_eq!(read[2].value, Ok(json!({"c": 3})));
}

#[test]
fn markers_count_only_at_the_start_of_a_line() {
    let value = json!({"a": "x\n---x\n ---\n", "b": "---"});
    assert_eq!(values("a: |\n  x\n  ---x\n   ---\nb: '---'\n"), [value]);
    assert_eq!(
        values("--- {a: 1}\n---\t# comment\r\nb: 2\r\n"),
        [json!({"a": 1}), json!({"b": 2})]
    );
}

#[test]
fn directives_belong_to_the_document_they_precede() {
    assert_eq!(values("%YAML 1.2\n---\na: 1\n"), [json!({"a": 1})]);
    assert_eq!(values("a: 1\n...\n%YAML 1.2\n---\nb: 2\n"), [json!({"a": 1}), json!({"b": 2})]);
}

#[test]
fn good_documents_survive_bad_ones() {
    let read = documents("test", b"a: 1\n---\nb: [\n---\nc: \xFF\n---\nd: 4\n---\njust text\n");
    assert_eq!(read[0].value, Ok(json!({"a": 1})));
    assert_eq!(
        read[1].value.as_ref().unwrap_err().to_string(),
        "line 3, column 4: unclosed bracket '['"
    );
    assert_eq!(read[2].value, Err(ReadError::NotUtf8 { line: 5 }));
    assert_eq!(read[3].value, Ok(json!({"d": 4})));
    assert_eq!(read[4].value, Err(ReadError::NotAnObject { found: "a string" }));
    assert_eq!(read.len(), 5);
}

#[test]
fn json_values_follow_each_other_with_or_without_lines() {
    assert_eq!(values("{\"a\": 1}{\"b\": 2}\n\n{\n \"c\": 3\n}\n").len(), 3);
    let read = read("{\"a\": 1}\n{\"b\" 2}\n{\"c\": 3}\n");
    assert_eq!(read.len(), 3);
    assert_eq!(read[1].value.as_ref().unwrap_err().to_string(), "line 2, column 6: expected `:`");
    assert_eq!((read[2].document, read[2].line), (3, 3));
}

#[test]
fn flow_style_is_yaml_even_where_it_begins_like_json() {
    assert_eq!(values("{a: 1, b: [x]}\n"), [json!({"a": 1, "b": ["x"]})]);
    assert_eq!(values("---\n{\"a\": 1}\n---\n{a: 2}\n"), [json!({"a": 1}), json!({"a": 2})]);
    assert!(matches!(error("{a: 1, b: [x}\n"), ReadError::Syntax { line: 1, .. }));
    assert!(matches!(error("{\"a\": 1,\n \"b\"}\n"), ReadError::Syntax { line: 2, .. }));
}

#[test]
fn items_of_lists_become_documents() {
    let read = read("kind: List\nitems:\n- {kind: A}\n- {kind: List, items: [{kind: B}]}\n- 3\n");
    let places: Vec<_> = read.iter().map(|document| (document.document, document.item)).collect();
    assert_eq!(places, [(1, Some(1)), (1, Some(1)), (1, Some(3))]);
    assert_eq!(read[2].value, Err(ReadError::NotAnObject { found: "a number" }));
    assert!(values("kind: List\nitems: []\n").is_empty());
    assert_eq!(error("kind: List\nitems: {}\n"), ReadError::Items { found: "an object" });
    assert_eq!(error("kind: List\n"), ReadError::Items { found: "nothing" });
}

#[test]
fn items_of_typed_lists_inherit_their_kind() {
    let value = json!({"apiVersion": "v1", "kind": "Pod", "spec": {}});
    assert_eq!(values("apiVersion: v1\nkind: PodList\nitems: [{spec: {}}]\n"), [value]);
    assert_eq!(values("kind: AllowList\nspec: {}\n"), [json!({"kind": "AllowList", "spec": {}})]);
}

#[test]
fn quoting_and_notation_decide_the_type_of_a_scalar() {
    let text = "[{a: '1'}]";
    assert_eq!(error(text), ReadError::NotAnObject { found: "a list" });
    let object = &values(
        "a: 1e3\nb: '1e3'\nc: 1.5\nd: 0777\ne: yes\nf: 'yes'\ng: 1_000\nh: 2024-01-01T00:00:00Z\ni: 1:30\nj: 08\n",
    )[0];
    let wanted = json!({"a": 1e3, "b": "1e3", "c": 1.5, "d": 511, "e": true, "f": "yes",
        "g": 1000, "h": "2024-01-01T00:00:00Z", "i": "1:30", "j": 8.0});
    assert_eq!(object, &wanted);
}

#[test]
fn duplicate_keys_and_not_a_number_are_errors() {
    assert_eq!(
        error("a: 1\na: 2\n").to_string(),
        "line 2, column 1: duplicate mapping key `a` is not allowed here"
    );
    assert!(matches!(error("a: .nan\n"), ReadError::Syntax { .. }));
    assert!(matches!(error("{\"a\": NaN}"), ReadError::Syntax { .. }));
}

#[test]
fn alias_bombs_and_abysses_are_refused() {
    let mut bomb = vec!["a0: &a0 [x,x,x,x,x,x,x,x,x]\n".to_owned()];
    for depth in 1..10 {
        let aliases = vec![format!("*a{}", depth - 1); 9].join(",");
        bomb.push(format!("a{depth}: &a{depth} [{aliases}]\n"));
    }
    let bomb = bomb.concat();
    assert!(matches!(error(&bomb), ReadError::TooLarge { .. }));
    assert!(matches!(
        error(&format!("a: {}", "[".repeat(20_000))),
        ReadError::Syntax { .. } | ReadError::TooLarge { .. }
    ));
    assert!(matches!(
        error(&"[".repeat(20_000)),
        ReadError::Syntax { .. } | ReadError::TooLarge { .. }
    ));
    assert!(matches!(
        error(&format!("{}a: 1", "{\"a\": ".repeat(20_000))),
        ReadError::Syntax { .. }
    ));
    let deep = (0..5000).map(|depth| " ".repeat(depth) + "a:").collect::<Vec<_>>().join("\n");
    assert!(matches!(error(&deep), ReadError::Syntax { .. } | ReadError::TooLarge { .. }));
}

#[test]
fn deep_definitions_are_read_and_deeper_ones_refused_on_a_small_stack() {
    let block = |depth| -> String {
        let lines = (0..depth).map(|level| " ".repeat(level) + "a:");
        lines.collect::<Vec<_>>().join("\n") + " 1"
    };
    let flow = |depth: usize| format!("a: {}1{}", "[".repeat(depth), "]".repeat(depth));
    for text in [block(60), flow(60)] {
        assert!(read(&text)[0].value.is_ok(), "{text}");
    }
    for text in [block(70), flow(70)] {
        assert!(matches!(error(&text), ReadError::TooLarge { .. }), "{text}");
    }
}

#[test]
fn anchors_and_merge_keys_are_followed() {
    let text = "base: &base {a: 1, b: 2}\nused: {<<: *base, b: 3}\n";
    assert_eq!(values(text)[0]["used"], json!({"a": 1, "b": 3}));
}

#[test]
fn nothing_is_read_from_nothing() {
    for text in ["", "\n", "# only a comment\n", "---\n", "---\n---\n...\n", "\u{FEFF}"] {
        assert!(read(text).is_empty(), "{text:?}");
    }
    assert_eq!(error("null\n"), ReadError::NotAnObject { found: "null" });
    assert_eq!(values("\u{FEFF}a: 1\n"), [json!({"a": 1})]);
}

#[test]
fn thirty_thousand_pods_in_one_list_are_read() {
    let pod = "- {kind: Pod, metadata: {name: a}, spec: {containers: [{name: b}]}}\n";
    let text = format!("kind: List\nitems:\n{}", pod.repeat(30_000));
    let read = read(&text);
    assert_eq!(read.len(), 30_000);
    assert!(read.iter().all(|document| document.value.is_ok()));
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for document in documents("test", &bytes) {
            if let Ok(value) = document.value {
                prop_assert!(value.is_object());
            }
        }
    }

    #[test]
    fn any_markup_is_read_without_panic(text in "[-a{}\\[\\]:,&*!|>'\" \n.%#]{0,60}") {
        documents("test", text.as_bytes());
    }

    #[test]
    fn json_objects_come_back_as_written(numbers in proptest::collection::vec(any::<i64>(), 1..5)) {
        let objects: Vec<_> = numbers.iter().map(|number| json!({"a": number})).collect();
        let lines = objects.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
        let yaml = objects.iter().map(Value::to_string).collect::<Vec<_>>().join("\n---\n");
        prop_assert_eq!(&values(&lines), &objects);
        prop_assert_eq!(&values(&yaml), &objects);
    }
}
