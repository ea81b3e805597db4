//! One machine of the report, in words; not how its fate was found.

use karp_core::{
    disrupt::{Command, Fate, Method, Outlook, Pass},
    forecast::{Forecast, Happening},
    model::{NodeName, Price},
};

use super::{HOURS_PER_MONTH, moment};

/// A machine of the report.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Row {
    /// What is known of it.
    pub outlook: Outlook,
    /// `delete`, `replace by …`, or `stays`.
    pub action: String,
    /// Why, in one line.
    pub why: String,
    /// Its stable code.
    pub code: String,
    /// What its part of the move saves per month in 10⁻¹² dollars; none for a machine that stays.
    pub saved: Option<i128>,
    /// What the week makes of it first.
    pub week: Option<String>,
}

impl Row {
    /// Whether it goes in this pass.
    pub const fn goes_now(&self) -> bool {
        matches!(self.outlook.fate, Fate::Goes { .. })
    }

    /// Whether it would go if nothing else were to be done.
    pub const fn goes_next(&self) -> bool {
        matches!(self.outlook.fate, Fate::Later { .. })
    }
}

/// All machines: those that go now, those that would go next, those that stay; by name in each group.
pub(super) fn rows(pass: &Pass, week: &Forecast) -> Vec<Row> {
    let mut rows: Vec<Row> = pass.machines.iter().map(|own| row(own, pass, week)).collect();
    rows.sort_by_key(|row| (!row.goes_now(), !row.goes_next()));
    rows
}

fn row(outlook: &Outlook, pass: &Pass, week: &Forecast) -> Row {
    let command = pass.command_of(outlook);
    let (why, code) = match (&outlook.fate, command) {
        (Fate::Stays { why }, _) => (why.to_string(), why.code().to_owned()),
        (_, Some(command)) => (because(command), command.method.to_string()),
        (_, None) => (String::new(), String::new()),
    };
    Row {
        action: command.map_or_else(|| "stays".to_owned(), action),
        why,
        code,
        saved: command.map(|command| share(command, outlook.price)),
        week: in_the_week(&outlook.node, week),
        outlook: outlook.clone(),
    }
}

fn action(command: &Command) -> String {
    let machines: Vec<String> = command
        .replacements
        .iter()
        .map(|machine| {
            let cheapest = machine.cheapest.as_ref();
            cheapest.map_or_else(
                || "one like it".to_owned(),
                |own| format!("{} {}", own.instance_type, own.capacity_type),
            )
        })
        .collect();
    if machines.is_empty() {
        "delete".to_owned()
    } else {
        format!("replace by {}", machines.join(", "))
    }
}

fn because(command: &Command) -> String {
    let together = match command.nodes.len() {
        0 | 1 => String::new(),
        count => format!(", with {} others", count - 1),
    };
    let why = match command.method {
        Method::Emptiness => "no pod on it would need another place",
        Method::StaticDrift | Method::Drift => "it drifted",
        Method::MultiNode | Method::SingleNode if command.replacements.is_empty() => {
            "its pods fit on other nodes"
        }
        Method::MultiNode | Method::SingleNode => "its pods fit on something cheaper",
    };
    format!("{why}{together}")
}

/// A node's part of what its command saves per month, by price.
fn share(command: &Command, price: Price) -> i128 {
    let before = i128::from(command.price_before.pico());
    if before == 0 {
        return 0;
    }
    command.savings_pico() * HOURS_PER_MONTH * i128::from(price.pico()) / before
}

fn in_the_week(node: &NodeName, week: &Forecast) -> Option<String> {
    let event = week.first_event_of(node)?;
    let what = match &event.what {
        Happening::Disrupted { command, .. } => command.method.to_string(),
        Happening::Expired { .. } => "expires".to_owned(),
        Happening::Held { .. } => "held by pods".to_owned(),
        Happening::Removed { .. } => "gone".to_owned(),
        Happening::NotLaunched { .. } | Happening::Unconfirmed { .. } => "tried".to_owned(),
        _ => return None,
    };
    Some(format!("{what} {}", moment(event.at)))
}
