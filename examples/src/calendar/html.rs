//! Calendars as one self-contained HTML page: a row of hours a day, those alike drawn as one, no script, nothing loaded.

use std::fmt::Write as _;

use karp_core::{
    Timestamp,
    budget::{Allowed, Calendar, Hour},
};

use super::{PoolCalendar, amount, day, decider, describe, letter, number};
use crate::report::page::{STYLE, escape};

/// What calendars need beyond the style of all pages.
const CALENDAR_STYLE: &str = "\
.day{display:grid;grid-template-columns:repeat(24,minmax(0,1fr));gap:1px}
.day span{line-height:1.05;padding:.15rem 0;text-align:center;font-size:.62rem;overflow:hidden;border-radius:.15rem;color:#10151a}
.day b,.day i{display:block;font-weight:400}.day i{opacity:.75;min-height:1.05em}
@media(max-width:30rem){.axis span:nth-child(even){visibility:hidden}.axis span{overflow:visible}}
.axis span{color:var(--dim)}
.none{background:#f2a29b}.some{background:#ffe08a}.all{background:#8ce0b1}
.free{background:repeating-linear-gradient(45deg,#8fb8ff,#8fb8ff 3px,#b8d2ff 3px,#b8d2ff 6px)}
.mixed{outline:2px dotted #10151a;outline-offset:-2px}
.legend span{display:inline-block;padding:0 .4rem;border-radius:.2rem;margin-right:.4rem;color:#10151a;font-size:.8rem}
.card h3{margin-top:1rem}h4{margin:.45rem 0 .1rem;font-size:.8rem;font-weight:500}
";

/// The page that `calendar --html` writes.
///
/// # Errors
///
/// None: writing to a `String` can't fail.
pub fn html(pools: &[PoolCalendar], now: Timestamp) -> Result<String, std::fmt::Error> {
    let mut page = String::new();
    write!(
        page,
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>karp budgets</title><style>{STYLE}{CALENDAR_STYLE}</style></head><body>\n\
         <h1>How many nodes may be disrupted</h1><p class=\"dim\">at once, by the hour, in UTC, from {now}. \
         The letter is that of the budget that decides.</p>\
         <p class=\"legend\"><span class=\"none\">none</span><span class=\"some\">some</span>\
         <span class=\"all\">all</span><span class=\"free\">no limit ∞</span>\
         <span class=\"some mixed\">changes within the hour</span></p>\n"
    )?;
    for pool in pools {
        write!(
            page,
            "<h2>{} <span class=\"dim\">{} nodes</span></h2><div class=\"card\"><ul>",
            escape(pool.pool.as_str()),
            pool.nodes
        )?;
        for (index, budget) in pool.budgets.iter().enumerate() {
            write!(page, "<li><b>{}</b> {}</li>", letter(index), escape(&describe(budget)))?;
        }
        for (index, error) in &pool.errors {
            let letter = letter(*index);
            write!(page, "<li class=\"bad\">{letter} is invalid: {}</li>", escape(error))?;
        }
        page.push_str("</ul>");
        for (reasons, calendar) in pool.groups() {
            let reasons: Vec<&str> = reasons.iter().map(|reason| reason.as_str()).collect();
            write!(page, "<h3>{}</h3>", reasons.join(", "))?;
            days(&mut page, calendar)?;
        }
        page.push_str("</div>\n");
    }
    page.push_str("</body></html>\n");
    Ok(page)
}

fn days(page: &mut String, calendar: &Calendar) -> std::fmt::Result {
    page.push_str("<div class=\"day axis\">");
    for hour in 0..24 {
        write!(page, "<span>{hour}</span>")?;
    }
    let mut last_day = String::new();
    for (hour, length) in runs(calendar) {
        let day = day(hour.start);
        if day != last_day {
            write!(page, "</div><h4>{day}</h4><div class=\"day\">")?;
            last_day = day;
        }
        cell(page, hour, length, calendar.nodes())?;
    }
    page.push_str("</div>");
    Ok(())
}

/// Hours of a day that follow each other and allow the same: the first of them and their number.
fn runs(calendar: &Calendar) -> Vec<(Hour, u32)> {
    let mut runs: Vec<(Hour, u32)> = Vec::new();
    for hour in calendar.hours() {
        match runs.last_mut() {
            Some((first, length))
                if (first.least, first.most) == (hour.least, hour.most)
                    && day(first.start) == day(hour.start) =>
            {
                *length += 1;
            }
            _ => runs.push((hour, 1)),
        }
    }
    runs
}

fn cell(page: &mut String, hour: Hour, length: u32, nodes: usize) -> std::fmt::Result {
    let (least, most) = (amount(hour.least), amount(hour.most));
    let (mixed, until) =
        if least == most { ("", String::new()) } else { (" mixed", format!(" to {most}")) };
    let from = hour.start.civil().hour;
    write!(
        page,
        "<span class=\"{}{mixed}\" style=\"grid-column:{}/span {length}\" \
         title=\"{} {from}:00 to {}:00 UTC: {least}{until}\"><b>{}</b><i>{}</i></span>",
        class(hour.least, nodes),
        from + 1,
        day(hour.start),
        from + length,
        number(hour.least),
        decider(hour.least)
    )
}

fn class(allowed: Allowed, nodes: usize) -> &'static str {
    match allowed.left(0) {
        _ if allowed.is_unbounded() => "free",
        0 => "none",
        some if some < nodes => "some",
        _ => "all",
    }
}
