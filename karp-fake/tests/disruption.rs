//! What karp would disrupt agrees with the reference's answers, in every scenario.

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    fs,
    path::PathBuf,
};

use karp_core::disrupt::Method;
use karp_fake::scenario::{
    CommandAnswer, DisruptionAnswer, DisruptionDifference, DisruptionScenario, MethodVerdict,
    ScenarioError,
};

/// Scenarios of the folder; a file that is lost must not go unnoticed.
const SCENARIOS: usize = 730;

/// Scenarios that agree, in reasons too: they must not become fewer.
const AGREED: usize = 729;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata/golden")
}

fn scenarios() -> Result<Vec<DisruptionScenario>, Box<dyn Error>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder().join("disruption"))? {
        files.push(entry?.path());
    }
    files.sort();
    let mut scenarios = Vec::new();
    for file in files {
        scenarios.extend(DisruptionScenario::parse_compressed(&fs::read(file)?)?);
    }
    Ok(scenarios)
}

fn of_feature(feature: &str) -> Result<Vec<DisruptionScenario>, Box<dyn Error>> {
    let file = folder().join(format!("disruption/{feature}.jsonl.gz"));
    Ok(DisruptionScenario::parse_compressed(&fs::read(file)?)?)
}

fn listed() -> Result<BTreeMap<String, String>, Box<dyn Error>> {
    Ok(serde_json::from_slice(&fs::read(folder().join("disruption-listed.json"))?)?)
}

#[test]
fn decisions_agree_with_the_reference() -> Result<(), Box<dyn Error>> {
    let listed = listed()?;
    let (mut agreed, mut differing) = (0_usize, Vec::new());
    let mut methods: BTreeMap<(Method, &str), usize> = BTreeMap::new();
    let scenarios = scenarios()?;
    assert_eq!(scenarios.len(), SCENARIOS);
    for scenario in &scenarios {
        let verdict = scenario.compare(&scenario.answer()?);
        for (method, verdict) in &verdict.methods {
            *methods.entry((*method, verdict.as_str())).or_default() += 1;
        }
        let name = scenario.name();
        if verdict.agrees() && verdict.reasons.is_empty() {
            agreed += 1;
        } else if !listed.contains_key(name) {
            differing.push(format!("{name}: {verdict}"));
            differing.extend(verdict.reasons.iter().map(|reason| format!("{name}: {reason}")));
        }
    }
    println!("{agreed} agree, {} differ", differing.len());
    for ((method, verdict), count) in &methods {
        println!("  {method:12} {verdict:16} {count:5}");
    }
    assert!(differing.is_empty(), "\n{}", differing.join("\n"));
    assert!(agreed >= AGREED, "only {agreed} scenarios agree");
    Ok(())
}

#[test]
fn listed_scenarios_exist() -> Result<(), Box<dyn Error>> {
    let names: BTreeSet<String> =
        scenarios()?.iter().map(|scenario| scenario.name().to_owned()).collect();
    for (name, reason) in &listed()? {
        assert!(names.contains(name), "{name} is listed and not there");
        assert!(reason.len() > 20, "{name} is listed without a reason");
    }
    Ok(())
}

#[test]
fn each_result_of_the_reference_agrees_with_itself() -> Result<(), Box<dyn Error>> {
    for scenario in scenarios()? {
        let answers = &scenario.reference().answers;
        for answer in answers {
            // Later answers leave out what equals the first.
            let mut whole = answers[0].clone();
            whole.candidates.extend(answer.candidates.clone());
            whole.commands.extend(answer.commands.clone());
            whole.first.clone_from(&answer.first);
            let verdict = scenario.compare(&whole);
            assert!(verdict.agrees(), "{}: {verdict}", scenario.name());
            let is_same = |verdict: &MethodVerdict| {
                matches!(verdict, MethodVerdict::Same | MethodVerdict::ReferenceFails)
            };
            assert!(verdict.methods.values().all(is_same), "{}: {verdict}", scenario.name());
        }
    }
    Ok(())
}

#[test]
fn answers_survive_writing_and_reading() -> Result<(), Box<dyn Error>> {
    for feature in ["balanced", "min-values", "static", "validation"] {
        for scenario in of_feature(feature)? {
            for answer in &scenario.reference().answers {
                let written = serde_json::to_string(answer)?;
                let again: DisruptionAnswer = serde_json::from_str(&written)?;
                assert_eq!(again.candidates, answer.candidates);
                assert_eq!(again.pool_totals, answer.pool_totals);
                assert_eq!(again.commands, answer.commands);
                assert_eq!(again.first, answer.first);
            }
        }
    }
    Ok(())
}

/// The first scenario of a feature in which a method has one result that acts.
fn acting(
    feature: &str,
    method: Method,
) -> Result<(DisruptionScenario, DisruptionAnswer), Box<dyn Error>> {
    for scenario in of_feature(feature)? {
        let reference = scenario.reference();
        if let [only] = reference.answers.as_slice()
            && only.commands.get(&method).is_some_and(|commands| commands.len() == 1)
            && only.candidates.get(&method).is_some_and(|known| known.accepted.len() > 1)
        {
            let answer = only.clone();
            return Ok((scenario, answer));
        }
    }
    Err(format!("no scenario of {feature} in which {method} acts").into())
}

fn price(number: &str) -> Result<karp_fake::scenario::Amount, serde_json::Error> {
    serde_json::from_str(number)
}

#[test]
fn commands_are_told_apart_by_what_they_do_and_save() -> Result<(), Box<dyn Error>> {
    let method = Method::SingleNode;
    let (scenario, known) = acting("single-replace", method)?;
    let verdict = |change: &dyn Fn(&mut Vec<CommandAnswer>)| {
        let mut answer = known.clone();
        change(answer.commands.entry(method).or_default());
        scenario.compare(&answer).methods[&method].as_str()
    };
    let free = price("0")?;
    let dear = price("1000")?;
    assert_eq!(verdict(&|_| {}), "same");
    assert_eq!(verdict(&|commands| commands.clear()), "missing");
    assert_eq!(verdict(&|commands| commands[0].nodes = vec!["unknown".to_owned()]), "worse");
    assert_eq!(verdict(&|commands| "delete".clone_into(&mut commands[0].decision)), "worse");
    let cheaper = |commands: &mut Vec<CommandAnswer>| {
        commands[0].replacements.clear();
        commands[0].price_per_hour_after = free;
    };
    assert_eq!(verdict(&cheaper), "better");
    let dearer = |commands: &mut Vec<CommandAnswer>| {
        commands[0].replacements[0].instance_types.clear();
        commands[0].price_per_hour_after = dear;
    };
    assert_eq!(verdict(&dearer), "worse");
    Ok(())
}

#[test]
fn a_command_where_the_reference_has_none_is_not_accepted() -> Result<(), Box<dyn Error>> {
    let (scenario, known) = acting("single-delete", Method::SingleNode)?;
    let mut answer = known.clone();
    let command = known.commands[&Method::SingleNode].clone();
    answer.commands.insert(Method::StaticDrift, command);
    let verdict = scenario.compare(&answer);
    assert_eq!(verdict.methods[&Method::StaticDrift].as_str(), "extra");
    assert!(!verdict.agrees());
    Ok(())
}

#[test]
fn figures_that_differ_are_named() -> Result<(), Box<dyn Error>> {
    let (scenario, known) = acting("single-delete", Method::SingleNode)?;
    let differences = |change: &dyn Fn(&mut DisruptionAnswer)| {
        let mut answer = known.clone();
        change(&mut answer);
        scenario.compare(&answer).differences
    };
    assert_eq!(differences(&|_| {}), []);
    let budgets = differences(&|answer| {
        for left in answer.budgets.values_mut().flat_map(BTreeMap::values_mut) {
            *left += 1;
        }
    });
    assert!(matches!(budgets.as_slice(), [DisruptionDifference::Budget { .. }, ..]));
    let dear = price("1000")?;
    let prices = differences(&|answer| {
        let single = answer.candidates.entry(Method::SingleNode).or_default();
        single.accepted.values_mut().for_each(|candidate| candidate.price = dear);
    });
    assert!(matches!(prices.as_slice(), [DisruptionDifference::Figure { .. }, ..]));
    let nodes = differences(&|answer| {
        answer.candidates.entry(Method::SingleNode).or_default().accepted.clear();
    });
    assert!(matches!(nodes.as_slice(), [DisruptionDifference::Accepted { .. }]));
    let rejected = differences(&|answer| {
        let single = answer.candidates.entry(Method::SingleNode).or_default();
        single.rejected.insert("node-99".to_owned(), "nominated".to_owned());
    });
    assert!(matches!(rejected.as_slice(), [DisruptionDifference::Rejected { .. }]));
    let first = differences(&|answer| answer.first = None);
    assert!(matches!(first.as_slice(), [DisruptionDifference::First { .. }]));
    Ok(())
}

#[test]
fn what_is_no_scenario_about_disruption_is_an_error() {
    let scheduling = r#"{
        "name": "own", "feature": "own", "seed": 1, "now": "2026-01-15T12:00:00Z",
        "instanceTypes": [], "objects": [], "state": {"forgotten": []},
        "reference": {"commit": "none", "runs": 1, "distinct": 0, "answers": []}
    }"#;
    let unknown = DisruptionScenario::parse(scheduling).unwrap_err().to_string();
    assert!(unknown.starts_with("not a scenario: unknown field `forgotten`"), "{unknown}");
    let empty = scheduling.replace(r#""forgotten": []"#, "");
    let error = DisruptionScenario::parse(&empty).unwrap_err();
    assert!(matches!(error, ScenarioError::Format { .. }), "{error}");
}
