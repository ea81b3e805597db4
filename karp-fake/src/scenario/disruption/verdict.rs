//! How an answer about disruption stands to the reference's, in data and in words; not how that is found out.

use std::{collections::BTreeMap, fmt};

use karp_core::{budget::DisruptionReason, disrupt::Method};

use super::{Amount, CommandAnswer, ReplacementAnswer};
use crate::scenario::RequirementAnswer;

/// How an answer stands to the reference's.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct DisruptionVerdict {
    /// How the commands of each method stand to those of the reference.
    pub methods: BTreeMap<Method, MethodVerdict>,
    /// What else differs and must not.
    pub differences: Vec<DisruptionDifference>,
    /// Nodes that are left alone for another reason than the reference gives; for information.
    pub reasons: Vec<ReasonDifference>,
}

/// How the commands of a method stand to those of the reference.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a test must say what it accepts")]
pub enum MethodVerdict {
    /// One of its results: the same decision, nodes, pool, requirements and types.
    Same,
    /// Other nodes that are worth the same, at the same price.
    Tie,
    /// More is saved.
    Better,
    /// The reference fails and gives up the pass.
    ReferenceFails,
    /// Less is saved, or the same by other means.
    Worse(CommandsDiffer),
    /// The reference acts and the answer does not.
    Missing(CommandsDiffer),
    /// The answer acts and the reference does not.
    Extra(CommandsDiffer),
}

/// Commands that differ.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct CommandsDiffer {
    /// Those of the answer.
    pub ours: Vec<CommandAnswer>,
    /// Those of the reference: of its results, the one with the same nodes if there is one.
    pub reference: Vec<CommandAnswer>,
    /// Why the reference dropped what it had found, by code, if it did.
    pub dropped: Option<String>,
}

/// What differs besides commands.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum DisruptionDifference {
    /// Other nodes are candidates of a method.
    Accepted {
        /// The method.
        method: Method,
        /// Candidates of the answer alone, each with the code of the reference's objection, if it is known.
        only_ours: Vec<String>,
        /// Candidates of the reference alone, with the answer's objection.
        only_reference: Vec<String>,
    },
    /// Other nodes are rejected for all methods of a kind.
    Rejected {
        /// The method.
        method: Method,
        /// Rejected by the answer alone, with its objection.
        only_ours: Vec<String>,
        /// Rejected by the reference alone, with its objection.
        only_reference: Vec<String>,
    },
    /// A figure differs.
    Figure {
        /// Of what it is.
        of: String,
        /// In the answer.
        ours: Option<Amount>,
        /// In the reference's.
        reference: Option<Amount>,
    },
    /// A budget allows another number of nodes.
    Budget {
        /// The reason.
        reason: DisruptionReason,
        /// The pool.
        node_pool: String,
        /// In the answer.
        ours: Option<usize>,
        /// In the reference's.
        reference: Option<usize>,
    },
    /// A pass starts something else.
    First {
        /// The method by which the answer begins.
        ours: Option<String>,
        /// Those by which the reference begins, over all runs.
        reference: Vec<Option<String>>,
    },
}

/// A node that is left alone for another reason.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct ReasonDifference {
    /// The method.
    pub method: Method,
    /// The node.
    pub node: String,
    /// Code of the answer; none when the node is a candidate.
    pub ours: Option<String>,
    /// Code of the reference.
    pub reference: String,
}

impl DisruptionVerdict {
    /// Whether the answer agrees with the reference, or is better.
    pub fn agrees(&self) -> bool {
        self.differences.is_empty() && self.methods.values().all(MethodVerdict::agrees)
    }
}

impl MethodVerdict {
    /// Whether the commands agree with the reference, or are better.
    pub const fn agrees(&self) -> bool {
        matches!(self, Self::Same | Self::Tie | Self::Better | Self::ReferenceFails)
    }

    /// The verdict in a word.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Tie => "tie",
            Self::Better => "better",
            Self::ReferenceFails => "reference fails",
            Self::Worse(_) => "worse",
            Self::Missing(_) => "missing",
            Self::Extra(_) => "extra",
        }
    }
}

impl fmt::Display for DisruptionVerdict {
    /// `same`, what is as good or better, or all that differs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts: Vec<String> = self.differences.iter().map(ToString::to_string).collect();
        let methods = self.methods.iter();
        parts.extend(
            methods
                .filter(|(_, verdict)| **verdict != MethodVerdict::Same)
                .map(|(method, verdict)| format!("{method} {verdict}")),
        );
        match (self.agrees(), parts.as_slice()) {
            (true, []) => f.write_str("same"),
            (true, parts) => f.write_str(&parts.join("; ")),
            (false, parts) => write!(f, "differs: {}", parts.join("; ")),
        }
    }
}

impl fmt::Display for MethodVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())?;
        match self {
            Self::Worse(differ) | Self::Missing(differ) | Self::Extra(differ) => {
                write!(f, ": {differ}")
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Display for CommandsDiffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (ours, reference) = (all_of(&self.ours), all_of(&self.reference));
        write!(f, "{ours}, the reference {reference}")?;
        if let Some(dropped) = &self.dropped {
            write!(f, " (dropped after the wait: {dropped})")?;
        }
        if let ([ours], [reference]) = (self.ours.as_slice(), self.reference.as_slice())
            && let ([ours], [reference]) = (&*ours.replacements, &*reference.replacements)
        {
            write_machine(f, ours, reference)?;
        }
        Ok(())
    }
}

fn all_of(commands: &[CommandAnswer]) -> String {
    match commands {
        [] => "nothing".to_owned(),
        some => some.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and "),
    }
}

/// In what machines differ.
fn write_machine(
    f: &mut fmt::Formatter<'_>,
    ours: &ReplacementAnswer,
    reference: &ReplacementAnswer,
) -> fmt::Result {
    let lacks = |some: &[String], of: &[String]| {
        let names = of.iter().filter(|name| !some.contains(name)).cloned();
        names.collect::<Vec<_>>().join(", ")
    };
    let requirements = |machine: &ReplacementAnswer| {
        machine.requirements.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let (own, other) = (requirements(ours), requirements(reference));
    for (what, own, other) in
        [("types", &ours.instance_types, &reference.instance_types), ("requirements", &own, &other)]
    {
        let (more, fewer) = (lacks(other, own), lacks(own, other));
        if !more.is_empty() {
            write!(f, "; {what} of ours alone: {more}")?;
        }
        if !fewer.is_empty() {
            write!(f, "; {what} of the reference alone: {fewer}")?;
        }
    }
    Ok(())
}

impl fmt::Display for CommandAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.decision, self.nodes.join(", "))?;
        for machine in &self.replacements {
            write!(f, " by {} of {} types", machine.node_pool, machine.instance_types.len())?;
        }
        write!(f, " at {} instead of {}", self.price_per_hour_after, self.price_per_hour_before)
    }
}

impl fmt::Display for RequirementAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.key, self.operator)?;
        if !self.values.is_empty() {
            write!(f, " {}", self.values.join("|"))?;
        }
        self.min_values.map_or(Ok(()), |least| write!(f, " (at least {least})"))
    }
}

impl fmt::Display for DisruptionDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lists = |f: &mut fmt::Formatter<'_>, ours: &[String], reference: &[String]| {
            let shown = |nodes: &[String]| match nodes {
                [] => "none".to_owned(),
                some => some.join(", "),
            };
            write!(f, "ours alone {}, the reference's alone {}", shown(ours), shown(reference))
        };
        match self {
            Self::Accepted { method, only_ours, only_reference } => {
                write!(f, "{method} accepts: ")?;
                lists(f, only_ours, only_reference)
            }
            Self::Rejected { method, only_ours, only_reference } => {
                write!(f, "{method} rejects: ")?;
                lists(f, only_ours, only_reference)
            }
            Self::Figure { of, ours, reference } => {
                write!(f, "{of}: {}, the reference {}", known(*ours), known(*reference))
            }
            Self::Budget { reason, node_pool, ours, reference } => {
                let (ours, reference) = (known(*ours), known(*reference));
                write!(f, "budget of `{node_pool}` for {reason}: {ours}, the reference {reference}")
            }
            Self::First { ours, reference } => {
                let name =
                    |first: &Option<String>| first.clone().unwrap_or_else(|| "nothing".to_owned());
                let reference: Vec<String> = reference.iter().map(name).collect();
                write!(f, "first {}, the reference {}", name(ours), reference.join(" or "))
            }
        }
    }
}

fn known<T: fmt::Display>(figure: Option<T>) -> String {
    figure.map_or_else(|| "none".to_owned(), |figure| figure.to_string())
}

impl fmt::Display for ReasonDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, node, ours, reference } = self;
        let ours = ours.as_deref().unwrap_or("candidate");
        write!(f, "{method} leaves {node}: {ours}, the reference {reference}")
    }
}
