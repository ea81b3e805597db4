//! A plan as one self-contained HTML page: every machine drawn with its pods, cost and reasons; no script, nothing loaded.

use std::{collections::BTreeMap, fmt::Write as _};

use karp_core::{
    decision::Plan,
    model::{Finding, PodId, ResourceName, Resources, Severity, amount_text},
    snapshot::Snapshot,
};

use super::{
    MachineView,
    explain::{self, Explanations},
    fold_names,
    machine::share,
    page::{COLOURS, STYLE, escape},
};

/// The page that `plan --html` writes, with what is explained of the plan.
///
/// # Errors
///
/// None: writing to a `String` can't fail.
pub fn html(
    plan: &Plan,
    snapshot: &Snapshot,
    explanations: Option<&Explanations>,
) -> Result<String, std::fmt::Error> {
    let mut page = String::new();
    write!(
        page,
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>karp plan</title><style>{STYLE}</style></head><body>\n"
    )?;
    summary(&mut page, plan)?;
    unplaced(&mut page, plan)?;
    machines(&mut page, plan, snapshot)?;
    existing(&mut page, plan)?;
    if let Some(explanations) = explanations {
        explain::sections(&mut page, explanations)?;
    }
    findings(&mut page, &plan.findings)?;
    page.push_str("</body></html>\n");
    Ok(page)
}

fn summary(page: &mut String, plan: &Plan) -> std::fmt::Result {
    let totals = plan.totals();
    let bad = if totals.unplaced > 0 { " bad" } else { "" };
    writeln!(
        page,
        "<h1>What these manifests would buy</h1><p class=\"dim\">at {}</p><div class=\"sums\">\
         <div class=\"sum\"><b>{}</b>machines to buy</div>\
         <div class=\"sum\"><b>${}</b>per hour</div>\
         <div class=\"sum\"><b>{}</b>pods placed</div>\
         <div class=\"sum{bad}\"><b>{}</b>pods without a place</div></div>",
        plan.now, totals.machines, totals.price, totals.placed, totals.unplaced
    )
}

fn unplaced(page: &mut String, plan: &Plan) -> std::fmt::Result {
    if plan.unplaced.is_empty() {
        return Ok(());
    }
    page.push_str("<h2 class=\"bad\">Without a place</h2><div class=\"cards\">");
    for unplaced in &plan.unplaced {
        write!(page, "<div class=\"card\"><h3>{}</h3><ul>", escape(&unplaced.pod.to_string()))?;
        for refusal in unplaced.reasons.iter() {
            write!(
                page,
                "<li>{} <code class=\"dim\">{}</code></li>",
                escape(&refusal.to_string()),
                refusal.reason.code()
            )?;
        }
        page.push_str("</ul></div>");
    }
    page.push_str("</div>\n");
    Ok(())
}

fn machines(page: &mut String, plan: &Plan, snapshot: &Snapshot) -> std::fmt::Result {
    if plan.machines.is_empty() {
        return Ok(());
    }
    page.push_str("<h2>Machines</h2><div class=\"cards\">");
    for view in MachineView::of_plan(plan, snapshot) {
        machine(page, &view)?;
    }
    page.push_str("</div>\n");
    Ok(())
}

fn machine(page: &mut String, view: &MachineView<'_>) -> std::fmt::Result {
    let colours = colours(&view.machine.pods);
    write!(page, "<div class=\"card\"><div class=\"row\"><h3>{}</h3>", escape(&view.machine.name))?;
    if let Some(cheapest) = &view.machine.cheapest {
        write!(
            page,
            "<span class=\"price\">${}/h</span></div><p class=\"dim\">{} · {} · {}</p>",
            cheapest.price,
            escape(&cheapest.instance_type),
            escape(&cheapest.capacity_type),
            escape(&cheapest.zone)
        )?;
    } else {
        page.push_str("</div>");
    }
    for resource in drawn_resources(view) {
        bar(page, view, &resource, &colours)?;
    }
    page.push_str("<ul class=\"pods\">");
    for (stem, colour) in &colours {
        let pods: Vec<PodId> =
            view.machine.pods.iter().filter(|pod| stem_of(pod) == *stem).cloned().collect();
        write!(page, "<li><i class=\"key c{colour}\"></i>{}</li>", escape(&fold_names(&pods)))?;
    }
    page.push_str("</ul>");
    why(page, view)?;
    page.push_str("</div>");
    Ok(())
}

/// CPU, memory, and what else its pods ask for that the type counts, pods left out.
fn drawn_resources(view: &MachineView<'_>) -> Vec<ResourceName> {
    let mut resources = vec![ResourceName::CPU, ResourceName::MEMORY];
    for (name, amount) in view.machine.requests.iter() {
        if amount > 0 && !resources.contains(name) && *name != ResourceName::PODS {
            resources.push(name.clone());
        }
    }
    resources.retain(|name| view.allocatable.amount(name) > 0);
    resources
}

fn bar(
    page: &mut String,
    view: &MachineView<'_>,
    resource: &ResourceName,
    colours: &BTreeMap<String, usize>,
) -> std::fmt::Result {
    let whole = view.allocatable.amount(resource);
    write!(
        page,
        "<div class=\"label\"><span>{}</span><span class=\"dim\">{} of {}{}</span></div><div class=\"bar\">",
        escape(resource.as_ref()),
        amount_text(resource, view.machine.requests.amount(resource)),
        amount_text(resource, whole),
        view.percent_used(resource).map(|percent| format!(" ({percent} %)")).unwrap_or_default()
    )?;
    segment(page, "daemon", "daemons", &view.daemons, (resource, whole))?;
    for (pod, requests) in &view.pods {
        let colour = colours.get(&stem_of(pod)).copied().unwrap_or_default();
        segment(page, &format!("c{colour}"), pod.name(), requests, (resource, whole))?;
    }
    page.push_str("</div>");
    Ok(())
}

fn segment(
    page: &mut String,
    class: &str,
    title: &str,
    requests: &Resources,
    (resource, whole): (&ResourceName, i64),
) -> std::fmt::Result {
    let amount = requests.amount(resource);
    let Some(permille) = share(amount, whole, 1000).filter(|_| amount > 0) else { return Ok(()) };
    let label = if permille >= 160 { escape(title) } else { String::new() };
    write!(
        page,
        "<span class=\"{class}\" style=\"width:{}.{}%\" title=\"{}: {}\">{label}</span>",
        permille / 10,
        permille % 10,
        escape(title),
        amount_text(resource, amount)
    )
}

/// Why this machine: what it must be, and what else would do.
fn why(page: &mut String, view: &MachineView<'_>) -> std::fmt::Result {
    let types = &view.machine.instance_types;
    write!(
        page,
        "<details><summary>{} would do; why</summary><ul>",
        match types.len() {
            1 => "1 type".to_owned(),
            count => format!("{count} types"),
        }
    )?;
    for requirement in view.machine.requirements.iter() {
        write!(page, "<li><code>{}</code></li>", escape(&requirement.to_string()))?;
    }
    let shown: Vec<&str> =
        types.iter().take(12).map(karp_core::model::InstanceTypeName::as_str).collect();
    let more = types.len().saturating_sub(shown.len());
    write!(page, "<li>cheapest first: {}", escape(&shown.join(", ")))?;
    if more > 0 {
        write!(page, " and {more} more")?;
    }
    page.push_str("</li></ul></details>");
    Ok(())
}

fn existing(page: &mut String, plan: &Plan) -> std::fmt::Result {
    if plan.existing.is_empty() {
        return Ok(());
    }
    page.push_str("<h2>On nodes that are there</h2><div class=\"cards\">");
    for (node, pods) in &plan.existing {
        write!(
            page,
            "<div class=\"card\"><h3>{}</h3><p>{}</p></div>",
            escape(node),
            escape(&fold_names(pods))
        )?;
    }
    page.push_str("</div>\n");
    Ok(())
}

fn findings(page: &mut String, findings: &[Finding]) -> std::fmt::Result {
    if findings.is_empty() {
        return Ok(());
    }
    page.push_str("<h2>Findings</h2><ul>");
    for finding in findings {
        let class = match finding.severity {
            Severity::Error => "bad",
            Severity::Warning | Severity::Info => "",
        };
        write!(page, "<li class=\"{class}\">{}</li>", escape(&finding.to_string()))?;
    }
    page.push_str("</ul>\n");
    Ok(())
}

/// A colour for each workload on the machine, told by the stem of its pods' names.
fn colours(pods: &[PodId]) -> BTreeMap<String, usize> {
    let mut stems: Vec<String> = pods.iter().map(stem_of).collect();
    stems.sort();
    stems.dedup();
    stems.into_iter().enumerate().map(|(index, stem)| (stem, index % COLOURS)).collect()
}

/// A pod's name without what tells it from its siblings.
fn stem_of(pod: &PodId) -> String {
    let name = pod.to_string();
    name.rsplit_once('-').map_or_else(|| name.clone(), |(stem, _)| stem.to_owned())
}
