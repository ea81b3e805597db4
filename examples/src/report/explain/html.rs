//! Explanations as sections of the HTML page; not the page.

use std::fmt::{self, Write as _};

use super::{Explanations, SameMachines, Stuck};
use crate::report::{fold_names, page::escape};

/// What would help, why these machines, and which wishes are not kept.
pub(in crate::report) fn sections(page: &mut String, all: &Explanations) -> fmt::Result {
    if !all.stuck.is_empty() {
        page.push_str("<h2>What would help</h2><div class=\"cards\">");
        all.stuck.iter().try_for_each(|one| stuck(page, one))?;
        page.push_str("</div>\n");
    }
    if !all.machines.is_empty() {
        page.push_str("<h2>Why these machines</h2><div class=\"cards\">");
        all.machines.iter().try_for_each(|same| machines(page, same))?;
        page.push_str("</div>\n");
    }
    if !all.given_up.is_empty() {
        page.push_str("<h2>Wishes that are not kept</h2><ul>");
        for (wish, pods) in &all.given_up {
            let (wish, pods) = (wish.to_string(), fold_names(pods));
            write!(page, "<li>{}: {}</li>", escape(&wish), escape(&pods))?;
        }
        page.push_str("</ul>\n");
    }
    Ok(())
}

fn stuck(page: &mut String, one: &Stuck) -> fmt::Result {
    write!(page, "<div class=\"card\"><h3>{}</h3>", escape(&fold_names(&one.advice.pods)))?;
    if let Some((first, others)) = one.advice.remedies.split_first() {
        write!(page, "<p>{}</p>", escape(&first.to_string()))?;
        if !others.is_empty() {
            write!(page, "<details><summary>{} larger changes</summary><ul>", others.len())?;
            for other in others {
                write!(page, "<li>{}</li>", escape(&other.to_string()))?;
            }
            page.push_str("</ul></details>");
        }
    } else {
        let why = one.advice.to_string();
        write!(page, "<p class=\"dim\">{}</p>", escape(why.trim()))?;
    }
    page.push_str("</div>");
    Ok(())
}

fn machines(page: &mut String, same: &SameMachines) -> fmt::Result {
    let names: Vec<&str> = same.names.iter().map(karp_core::model::NodeClaimName::as_str).collect();
    let title = match names.as_slice() {
        [first, .., last] => format!("{first} to {last} ({} machines)", names.len()),
        few => few.join(", "),
    };
    write!(page, "<div class=\"card\"><h3>{}</h3><ul>", escape(&title))?;
    for line in same.why.to_string().lines() {
        write!(page, "<li>{}</li>", escape(line.trim()))?;
    }
    let opened_for = fold_names(&same.opened_for);
    write!(page, "<li>opened for {}</li></ul></div>", escape(&opened_for))
}
