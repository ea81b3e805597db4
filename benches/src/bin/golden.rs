//! Holds karp against the reference's answers: plans and disruption for folders of scenarios, budgets row by row.
//!
//! `cargo run --release -p karp-benches --bin golden -- disruption FOLDER [--feature NAME] [--answers FILE] [--verbose]`
//! `cargo run --release -p karp-benches --bin golden -- scheduling FOLDER [--feature NAME] [--answers FILE] [--verbose]`
//! `cargo run --release -p karp-benches --bin golden -- budgets FILE [--verbose]`
//!
//! Prints a line per scenario that differs, with what differs, then `agree N, listed M, differ K`; exits with 1 when K > 0. Scenarios that
//! differ on purpose are listed in `karp-fake/testdata/golden/scheduling-listed.json` and `disruption-listed.json`, each with its reason.
#![expect(clippy::print_stdout, reason = "a program for a terminal")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use karp_core::{check, provision};
use karp_fake::scenario::{
    Answer, BudgetRow, DisruptionScenario, Need, Scenario, ScenarioError, decompress,
};
use serde_json::{Map, Value};

/// Scenarios that differ on purpose, with the reason.
const SCHEDULING_LISTED: &str =
    include_str!("../../../karp-fake/testdata/golden/scheduling-listed.json");

/// The same about disruption.
const DISRUPTION_LISTED: &str =
    include_str!("../../../karp-fake/testdata/golden/disruption-listed.json");

/// Holds answers against the reference's.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    area: Area,
}

#[derive(Subcommand)]
enum Area {
    /// Budgets, one row a line: `*.jsonl` or `*.jsonl.gz`.
    Budgets(Budgets),
    /// Scenarios about disruption: `*.json`, `*.jsonl` (one a line) and `*.jsonl.gz`.
    Disruption(Scenarios),
    /// Scheduling scenarios: `*.json`, `*.jsonl` (one a line) and `*.jsonl.gz`.
    Scheduling(Scenarios),
}

#[derive(Parser)]
struct Budgets {
    /// File of rows.
    file: PathBuf,
    /// Prints a line per row, whatever its verdict.
    #[arg(long)]
    verbose: bool,
}

#[derive(Parser)]
struct Scenarios {
    /// Folder of scenarios.
    folder: PathBuf,
    /// Only scenarios of this feature.
    #[arg(long)]
    feature: Option<String>,
    /// Writes karp's answers in the form of the reference's, one a line.
    #[arg(long)]
    answers: Option<PathBuf>,
    /// Prints a line per scenario, whatever its verdict.
    #[arg(long)]
    verbose: bool,
}

/// How many scenarios had which outcome.
#[derive(Default)]
struct Count {
    agree: usize,
    listed: usize,
    differ: usize,
}

fn main() -> anyhow::Result<ExitCode> {
    let count = match Arguments::parse().area {
        Area::Budgets(arguments) => budgets(&arguments)?,
        Area::Disruption(arguments) => scenarios::<DisruptionScenario>(&arguments)?,
        Area::Scheduling(arguments) => scenarios::<Scenario>(&arguments)?,
    };
    let Count { agree, listed, differ } = count;
    println!("agree {agree}, listed {listed}, differ {differ}");
    Ok(if differ == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn budgets(arguments: &Budgets) -> anyhow::Result<Count> {
    let path = &arguments.file;
    let name = || path.display().to_string();
    let data = fs::read(path).with_context(name)?;
    let text = match path.extension().and_then(|ending| ending.to_str()) {
        Some("gz") => decompress(&data).with_context(name)?,
        _ => String::from_utf8(data).with_context(name)?,
    };
    let mut count = Count::default();
    for (index, row) in BudgetRow::parse_lines(&text).with_context(name)?.iter().enumerate() {
        if let Some(difference) = row.difference() {
            count.differ += 1;
            println!("row {}: {difference}", index + 1);
        } else {
            count.agree += 1;
            if arguments.verbose {
                println!("row {}: agrees", index + 1);
            }
        }
    }
    Ok(count)
}

/// Scenarios of an area.
trait Golden: Sized {
    /// Names of those that differ on purpose, with the reason, as JSON.
    const LISTED: &'static str;

    fn parse(text: &str) -> Result<Self, ScenarioError>;
    fn parse_lines(text: &str) -> Result<Vec<Self>, ScenarioError>;
    fn name(&self) -> &str;
    fn feature(&self) -> &str;
    fn needs(&self) -> BTreeSet<Need>;
    fn judge(&self) -> anyhow::Result<Judgement>;
}

/// How karp's answer on a scenario stands to the reference's.
struct Judgement {
    agrees: bool,
    /// Whether it is wrong whatever the reference answers.
    is_invalid: bool,
    verdict: String,
    /// In the form of the reference's answers, without the scenario's name.
    answer: Map<String, Value>,
}

impl Golden for Scenario {
    const LISTED: &'static str = SCHEDULING_LISTED;

    fn parse(text: &str) -> Result<Self, ScenarioError> {
        Self::parse(text)
    }

    fn parse_lines(text: &str) -> Result<Vec<Self>, ScenarioError> {
        Self::parse_lines(text)
    }

    fn name(&self) -> &str {
        self.name()
    }

    fn feature(&self) -> &str {
        self.feature()
    }

    fn needs(&self) -> BTreeSet<Need> {
        self.needs()
    }

    fn judge(&self) -> anyhow::Result<Judgement> {
        let snapshot = self.snapshot()?;
        let plan = provision(&snapshot, self.policy());
        let answer = Answer::of(&plan);
        let verdict = self.reference().compare(&answer);
        let violations = check(&snapshot, self.policy(), &plan).err();
        Ok(Judgement {
            agrees: verdict.agrees() && violations.is_none(),
            is_invalid: violations.is_some(),
            verdict: match violations {
                Some(violations) => format!("breaks a constraint: {violations}"),
                None => verdict.to_string(),
            },
            answer: Map::from_iter([("answer".to_owned(), serde_json::to_value(answer)?)]),
        })
    }
}

impl Golden for DisruptionScenario {
    const LISTED: &'static str = DISRUPTION_LISTED;

    fn parse(text: &str) -> Result<Self, ScenarioError> {
        Self::parse(text)
    }

    fn parse_lines(text: &str) -> Result<Vec<Self>, ScenarioError> {
        Self::parse_lines(text)
    }

    fn name(&self) -> &str {
        self.name()
    }

    fn feature(&self) -> &str {
        self.feature()
    }

    fn needs(&self) -> BTreeSet<Need> {
        self.needs()
    }

    fn judge(&self) -> anyhow::Result<Judgement> {
        let answer = self.answer()?;
        let verdict = self.compare(&answer);
        let Value::Object(answer) = serde_json::to_value(&answer)? else {
            anyhow::bail!("an answer is no JSON object");
        };
        let (agrees, verdict) = (verdict.agrees(), verdict.to_string());
        Ok(Judgement { agrees, is_invalid: false, verdict, answer })
    }
}

fn scenarios<S: Golden>(arguments: &Scenarios) -> anyhow::Result<Count> {
    let listed: BTreeMap<String, String> =
        serde_json::from_str(S::LISTED).context("the list of scenarios that differ on purpose")?;
    let mut answers = match &arguments.answers {
        Some(path) => Some(fs::File::create(path).with_context(|| path.display().to_string())?),
        None => None,
    };
    let mut count = Count::default();
    for path in files(&arguments.folder)? {
        for scenario in read::<S>(&path)? {
            if arguments.feature.as_deref().is_some_and(|feature| feature != scenario.feature()) {
                continue;
            }
            let mut judgement = scenario.judge().with_context(|| scenario.name().to_owned())?;
            if let Some(file) = &mut answers {
                let name = Value::from(scenario.name());
                judgement.answer.insert("name".to_owned(), name);
                serde_json::to_writer(&*file, &judgement.answer)?;
                writeln!(file)?;
            }
            report(&scenario, &judgement, &listed, &mut count, arguments.verbose);
        }
    }
    Ok(count)
}

/// Files of scenarios in a folder, by name.
fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let name = path.to_string_lossy();
        if [".json", ".jsonl", ".jsonl.gz"].iter().any(|ending| name.ends_with(ending)) {
            files.push(path);
        }
    }
    anyhow::ensure!(!files.is_empty(), "{}: no scenarios", folder.display());
    files.sort();
    Ok(files)
}

fn read<S: Golden>(path: &Path) -> anyhow::Result<Vec<S>> {
    let data = fs::read(path).with_context(|| path.display().to_string())?;
    let scenarios = match path.extension().and_then(|ending| ending.to_str()) {
        Some("gz") => decompress(&data).and_then(|text| S::parse_lines(&text)),
        Some("jsonl") => S::parse_lines(std::str::from_utf8(&data)?),
        _ => S::parse(std::str::from_utf8(&data)?).map(|scenario| vec![scenario]),
    };
    scenarios.with_context(|| path.display().to_string())
}

fn report<S: Golden>(
    scenario: &S,
    judgement: &Judgement,
    listed: &BTreeMap<String, String>,
    count: &mut Count,
    verbose: bool,
) {
    let (name, verdict) = (scenario.name(), &judgement.verdict);
    match listed.get(name) {
        _ if judgement.agrees => {
            count.agree += 1;
            if verbose {
                println!("{name}: {verdict}");
            }
        }
        Some(reason) if !judgement.is_invalid => {
            count.listed += 1;
            if verbose {
                println!("{name}: {verdict} (listed: {reason})");
            }
        }
        _ => {
            count.differ += 1;
            let needs: Vec<String> = scenario.needs().iter().map(ToString::to_string).collect();
            match needs.as_slice() {
                [] => println!("{name}: {verdict}"),
                needs => println!("{name}: {verdict} (uses {})", needs.join(", ")),
            }
        }
    }
}
