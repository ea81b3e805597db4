//! Calendars as text for a terminal, a line a day; not for programs.

use std::fmt::Write as _;

use karp_core::budget::{Calendar, Hour};

use super::{PoolCalendar, amount, day, describe, letter};

/// The calendars as `calendar` prints them: for every pool its budgets, what is wrong with them, and a grid of hours.
///
/// # Errors
///
/// None: writing to a `String` can't fail.
pub fn text(pools: &[PoolCalendar]) -> Result<String, std::fmt::Error> {
    let mut text = String::from(
        "How many nodes may be on their way out at once, by the hour, in UTC. The letter is that of the budget that decides,\n\
         ∞ stands for no limit, 0! for a budget that can't be evaluated, x…y for a change within the hour.\n",
    );
    for pool in pools {
        writeln!(text, "\nnode pool `{}`, {} nodes", pool.pool, pool.nodes)?;
        for (index, budget) in pool.budgets.iter().enumerate() {
            writeln!(text, "  {} = {}", letter(index), describe(budget))?;
        }
        for (index, error) in &pool.errors {
            writeln!(text, "  budget {} is invalid: {error}", letter(*index))?;
        }
        for (reasons, calendar) in pool.groups() {
            let reasons: Vec<&str> = reasons.iter().map(|reason| reason.as_str()).collect();
            writeln!(text, "  {}", reasons.join(", "))?;
            grid(&mut text, calendar)?;
        }
    }
    Ok(text)
}

fn grid(text: &mut String, calendar: &Calendar) -> std::fmt::Result {
    let cells: Vec<(Hour, String)> = calendar.hours().map(|hour| (hour, cell(hour))).collect();
    let width = cells.iter().map(|(_, cell)| cell.chars().count()).max().unwrap_or(0).max(2);
    write!(text, "    {:9}", "")?;
    for hour in 0..24 {
        write!(text, " {hour:>width$}")?;
    }
    let mut last_day = String::new();
    for (hour, cell) in cells {
        let day = day(hour.start);
        if day != last_day {
            write!(text, "\n    {day:9}")?;
            if last_day.is_empty() {
                for _ in 0..hour.start.civil().hour {
                    write!(text, " {:width$}", "")?;
                }
            }
            last_day = day;
        }
        write!(text, " {cell:>width$}")?;
    }
    writeln!(text)
}

fn cell(hour: Hour) -> String {
    let (least, most) = (amount(hour.least), amount(hour.most));
    if least == most { least } else { format!("{least}…{most}") }
}
