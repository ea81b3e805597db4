//! Explanations for a terminal; not for programs.

use std::fmt;

use super::{Explanations, SameMachines, Stuck};
use crate::report::fold_names;

/// Most changes that are shown for one group of pods.
const REMEDIES: usize = 4;

impl fmt::Display for Explanations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let asked = self.asked.iter().map(|asked| format!("{asked}\n"));
        let of_nodes = self.nodes.iter();
        let of_nodes = of_nodes.map(|(node, pods)| format!("  {node}: {}\n", fold_names(pods)));
        let of_wishes = self.given_up.iter();
        let of_wishes = of_wishes.map(|(wish, pods)| format!("  {wish}: {}\n", fold_names(pods)));
        let sections = [
            ("", asked.collect::<String>()),
            ("Why no place, and what would help\n", texts(&self.stuck)),
            ("Why these machines\n", texts(&self.machines)),
            ("On nodes that are there: nothing is bought\n", of_nodes.collect()),
            ("Wishes that are not kept\n", of_wishes.collect()),
        ];
        let there = sections.iter().filter(|(_, text)| !text.is_empty());
        for (index, (title, text)) in there.enumerate() {
            write!(f, "{}{title}{text}", if index == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

fn texts<T: ToString>(all: &[T]) -> String {
    all.iter().map(ToString::to_string).collect()
}

impl fmt::Display for Stuck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        indented(f, &self.explanation.to_string())?;
        if let [_, _, ..] = self.advice.pods.as_slice() {
            let (count, names) = (self.advice.pods.len(), fold_names(&self.advice.pods));
            writeln!(f, "    the same is true of {count} pods: {names}")?;
        }
        for (index, remedy) in self.advice.remedies.iter().take(REMEDIES).enumerate() {
            writeln!(f, "    {}: {remedy}", if index == 0 { "smallest change" } else { "or" })?;
        }
        let more = self.advice.remedies.len().saturating_sub(REMEDIES);
        if more > 0 {
            writeln!(f, "    and {more} larger ones")?;
        }
        match self.advice.incomplete {
            Some(why) => writeln!(f, "    {why} (tried: {})", self.advice.tried),
            None => Ok(()),
        }
    }
}

impl fmt::Display for SameMachines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.names.as_slice() {
            [one] => writeln!(f, "  {one}, which node pool {} makes", self.why.node_pool)?,
            [first, .., last] => writeln!(
                f,
                "  {first} to {last} ({} machines), which node pool {} makes",
                self.names.len(),
                self.why.node_pool
            )?,
            [] => {}
        }
        indented(f, &self.why.to_string())?;
        for requirement in &self.requirements {
            writeln!(f, "    must have {requirement}")?;
        }
        writeln!(f, "    opened for {}", fold_names(&self.opened_for))?;
        writeln!(f, "    holds {}", fold_names(&self.pods))
    }
}

fn indented(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    text.lines().try_for_each(|line| writeln!(f, "  {line}"))
}
