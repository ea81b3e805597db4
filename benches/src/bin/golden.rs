//! Holds karp against the reference's answers: plans for a folder of scenarios, budgets row by row.
//!
//! `cargo run --release -p karp-benches --bin golden -- scheduling FOLDER [--feature NAME] [--answers FILE] [--verbose]`
//! `cargo run --release -p karp-benches --bin golden -- budgets FILE [--verbose]`
//!
//! Prints a line per scenario that differs, with what differs, then `agree N, listed M, differ K`; exits with 1 when K > 0. Scenarios that
//! differ on purpose are listed in `karp-fake/testdata/golden/scheduling-listed.json`, each with its reason.
#![expect(clippy::print_stdout, reason = "a program for a terminal")]

use std::{
    collections::BTreeMap,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use karp_core::{
    check::{Violations, check},
    provision,
};
use karp_fake::scenario::{Answer, BudgetRow, Scenario, Verdict, decompress};
use serde_json::json;

/// Scenarios that differ on purpose, with the reason.
const LISTED: &str = include_str!("../../../karp-fake/testdata/golden/scheduling-listed.json");

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
    /// Scheduling scenarios: `*.json`, `*.jsonl` (one a line) and `*.jsonl.gz`.
    Scheduling(Scheduling),
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
struct Scheduling {
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
        Area::Scheduling(arguments) => scheduling(&arguments)?,
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

fn scheduling(arguments: &Scheduling) -> anyhow::Result<Count> {
    let listed: BTreeMap<String, String> =
        serde_json::from_str(LISTED).context("the list of scenarios that differ on purpose")?;
    let mut answers = match &arguments.answers {
        Some(path) => Some(fs::File::create(path).with_context(|| path.display().to_string())?),
        None => None,
    };
    let mut count = Count::default();
    for path in files(&arguments.folder)? {
        for scenario in read(&path)? {
            if arguments.feature.as_deref().is_some_and(|feature| feature != scenario.feature()) {
                continue;
            }
            let (verdict, answer, violations) = judge(&scenario)?;
            if let Some(file) = &mut answers {
                writeln!(file, "{}", json!({"name": scenario.name(), "answer": answer}))?;
            }
            match violations {
                // What `check` rejects is wrong whatever the reference answers.
                Some(violations) => {
                    count.differ += 1;
                    println!("{}: breaks a constraint: {violations}", scenario.name());
                }
                None => report(&scenario, &verdict, &listed, &mut count, arguments.verbose),
            }
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

fn read(path: &Path) -> anyhow::Result<Vec<Scenario>> {
    let data = fs::read(path).with_context(|| path.display().to_string())?;
    let scenarios = match path.extension().and_then(|ending| ending.to_str()) {
        Some("gz") => Scenario::parse_compressed(&data),
        Some("jsonl") => Scenario::parse_lines(std::str::from_utf8(&data)?),
        _ => Scenario::parse(std::str::from_utf8(&data)?).map(|scenario| vec![scenario]),
    };
    scenarios.with_context(|| path.display().to_string())
}

/// How the plan stands to the reference's answers, the plan as an answer, and what it breaks.
fn judge(scenario: &Scenario) -> anyhow::Result<(Verdict, Answer, Option<Violations>)> {
    let snapshot = scenario.snapshot().with_context(|| scenario.name().to_owned())?;
    let plan = provision(&snapshot, scenario.policy());
    let answer = Answer::of(&plan);
    let violations = check(&snapshot, scenario.policy(), &plan).err();
    Ok((scenario.reference().compare(&answer), answer, violations))
}

fn report(
    scenario: &Scenario,
    verdict: &Verdict,
    listed: &BTreeMap<String, String>,
    count: &mut Count,
    verbose: bool,
) {
    let name = scenario.name();
    match (verdict.agrees(), listed.get(name)) {
        (true, _) => {
            count.agree += 1;
            if verbose {
                println!("{name}: {verdict}");
            }
        }
        (false, Some(reason)) => {
            count.listed += 1;
            if verbose {
                println!("{name}: {verdict} (listed: {reason})");
            }
        }
        (false, None) => {
            count.differ += 1;
            let needs: Vec<String> = scenario.needs().iter().map(ToString::to_string).collect();
            match needs.as_slice() {
                [] => println!("{name}: {verdict}"),
                needs => println!("{name}: {verdict} (uses {})", needs.join(", ")),
            }
        }
    }
}
