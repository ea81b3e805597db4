//! What the tool `consolidate` prints, and its exit status.

use std::{collections::BTreeSet, fs, path::PathBuf};

use karp_examples::program;
use serde_json::Value;

/// One run is enough for everything that is said of the sample: text, page and exit status.
#[test]
fn the_sample_is_reported_as_committed_and_drawn_on_a_page_that_stands_alone() {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("consolidate.html");
    let output = program::run("consolidate", &["--html", path.to_str().unwrap()], b"").unwrap();
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text, include_str!("expected/consolidate.txt"), "it prints something new");
    let page = fs::read_to_string(path).unwrap();
    for word in ["ip-10-0-1-15", "budget-spent", "held back by budgets", "<svg", "price-line"] {
        assert!(page.contains(word), "{word}");
    }
    for forbidden in ["http:", "https:", "<script", "url("] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
}

#[test]
fn the_json_form_holds_what_it_promises() {
    let output = program::run("consolidate", &["--output", "json"], b"").unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let nodes = report["nodes"].as_array().unwrap();
    let codes: BTreeSet<&str> = nodes.iter().map(|node| node["code"].as_str().unwrap()).collect();
    for code in [
        "emptiness",
        "drift",
        "budget-spent",
        "pdb",
        "pod-do-not-disrupt",
        "node-do-not-disrupt",
        "policy-when-empty",
        "not-consolidatable",
        "consolidation-disabled",
        "singleNode",
        "no-node",
        "node-deleting",
        "not-managed",
    ] {
        assert!(codes.contains(code), "{code} is not among {codes:?}");
    }
    // Whatever goes now is in a command, and commands name only what goes now.
    let now: BTreeSet<&str> = nodes
        .iter()
        .filter(|node| node["when"] == "now")
        .map(|node| node["node"].as_str().unwrap())
        .collect();
    let commands = report["commands"].as_array().unwrap().iter();
    let named: BTreeSet<&str> = commands
        .flat_map(|command| command["nodes"].as_array().unwrap())
        .map(|node| node.as_str().unwrap())
        .collect();
    assert_eq!(now, named);
    let week = &report["week"];
    for key in ["from", "to", "assumptions", "events", "curve", "held", "end", "podMoves"] {
        assert!(!week[key].is_null(), "{key}");
    }
    let held = week["held"].as_array().unwrap();
    assert!(held.iter().any(|held| held["nodePool"] == "office"));
    assert_eq!(report["totals"]["hoursPerMonth"], 730);
}

#[test]
fn a_cluster_without_nodes_and_a_broken_document_are_reported() {
    let output =
        program::run("consolidate", &["-", "--now", "2026-01-15T12:00:00Z"], b": : :\n- [")
            .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("0 machines of pools cost $0.00 per hour"), "{text}");
    assert!(text.contains("nothing happens"), "{text}");
}

#[test]
fn a_path_that_is_not_there_is_named() {
    let output = program::run("consolidate", &["no/such/folder"], b"").unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stdout).unwrap().contains("no/such/folder"));
}
