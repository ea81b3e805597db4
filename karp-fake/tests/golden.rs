//! Plans agree with the reference's answers, scenario by scenario.

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    fs,
    path::PathBuf,
};

use karp_core::{check, provision};
use karp_fake::scenario::Scenario;

/// Scenarios of the folder; a file that is lost must not go unnoticed.
const SCENARIOS: usize = 1_067;

/// Scenarios that agree: they must not become fewer.
const AGREED: usize = 1_047;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata/golden")
}

fn scenarios() -> Result<Vec<Scenario>, Box<dyn Error>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder().join("scheduling"))? {
        files.push(entry?.path());
    }
    files.sort();
    let mut scenarios = Vec::new();
    for file in files {
        scenarios.extend(Scenario::parse_compressed(&fs::read(file)?)?);
    }
    Ok(scenarios)
}

#[test]
fn plans_agree_with_the_reference() -> Result<(), Box<dyn Error>> {
    let listed: BTreeMap<String, String> =
        serde_json::from_slice(&fs::read(folder().join("scheduling-listed.json"))?)?;
    let (mut agreed, mut differing) = (0_usize, Vec::new());
    let scenarios = scenarios()?;
    assert_eq!(scenarios.len(), SCENARIOS);
    for scenario in &scenarios {
        let snapshot = scenario.snapshot()?;
        let plan = provision(&snapshot, scenario.policy());
        if let Err(violations) = check(&snapshot, scenario.policy(), &plan) {
            differing.push(format!("{}: breaks a constraint: {violations}", scenario.name()));
            continue;
        }
        let verdict = scenario.compare(&plan);
        if verdict.agrees() {
            agreed += 1;
        } else if !listed.contains_key(scenario.name()) {
            differing.push(format!("{}: {verdict}", scenario.name()));
        }
    }
    println!("{agreed} agree, {} differ", differing.len());
    assert!(differing.is_empty(), "\n{}", differing.join("\n"));
    assert!(agreed >= AGREED, "only {agreed} scenarios agree");
    Ok(())
}

#[test]
fn listed_scenarios_exist() -> Result<(), Box<dyn Error>> {
    let listed: BTreeMap<String, String> =
        serde_json::from_slice(&fs::read(folder().join("scheduling-listed.json"))?)?;
    let names: BTreeSet<String> =
        scenarios()?.iter().map(|scenario| scenario.name().to_owned()).collect();
    for (name, reason) in &listed {
        assert!(names.contains(name), "{name} is listed and not there");
        assert!(reason.len() > 20, "{name} is listed without a reason");
    }
    Ok(())
}
