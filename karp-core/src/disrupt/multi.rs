//! Several nodes at once, replaced by none or one; the longest run of the dearest that a binary search meets.

use super::{
    Command, Disruption, Found, Method, Verdict,
    consolidate::{Move, judge},
    fleet::Machine,
    score::scores,
    simulate::Simulator,
    terms::Terms,
};

/// Most nodes of one command, less one, as in the reference.
const MOST: usize = 100;

/// Searches for the longest prefix that can go.
pub(super) fn find(
    (look, simulator): (&Disruption<'_>, &mut dyn Simulator),
    machines: &[&Machine],
    found: &mut Found,
) {
    if machines.len() < 2 {
        return;
    }
    let terms = Terms::of(&look.policy);
    let most = if look.policy.every_candidate.is_some() { usize::MAX } else { MOST };
    let (mut low, mut high) = (1, most.min(machines.len() - 1));
    let mut best: Option<Command> = None;
    let mut last: Option<Verdict> = None;
    while low <= high {
        let middle = usize::midpoint(low, high);
        let prefix = machines.get(..=middle).unwrap_or(machines);
        let verdict = judge(simulator, prefix, &terms)
            .and_then(|own| command(look, Method::MultiNode, prefix, own));
        match verdict {
            Ok(command) => {
                best = Some(command);
                low = middle + 1;
            }
            Err(verdict) => {
                last = Some(verdict);
                high = middle - 1;
            }
        }
    }
    if let (None, Some(verdict)) = (&best, last) {
        for machine in machines {
            found.verdicts.insert(machine.name.clone(), verdict.clone());
        }
    }
    found.commands.extend(best);
}

/// The command for a move, unless it saves some pool too little.
pub(super) fn command(
    look: &Disruption<'_>,
    method: Method,
    machines: &[&Machine],
    own: Move,
) -> Result<Command, Verdict> {
    let saved = i128::from(own.before.pico()) - i128::from(own.after.pico());
    let scores = scores(machines, saved, look.pool_totals())?;
    Ok(Command {
        method,
        nodes: machines.iter().map(|machine| machine.name.clone()).collect(),
        replacements: own.replacement.into_iter().collect(),
        price_before: own.before,
        price_after: own.after,
        scores,
    })
}
