//! A week drawn: price and machines as steps, what happens as marks, what budgets held as bars; no text inside, so that it stretches to any width.

use std::fmt::{self, Write as _};

use karp_core::{
    Timestamp,
    disrupt::Method,
    forecast::{Event, Forecast, Happening},
    model::Span,
};

use super::{Consolidation, is_shown, moment, money::dollars};
use crate::report::page::escape;

/// Draws the week.
pub(super) fn draw(page: &mut String, report: &Consolidation) -> fmt::Result {
    let week = &report.week;
    let price: Vec<(Timestamp, i64)> =
        week.curve.iter().map(|point| (point.at, point.fleet.price.pico())).collect();
    let machines = week.curve.iter();
    let machines: Vec<(Timestamp, i64)> = machines
        .map(|point| (point.at, i64::try_from(point.fleet.machines).unwrap_or(i64::MAX)))
        .collect();
    let most =
        |values: &[(Timestamp, i64)]| values.iter().map(|(_, value)| *value).max().unwrap_or(0);
    let (dearest, largest) = (most(&price), most(&machines));
    write!(
        page,
        "<div class=\"label\"><span>USD per hour</span><span class=\"dim\">0 to {}</span></div>",
        dollars(i128::from(dearest))
    )?;
    panel(page, week, ("price", "panel", &price, dearest))?;
    for event in week.events.iter().filter(is_shown) {
        mark(page, week, event, dearest)?;
    }
    write!(
        page,
        "</div><div class=\"label\"><span>machines of pools</span><span class=\"dim\">0 to {largest}</span></div>"
    )?;
    panel(page, week, ("machines", "panel low", &machines, largest))?;
    page.push_str("</div>");
    lane(page, report)?;
    page.push_str("<div class=\"days\">");
    for day in 0..7 {
        let text = moment(week.from + Span::hours(24 * day));
        write!(page, "<span>{}</span>", text.get(..6).unwrap_or_default())?;
    }
    page.push_str("</div>");
    legend(page)
}

/// Steps of one value; leaves the panel open for marks.
fn panel(
    page: &mut String,
    week: &Forecast,
    (name, class, values, most): (&str, &str, &[(Timestamp, i64)], i64),
) -> fmt::Result {
    write!(
        page,
        "<div class=\"{class}\"><svg viewBox=\"0 0 1000 100\" preserveAspectRatio=\"none\" role=\"img\" \
         aria-label=\"{name} over the week\">"
    )?;
    for day in 1..7 {
        let x = position(week, week.from + Span::hours(24 * day));
        write!(page, "<line x1=\"{x}\" x2=\"{x}\" y1=\"0\" y2=\"100\"/>")?;
    }
    let mut steps = String::new();
    for (index, (at, value)) in values.iter().enumerate() {
        let (x, y) = (position(week, *at), height(*value, most));
        if index == 0 {
            write!(steps, "M{x},{y}")?;
        } else {
            write!(steps, "H{x}V{y}")?;
        }
    }
    if !steps.is_empty() {
        write!(
            page,
            "<path class=\"fill {name}-fill\" d=\"{steps}H1000V100H0Z\"/><path class=\"{name}-line\" d=\"{steps}H1000\"/>"
        )?;
    }
    page.push_str("</svg>");
    Ok(())
}

fn mark(page: &mut String, week: &Forecast, event: &Event, dearest: i64) -> fmt::Result {
    let x = position(week, event.at);
    let y = height(event.before.price.pico(), dearest);
    write!(
        page,
        "<i class=\"mark {}\" style=\"left:{}.{}%;top:{y}%\" title=\"{} {}\"></i>",
        class(&event.what),
        x / 10,
        x % 10,
        moment(event.at),
        escape(&event.to_string())
    )
}

/// What budgets held, all pools on one line.
fn lane(page: &mut String, report: &Consolidation) -> fmt::Result {
    let week = &report.week;
    if week.held.is_empty() {
        return Ok(());
    }
    page.push_str(
        "<div class=\"label\"><span>held back by budgets</span></div><div class=\"lane\">",
    );
    for held in &week.held {
        let (from, to) = (position(week, held.from), position(week, held.to));
        let width = (to - from).max(0);
        write!(
            page,
            "<i style=\"left:{}.{}%;width:{}.{}%\" title=\"{} to {}: {}\"></i>",
            from / 10,
            from % 10,
            width / 10,
            width % 10,
            moment(held.from),
            moment(held.to),
            escape(&report.describe_held(held))
        )?;
    }
    page.push_str("</div>");
    Ok(())
}

fn legend(page: &mut String) -> fmt::Result {
    page.push_str("<div class=\"legend\">");
    for (class, text) in [
        ("m-emptiness", "empty node goes"),
        ("m-consolidation", "consolidation"),
        ("m-drift", "drift"),
        ("m-expiry", "expiry"),
        ("m-bought", "bought for pods"),
        ("m-other", "held, given up"),
    ] {
        write!(page, "<span><i class=\"mark {class}\"></i>{text}</span>")?;
    }
    page.push_str("</div>");
    Ok(())
}

/// The style of an event's mark.
pub(super) const fn class(what: &Happening) -> &'static str {
    match what {
        Happening::Bought { .. } => "m-bought",
        Happening::Expired { .. } => "m-expiry",
        Happening::Disrupted { command, .. } => match command.method {
            Method::Emptiness => "m-emptiness",
            Method::StaticDrift | Method::Drift => "m-drift",
            Method::MultiNode | Method::SingleNode => "m-consolidation",
        },
        _ => "m-other",
    }
}

/// An instant in thousandths of the week.
fn position(week: &Forecast, at: Timestamp) -> i64 {
    let whole = week.to.since(week.from).as_nanos().max(1);
    let part = i128::from(at.since(week.from).as_nanos()) * 1000 / i128::from(whole);
    i64::try_from(part).unwrap_or(1000).clamp(0, 1000)
}

/// A value in hundredths from the top, with a little room above the most.
fn height(value: i64, most: i64) -> i64 {
    let share = i128::from(value) * 92 / i128::from(most.max(1));
    100 - i64::try_from(share).unwrap_or(92).clamp(0, 92)
}
