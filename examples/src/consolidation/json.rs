//! The report as JSON; its form is in docs/src/consolidate.md.

use karp_core::{disrupt::Command, forecast::Forecast};
use serde_json::{Value, json};

use super::{Consolidation, Row, money::dollars};

/// The report as `consolidate --output json` prints it. Savings are per month of 730 hours, in dollars as text.
pub fn json(report: &Consolidation) -> Value {
    json!({
        "now": report.pass.now,
        "nodes": report.rows.iter().map(node).collect::<Vec<_>>(),
        "commands": report.pass.commands.iter().map(command).collect::<Vec<_>>(),
        "later": report.pass.later.iter().map(command).collect::<Vec<_>>(),
        "week": week(report),
        "findings": report.findings,
        "totals": {
            "machines": report.rows.iter().filter(|row| row.outlook.claim.is_some()).count(),
            "usdPerHour": report.pass.price(),
            "perMonth": dollars(report.monthly()),
            "savedPerMonth": dollars(report.saved_now()),
            "savedPerMonthAfterWeek": dollars(report.saved_by_week()),
            "hoursPerMonth": super::HOURS_PER_MONTH,
        },
    })
}

fn node(row: &Row) -> Value {
    let own = &row.outlook;
    let when = if row.goes_now() { "now" } else { "next" };
    json!({
        "node": own.node,
        "nodeClaim": own.claim,
        "nodePool": own.node_pool,
        "instanceType": own.instance_type,
        "zone": own.zone,
        "capacityType": own.capacity_type,
        "usdPerHour": own.price,
        "pods": own.pods,
        "action": row.action,
        "when": row.saved.map(|_| when),
        "code": row.code,
        "why": row.why,
        "savedPerMonth": row.saved.map(dollars),
        "reasons": own.reasons,
        "week": row.week,
    })
}

fn command(command: &Command) -> Value {
    json!({
        "method": command.method,
        "nodes": command.nodes,
        "replacements": command.replacements.iter().map(|machine| json!({
            "nodePool": machine.node_pool,
            "instanceTypes": machine.instance_types,
            "cheapest": machine.cheapest,
            "pods": machine.pods,
        })).collect::<Vec<_>>(),
        "usdPerHourBefore": command.price_before,
        "usdPerHourAfter": command.price_after,
        "savedPerMonth": dollars(command.savings_pico() * super::HOURS_PER_MONTH),
    })
}

fn week(report: &Consolidation) -> Value {
    let week: &Forecast = &report.week;
    let events = week.events.iter().map(|event| {
        json!({
            "at": event.at,
            "text": event.to_string(),
            "nodes": event.what.nodes(),
            "before": event.before,
            "after": event.after,
        })
    });
    json!({
        "from": week.from,
        "to": week.to,
        "assumptions": week.assumptions,
        "events": events.collect::<Vec<_>>(),
        "curve": week.curve,
        "held": week.held,
        "end": week.end,
        "podMoves": week.moves(),
        "spent": dollars(week.spent_pico()),
        "spentUnchanged": dollars(week.unchanged_pico()),
    })
}
