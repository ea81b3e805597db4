//! A plan as a table for a terminal; not for programs.

use std::fmt::Write as _;

use comfy_table::{CellAlignment, ContentArrangement, Table, presets::UTF8_FULL_CONDENSED};
use karp_core::{decision::Plan, model::ResourceName, snapshot::Snapshot};

use super::{MachineView, fold_names};

/// The plan as `plan` prints it: instant, machines, existing nodes, pods without a place, findings.
pub fn table(plan: &Plan, snapshot: &Snapshot) -> String {
    let totals = plan.totals();
    let mut text = String::new();
    let mut line = |args: std::fmt::Arguments<'_>| {
        // Writing to a String can't fail.
        let _ = writeln!(text, "{args}");
    };
    line(format_args!("now: {}", plan.now));
    line(format_args!(
        "{} machines to buy, {} USD per hour; {} pods placed, {} without a place",
        totals.machines, totals.price, totals.placed, totals.unplaced
    ));
    if !plan.machines.is_empty() {
        line(format_args!("\n{}", machines(plan, snapshot)));
    }
    if !plan.existing.is_empty() {
        line(format_args!("\nOn nodes that are there"));
        for (node, pods) in &plan.existing {
            line(format_args!("  {node}: {}", fold_names(pods)));
        }
    }
    if !plan.unplaced.is_empty() {
        line(format_args!("\nWithout a place"));
        for unplaced in &plan.unplaced {
            line(format_args!("  {}", unplaced.pod));
            for refusal in unplaced.reasons.iter() {
                line(format_args!("    {refusal}"));
            }
        }
    }
    if !plan.findings.is_empty() {
        line(format_args!("\nFindings"));
        for finding in &plan.findings {
            line(format_args!("  {finding}"));
        }
    }
    text
}

fn machines(plan: &Plan, snapshot: &Snapshot) -> Table {
    let mut table = Table::new();
    table
        .load_style(UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(["machine", "cheapest type", "zone", "USD/h", "cpu", "memory", "pods"]);
    if table.width().is_none() {
        table.set_width(120);
    }
    for view in MachineView::of_plan(plan, snapshot) {
        let cheapest = view.machine.cheapest.as_ref();
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
        let percent = |resource: &ResourceName| {
            or_dash(view.percent_used(resource).map(|percent| format!("{percent} %")))
        };
        table.add_row([
            view.machine.name.to_string(),
            or_dash(cheapest.map(|offering| {
                let more = view.machine.instance_types.len().saturating_sub(1);
                format!("{} (+{more})\n{}", offering.instance_type, offering.capacity_type)
            })),
            or_dash(cheapest.map(|offering| offering.zone.clone())),
            or_dash(cheapest.map(|offering| offering.price.to_string())),
            percent(&ResourceName::CPU),
            percent(&ResourceName::MEMORY),
            fold_names(&view.machine.pods),
        ]);
    }
    for index in [3, 4, 5] {
        if let Some(column) = table.column_mut(index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}
