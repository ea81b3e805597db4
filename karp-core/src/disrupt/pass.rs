//! One pass over all methods, and one answer for every machine; not what later passes do.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;

use super::{Command, Disruption, Found, Method, NoPool, Stays, Verdict, filter, fleet::Machine};
use crate::{
    model::{NodeClaimName, NodeName, NodePoolName, Price, Timestamp, label},
    snapshot::StateNode,
};

/// What a pass does now, and what becomes of every machine.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Pass {
    /// The instant of the look.
    pub now: Timestamp,
    /// What is to be done: all that the first method found that finds something. A pass ends with it.
    pub commands: Vec<Command>,
    /// What the methods after it would have found. The next pass decides anew, when what is to be done now is under way.
    pub later: Vec<Command>,
    /// Every machine, in name order: nodes of pools, those of nobody's, and claims whose Node has not come yet.
    pub machines: Vec<Outlook>,
}

/// What becomes of a machine.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Outlook {
    /// The Node; the claim's name when it has none yet.
    pub node: NodeName,
    /// Its claim, when a pool made it.
    pub claim: Option<NodeClaimName>,
    /// Its pool, by its label.
    pub node_pool: Option<NodePoolName>,
    /// Its instance type, by its label; empty when it says none.
    pub instance_type: String,
    /// Its zone, likewise.
    pub zone: String,
    /// `on-demand`, `spot` or `reserved`, likewise.
    pub capacity_type: String,
    /// What it costs per hour; zero when its price is not known.
    pub price: Price,
    /// Pods that would need another place.
    pub pods: usize,
    /// What becomes of it.
    pub fate: Fate,
    /// What each method says of it.
    pub reasons: BTreeMap<Method, Why>,
}

/// What becomes of a machine in a pass.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", tag = "fate")]
pub enum Fate {
    /// It goes, by this one of [`Pass::commands`].
    Goes {
        /// Its index.
        command: usize,
    },
    /// It would go, by this one of [`Pass::later`], if nothing else were to be done.
    Later {
        /// Its index.
        command: usize,
    },
    /// It stays, for the one of its [reasons](Outlook::reasons) that says most.
    Stays {
        /// The reason.
        why: Why,
    },
}

/// What a method says of a machine.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[expect(clippy::exhaustive_enums, reason = "a machine is a candidate or it is not")]
#[serde(untagged)]
pub enum Why {
    /// It is no candidate of the method.
    LeftOut(Stays),
    /// It is one, and this became of it.
    Judged(Verdict),
}

impl Why {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::LeftOut(stays) => stays.code(),
            Self::Judged(verdict) => verdict.code(),
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LeftOut(stays) => stays.fmt(f),
            Self::Judged(verdict) => verdict.fmt(f),
        }
    }
}

impl Pass {
    /// What is saved per hour by what is to be done now; less than nothing when the replacements are dearer.
    pub fn savings_pico(&self) -> i128 {
        self.commands.iter().map(Command::savings_pico).sum()
    }

    /// What all machines of pools cost per hour; those without a known price count nothing.
    pub fn price(&self) -> Price {
        let managed = self.machines.iter().filter(|machine| machine.claim.is_some());
        managed.map(|machine| machine.price).sum()
    }

    /// The command by which a machine goes now, or would go.
    pub fn command_of(&self, machine: &Outlook) -> Option<&Command> {
        match machine.fate {
            Fate::Goes { command } => self.commands.get(command),
            Fate::Later { command } => self.later.get(command),
            Fate::Stays { .. } => None,
        }
    }
}

impl Disruption<'_> {
    /// What a pass would do now, and what becomes of every machine.
    ///
    /// All methods are asked, also those that the pass does not reach, so that every machine has an answer. Commands of those are left out where an
    /// earlier one takes the same node.
    ///
    /// ```
    /// use karp_core::{disrupt::{Disruption, Fate, Memory}, model::Node, policy::Policy, snapshot::Snapshot, Timestamp};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let snapshot = Snapshot::builder(Timestamp::EPOCH).node(Node::new("by-hand")).build()?;
    /// let pass = Disruption::new(&snapshot, &Policy::compat(), &Memory::new()).pass();
    /// let Fate::Stays { why } = &pass.machines[0].fate else { panic!() };
    /// assert_eq!(why.code(), "not-managed");
    /// # Ok(())
    /// # }
    /// ```
    pub fn pass(&self) -> Pass {
        let all: Vec<Found> = Method::ALL.iter().map(|method| self.find_or_say(*method)).collect();
        let first = all.iter().find(|found| !found.commands.is_empty());
        let commands = first.map_or_else(Vec::new, |found| found.commands.clone());
        let mut later: Vec<Command> = Vec::new();
        for command in all.iter().flat_map(|found| &found.commands) {
            let taken = |node: &NodeName| {
                commands.iter().chain(&later).any(|other| other.nodes.contains(node))
            };
            if !command.nodes.iter().any(taken) {
                later.push(command.clone());
            }
        }
        let outlook = |machine: &Machine| {
            let reasons = reasons(machine, &all);
            let fate = fate(&machine.name, (&commands, &later), &reasons);
            Outlook { fate, reasons, ..described(machine) }
        };
        let machines = self.fleet.machines.iter().map(outlook).collect();
        Pass { now: self.snapshot.now, commands, later, machines }
    }

    /// What all machines of pools cost per hour, those on their way in and out included; those without a known price count nothing.
    pub fn price(&self) -> Price {
        let managed = self.fleet.machines.iter().filter(|machine| machine.state.claim.is_some());
        managed.map(|machine| machine.candidate.price).sum()
    }

    /// What a method finds; when it can't be tried, each of its candidates says so.
    fn find_or_say(&self, method: Method) -> Found {
        self.find(method).unwrap_or_else(|NoPool| {
            let machines = self.fleet.machines.iter();
            let candidates = machines.filter(|machine| filter::reason(machine, method).is_none());
            let verdicts = candidates.map(|own| (own.name.clone(), Verdict::NoPool)).collect();
            Found { verdicts, ..Found::nothing(method) }
        })
    }
}

/// The machine without what becomes of it.
fn described(machine: &Machine) -> Outlook {
    let StateNode { claim, labels, .. } = &machine.state;
    let text = |key: &str| labels.get(key).cloned().unwrap_or_default();
    Outlook {
        node: machine.name.clone(),
        claim: claim.as_ref().map(|claim| claim.name.clone()),
        node_pool: machine.state.pool(),
        instance_type: text(label::INSTANCE_TYPE),
        zone: text(label::ZONE),
        capacity_type: text(label::CAPACITY_TYPE),
        price: machine.candidate.price,
        pods: machine.reschedulable,
        fate: Fate::Stays { why: Why::Judged(Verdict::NotReached) },
        reasons: BTreeMap::new(),
    }
}

fn reasons(machine: &Machine, all: &[Found]) -> BTreeMap<Method, Why> {
    let reason = |found: &Found| {
        let judged = || found.verdicts.get(&machine.name).cloned().map(Why::Judged);
        filter::reason(machine, found.method).map(Why::LeftOut).or_else(judged)
    };
    all.iter().filter_map(|found| Some((found.method, reason(found)?))).collect()
}

fn fate(
    node: &NodeName,
    (commands, later): (&[Command], &[Command]),
    reasons: &BTreeMap<Method, Why>,
) -> Fate {
    let by = |commands: &[Command]| commands.iter().position(|one| one.nodes.contains(node));
    let goes = by(commands).map(|command| Fate::Goes { command });
    let goes = goes.or_else(|| by(later).map(|command| Fate::Later { command }));
    goes.unwrap_or_else(|| Fate::Stays { why: telling(reasons) })
}

/// The reason that says most: what was found out about the machine itself, then that its turn did not come, then why it is no candidate.
fn telling(reasons: &BTreeMap<Method, Why>) -> Why {
    let of = |method: Method| reasons.get(&method);
    // A verdict of several nodes is about their run, unless it is about budgets.
    let order = [Method::Drift, Method::StaticDrift, Method::SingleNode, Method::Emptiness];
    let judged = order.into_iter().filter_map(of).find(|why| {
        matches!(why, Why::Judged(verdict) if !matches!(verdict, Verdict::NotReached | Verdict::Chosen))
    });
    let spent = || of(Method::MultiNode).filter(|why| why.code() == Verdict::BudgetSpent.code());
    let in_turn = || reasons.values().find(|why| matches!(why, Why::Judged(_)));
    let left_out = || {
        let general = of(Method::SingleNode)?;
        match general {
            Why::LeftOut(Stays::PoolStatic) => of(Method::StaticDrift),
            Why::LeftOut(Stays::Empty) => of(Method::Emptiness),
            Why::LeftOut(_) | Why::Judged(_) => Some(general),
        }
    };
    let found = judged.or_else(spent).or_else(in_turn).or_else(left_out);
    found.cloned().unwrap_or(Why::Judged(Verdict::NotReached))
}
