//! The report as one self-contained HTML page: sums, the week drawn, a card for every machine; no script, nothing loaded.

use std::fmt::{self, Write as _};

use karp_core::model::NodePoolName;

use super::{Consolidation, Row, drawing, is_shown, moment, money::dollars, style};
use crate::report::page::{STYLE, escape};

/// The page that `consolidate --html` writes.
///
/// # Errors
///
/// None: writing to a `String` can't fail.
pub fn html(report: &Consolidation) -> Result<String, fmt::Error> {
    let mut page = String::new();
    write!(
        page,
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>karp consolidation</title><style>{STYLE}{}</style></head><body>\n\
         <h1>Which nodes go, and why the others stay</h1><p class=\"dim\">a pass at {}, and a week of passes after it</p>",
        style::STYLE,
        report.pass.now
    )?;
    sums(&mut page, report)?;
    page.push_str("<h2>A week at unchanged load</h2><div class=\"card\">");
    drawing::draw(&mut page, report)?;
    events(&mut page, report)?;
    page.push_str("</div>\n<h2>Machines</h2><div class=\"cards\">");
    for row in &report.rows {
        card(&mut page, row)?;
    }
    page.push_str("</div>\n");
    findings(&mut page, report)?;
    page.push_str("</body></html>\n");
    Ok(page)
}

fn sums(page: &mut String, report: &Consolidation) -> fmt::Result {
    let now = report.rows.iter().filter(|row| row.goes_now()).count();
    let last = report.week.curve.last().map(|point| point.fleet).unwrap_or_default();
    page.push_str("<div class=\"sums\">");
    for (figure, text) in [
        (dollars(report.monthly()), "a month, as it is (730 hours)".to_owned()),
        (dollars(report.saved_now()), format!("saved a month by this pass, {now} nodes go")),
        (
            dollars(report.saved_by_week()),
            format!("saved a month after the week, {} machines left", last.machines),
        ),
        (report.week.moves().to_string(), "pod moves in the week".to_owned()),
    ] {
        write!(page, "<div class=\"sum\"><b>{figure}</b>{text}</div>")?;
    }
    page.push_str("</div>\n");
    Ok(())
}

fn events(page: &mut String, report: &Consolidation) -> fmt::Result {
    page.push_str("<ul class=\"events\">");
    let week = &report.week;
    let mut lines: Vec<_> = week
        .events
        .iter()
        .filter(is_shown)
        .map(|event| {
            let (before, after) = (event.before, event.after);
            let fleet = format!(
                "{} → {} machines, {} → {} per hour",
                before.machines,
                after.machines,
                dollars(i128::from(before.price.pico())),
                dollars(i128::from(after.price.pico()))
            );
            (event.at, moment(event.at), event.to_string(), fleet)
        })
        .collect();
    for held in &week.held {
        let until = format!("until {}", moment(held.to));
        let text = format!("budgets: {}", report.describe_held(held));
        lines.push((held.from, moment(held.from), text, until));
    }
    lines.sort_by_key(|(at, ..)| *at);
    for (_, at, text, note) in lines {
        write!(
            page,
            "<li><span class=\"dim\">{at}</span><span>{} <span class=\"dim\">{note}</span></span></li>",
            escape(&text)
        )?;
    }
    for wait in &week.end.waits {
        write!(
            page,
            "<li><span class=\"dim\">afterwards</span><span>{}</span></li>",
            escape(&wait.to_string())
        )?;
    }
    page.push_str("</ul>");
    Ok(())
}

fn card(page: &mut String, row: &Row) -> fmt::Result {
    let own = &row.outlook;
    let (class, when) = match (row.goes_now(), row.goes_next()) {
        (true, _) => (" now", "now: "),
        (_, true) => (" next", "next: "),
        _ => ("", ""),
    };
    let price =
        if own.price.pico() == 0 { "no price".to_owned() } else { format!("${}/h", own.price) };
    write!(
        page,
        "<div class=\"card{class}\"><div class=\"row\"><h3>{}</h3><span class=\"price\">{price}</span></div>\
         <p class=\"dim\">{} · {} {} · {} pods to move</p><p class=\"verdict\">{when}{}</p><p>{} <code class=\"dim\">{}</code></p>",
        escape(&own.node),
        escape(own.node_pool.as_ref().map_or("no pool", NodePoolName::as_str)),
        escape(&own.instance_type),
        escape(&own.capacity_type),
        own.pods,
        escape(&row.action),
        escape(&row.why),
        escape(&row.code)
    )?;
    if let Some(saved) = row.saved {
        write!(page, "<p>saves {} a month</p>", dollars(saved))?;
    }
    if let Some(week) = &row.week {
        write!(page, "<p class=\"dim\">in the week: {}</p>", escape(week))?;
    }
    page.push_str("<details><summary>what each method says</summary><ul>");
    for (method, why) in &own.reasons {
        let text = escape(&why.to_string());
        write!(page, "<li>{method}: {text} <code class=\"dim\">{}</code></li>", why.code())?;
    }
    page.push_str("</ul></details></div>");
    Ok(())
}

fn findings(page: &mut String, report: &Consolidation) -> fmt::Result {
    if report.findings.is_empty() {
        return Ok(());
    }
    page.push_str("<h2>Findings</h2><ul>");
    for finding in &report.findings {
        write!(page, "<li>{}</li>", escape(&finding.to_string()))?;
    }
    page.push_str("</ul>\n");
    Ok(())
}
