//! The report as text for a terminal; not for programs.

use std::fmt::{self, Write as _};

use comfy_table::{CellAlignment, ContentArrangement, Table, presets::UTF8_FULL_CONDENSED};
use karp_core::{
    Timestamp,
    forecast::Forecast,
    model::{NodePoolName, Span},
};

use super::{Consolidation, Row, is_shown, moment, money::dollars};

/// The report as `consolidate` prints it: machines, what is saved, the week.
///
/// # Errors
///
/// None: writing to a `String` can't fail.
pub fn table(report: &Consolidation) -> Result<String, fmt::Error> {
    let mut text = String::new();
    writeln!(text, "now: {}", report.pass.now)?;
    summary(&mut text, report)?;
    if !report.rows.is_empty() {
        writeln!(text, "\n{}", machines(&report.rows))?;
    }
    week(&mut text, report)?;
    if !report.findings.is_empty() {
        writeln!(text, "\nFindings")?;
        for finding in &report.findings {
            writeln!(text, "  {finding}")?;
        }
    }
    Ok(text)
}

fn summary(text: &mut String, report: &Consolidation) -> fmt::Result {
    let managed = report.rows.iter().filter(|row| row.outlook.claim.is_some()).count();
    let now = report.rows.iter().filter(|row| row.goes_now()).count();
    let next = report.rows.iter().filter(|row| row.goes_next()).count();
    writeln!(
        text,
        "{managed} machines of pools cost {} per hour, {} per month of 730 hours",
        dollars(i128::from(report.pass.price().pico())),
        dollars(report.monthly())
    )?;
    writeln!(
        text,
        "this pass takes {now} and saves {} per month; {next} more would go in passes right after it",
        dollars(report.saved_now())
    )
}

fn machines(rows: &[Row]) -> Table {
    let mut table = Table::new();
    table
        .load_style(UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(["node", "USD/h", "what happens", "why", "saves/month", "in the week"]);
    if table.width().is_none() {
        table.set_width(132);
    }
    for row in rows {
        let own = &row.outlook;
        let pool = own.node_pool.as_ref().map_or("no pool", NodePoolName::as_str);
        let price = if own.price.pico() == 0 { "–".to_owned() } else { own.price.to_string() };
        let when = if row.goes_next() { "next: " } else { "" };
        table.add_row([
            format!("{}\n{pool} · {} {}", own.node, own.instance_type, own.capacity_type),
            price,
            format!("{when}{}", row.action),
            row.why.clone(),
            row.saved.map_or_else(|| "–".to_owned(), dollars),
            row.week.clone().unwrap_or_else(|| "stays".to_owned()),
        ]);
    }
    for index in [1, 4] {
        if let Some(column) = table.column_mut(index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

fn week(text: &mut String, report: &Consolidation) -> fmt::Result {
    let week = &report.week;
    let last = week.curve.last().map(|point| point.fleet).unwrap_or_default();
    writeln!(text, "\nA week of passes at unchanged load, until {} (UTC)", moment(week.to))?;
    for event in week.events.iter().filter(is_shown) {
        writeln!(text, "  {}  {event}", moment(event.at))?;
    }
    if week.events.is_empty() {
        writeln!(text, "  nothing happens")?;
    }
    for held in &week.held {
        let (from, to) = (moment(held.from), moment(held.to));
        writeln!(text, "  {from} to {to}  budgets: {}", report.describe_held(held))?;
    }
    writeln!(text, "\n{}", drawing(week))?;
    writeln!(
        text,
        "{} machines at {} per hour are left: {} less per month; {} pod moves; {} of the week's {} saved",
        last.machines,
        dollars(i128::from(last.price.pico())),
        dollars(report.saved_by_week()),
        week.moves(),
        dollars(week.unchanged_pico() - week.spent_pico()),
        dollars(week.unchanged_pico())
    )?;
    if !week.end.is_settled {
        writeln!(text, "the week ends with something under way")?;
    }
    for wait in &week.end.waits {
        writeln!(text, "next after the week: {wait}")?;
    }
    Ok(())
}

/// Price and number of machines, a character for each two hours.
fn drawing(week: &Forecast) -> String {
    const COLUMNS: i64 = 84;
    let step = week.to.since(week.from).as_nanos() / COLUMNS;
    let at = |column: i64| week.from + Span::nanos(step * column);
    let line = |value: &dyn Fn(Timestamp) -> i64| {
        let values: Vec<i64> = (0..COLUMNS).map(|column| value(at(column))).collect();
        let most = values.iter().copied().max().unwrap_or(0).max(1);
        values.iter().map(|value| block(*value, most)).collect::<String>()
    };
    let fleet = |instant: Timestamp| {
        let point = week.curve.iter().rev().find(|point| point.at <= instant);
        point.or_else(|| week.curve.first()).map(|point| point.fleet).unwrap_or_default()
    };
    let price = line(&|instant| fleet(instant).price.pico());
    let machines = line(&|instant| i64::try_from(fleet(instant).machines).unwrap_or(0));
    let mut days = String::new();
    for day in 0..7 {
        let _ = write!(days, "{:<12}", moment(at(day * 12)).get(..6).unwrap_or_default());
    }
    format!("  USD/h     {price}\n  machines  {machines}\n            {}", days.trim_end())
}

/// A block whose height is the value's share of the most.
fn block(value: i64, most: i64) -> char {
    const BLOCKS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let eighths = i128::from(value) * 8 / i128::from(most);
    usize::try_from(eighths).ok().and_then(|index| BLOCKS.get(index)).copied().unwrap_or('█')
}
