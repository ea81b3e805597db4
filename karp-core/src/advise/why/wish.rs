//! Wishes of a pod that its place does not keep; not demands, which every place keeps.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::{
    advise::change::Likeness,
    decision::{Plan, PlannedMachine},
    model::{
        Effect, Labels, NodeName, Pod, PodAffinityTerm, PodId, PreferredNodeTerm, Requirement,
        RequirementEntry, Requirements, Taint, TopologySpread, WhenUnsatisfiable, label,
        untolerated,
    },
    policy::{Policy, PreferencePolicy},
    snapshot::{Snapshot, StateNode, state_nodes},
};

/// A wish that a place does not keep.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "kebab-case", rename_all_fields = "camelCase", tag = "wish")]
pub enum GivenUp {
    /// About labels of the node.
    Node {
        /// How much it counts.
        weight: i32,
        /// What was wished.
        preference: Vec<RequirementEntry>,
    },
    /// Not to be in one domain with some pods.
    Away {
        /// Label whose values are the domains.
        topology_key: String,
        /// One of those pods.
        from: PodId,
    },
    /// To be in one domain with some pods.
    Near {
        /// Label whose values are the domains.
        topology_key: String,
    },
    /// To be spread.
    Spread {
        /// Label whose values are the domains.
        topology_key: String,
        /// The greatest difference that was wished.
        max_skew: u32,
        /// A difference that there is.
        skew: usize,
    },
    /// Of the place: that pods without consent to a taint keep off.
    Taint {
        /// The taint.
        taint: Taint,
    },
}

/// Where a pod is.
#[derive(Clone, Copy)]
pub(super) enum Site<'a> {
    Node(&'a NodeName),
    Machine(&'a PlannedMachine),
}

/// What is needed to tell wishes that are not kept.
pub(super) struct Wishes<'a> {
    derived: &'a Snapshot,
    policy: &'a Policy,
    pods: FxHashMap<&'a PodId, &'a Arc<Pod>>,
    nodes: FxHashMap<String, StateNode>,
    sites: BTreeMap<&'a PodId, Site<'a>>,
}

impl<'a> Wishes<'a> {
    pub(super) fn new(derived: &'a Snapshot, policy: &'a Policy, plan: &'a Plan) -> Self {
        let bound = derived.pods.iter().filter(|pod| !pod.is_finished());
        let mut sites: BTreeMap<&PodId, Site<'_>> = bound
            .filter_map(|pod| Some((&pod.id, Site::Node(pod.status.node.as_ref()?))))
            .collect();
        for (node, pods) in &plan.existing {
            sites.extend(pods.iter().map(|pod| (pod, Site::Node(node))));
        }
        for machine in &plan.machines {
            sites.extend(machine.pods.iter().map(|pod| (pod, Site::Machine(machine))));
        }
        let nodes = state_nodes(derived);
        let nodes = nodes.into_iter().map(|state| (state.name.to_string(), state)).collect();
        let pods = derived.pods.iter().map(|pod| (&pod.id, pod)).collect();
        Self { derived, policy, pods, nodes, sites }
    }

    /// Wishes of a pod that its place does not keep; none where the policy ignores wishes.
    pub(super) fn given_up(&self, pod: &PodId, site: Site<'_>) -> Vec<GivenUp> {
        let Some(&pod) = self.pods.get(pod) else { return Vec::new() };
        let mut given_up = Vec::new();
        if self.policy.preferences == PreferencePolicy::Respect {
            given_up.extend(self.nodes_given_up(pod, site));
            given_up.extend(self.company_given_up(pod, site));
            given_up.extend(self.spread_given_up(pod, site));
        }
        let taints = self.taints(site);
        let soft = taints.iter().filter(|taint| taint.effect == Effect::PreferNoSchedule);
        let hurting = untolerated(soft, &pod.spec.tolerations);
        given_up.extend(hurting.map(|taint| GivenUp::Taint { taint: taint.clone() }));
        given_up
    }

    /// Wishes about nodes down to the heaviest that is kept; lighter ones are not looked at.
    fn nodes_given_up(&self, pod: &Pod, site: Site<'_>) -> Vec<GivenUp> {
        let mut wishes: Vec<&PreferredNodeTerm> = pod.spec.node_affinity.preferred.iter().collect();
        wishes.sort_by_key(|wish| std::cmp::Reverse(wish.weight));
        let is_kept = |wish: &PreferredNodeTerm| {
            wish.preference.match_expressions.iter().all(|entry| self.keeps(site, entry))
        };
        let kept = wishes.iter().position(|wish| is_kept(wish)).unwrap_or(wishes.len());
        let given_up = wishes.into_iter().take(kept).map(|wish| GivenUp::Node {
            weight: wish.weight,
            preference: wish.preference.match_expressions.clone(),
        });
        given_up.collect()
    }

    /// Whether a place surely has what is wished of one label.
    fn keeps(&self, site: Site<'_>, entry: &RequirementEntry) -> bool {
        let wished = Requirement::from(entry).normalized(&self.derived.vocabulary);
        match site {
            Site::Node(name) => {
                let value = self.label(name, wished.key());
                value.map_or_else(|| wished.admits_absence(), |value| wished.has(value))
            }
            Site::Machine(machine) if wished.key() == label::INSTANCE_TYPE => {
                machine.instance_types.iter().all(|name| wished.has(name))
            }
            Site::Machine(machine) => {
                let is: &Requirements = &machine.requirements;
                is.get(wished.key()).map_or_else(
                    || wished.admits_absence(),
                    |is| is.intersect(&wished).with_min_values(is.min_values()) == *is,
                )
            }
        }
    }

    fn label(&self, node: &NodeName, key: &str) -> Option<&str> {
        let vocabulary = &self.derived.vocabulary;
        let labels = &self.nodes.get(node.as_str())?.labels;
        let mut labels = labels.iter();
        let (_, value) = labels.find(|(own, _)| vocabulary.canonical_key(own) == key)?;
        Some(vocabulary.canonical_value(key, value))
    }

    /// The domain in which a place surely is.
    fn domain<'s>(&'s self, site: Site<'s>, key: &str) -> Option<&'s str> {
        let key = self.derived.vocabulary.canonical_key(key);
        match site {
            Site::Node(name) if key == label::HOSTNAME => {
                self.nodes.get(name.as_str()).map(|state| &*state.host_name)
            }
            Site::Node(name) => self.label(name, key),
            Site::Machine(machine) if key == label::HOSTNAME => Some(&machine.name),
            Site::Machine(machine) => {
                let is = machine.requirements.get(key).filter(|is| !is.is_complement())?;
                let mut values = is.values();
                values.next().filter(|_| values.next().is_none())
            }
        }
    }

    fn taints(&self, site: Site<'_>) -> Vec<Taint> {
        match site {
            Site::Node(name) => {
                self.nodes.get(name.as_str()).map(|state| state.taints.clone()).unwrap_or_default()
            }
            Site::Machine(machine) => {
                let pool = self.derived.node_pool(&machine.node_pool);
                pool.map(|pool| pool.template.taints.clone()).unwrap_or_default()
            }
        }
    }

    /// Wishes about other pods that the places of these show not to be kept.
    fn company_given_up(&self, pod: &Pod, site: Site<'_>) -> Vec<GivenUp> {
        let mut given_up = Vec::new();
        for wish in &pod.spec.pod_affinity.preferred {
            let term = &wish.pod_affinity_term;
            let own = self.domain(site, &term.topology_key);
            // One whose domain is open may be there.
            let may_be_there = |other: &Site<'_>| {
                let its = self.domain(*other, &term.topology_key);
                own.is_none() || its.is_none() || its == own
            };
            if !self.meant(pod, term).any(|(_, other)| may_be_there(&other)) {
                let topology_key = term.topology_key.clone();
                given_up.push(GivenUp::Near { topology_key });
            }
        }
        for wish in &pod.spec.pod_anti_affinity.preferred {
            let term = &wish.pod_affinity_term;
            let Some(own) = self.domain(site, &term.topology_key) else { continue };
            let mut others = self.meant(pod, term);
            let there = others.find(|(id, other)| {
                **id != pod.id && self.domain(*other, &term.topology_key) == Some(own)
            });
            if let Some((from, _)) = there {
                let topology_key = term.topology_key.clone();
                given_up.push(GivenUp::Away { topology_key, from: from.clone() });
            }
        }
        given_up
    }

    /// Pods with a place that a term of a pod means.
    fn meant<'s>(
        &'s self,
        pod: &'s Pod,
        term: &'s PodAffinityTerm,
    ) -> impl Iterator<Item = (&'s PodId, Site<'s>)> {
        let pods = self.derived.pods.iter().filter(move |other| self.means(pod, term, other));
        pods.filter_map(|other| Some((&other.id, *self.sites.get(&other.id)?)))
    }

    fn means(&self, pod: &Pod, term: &PodAffinityTerm, other: &Pod) -> bool {
        let is_equal = |key: &String| match pod.labels.get(key) {
            Some(value) => other.labels.get(key) == Some(value),
            None => true,
        };
        let differs =
            |key: &String| pod.labels.get(key).is_none_or(|own| other.labels.get(key) != Some(own));
        let namespace = other.id.namespace();
        let in_namespace = if term.namespaces.is_empty() && term.namespace_selector.is_none() {
            namespace == pod.id.namespace()
        } else {
            let selected = term.namespace_selector.as_ref().is_some_and(|selector| {
                let known = self.derived.namespaces.iter().find(|own| own.name == namespace);
                known.map_or_else(
                    || selector.matches(&Labels::new()),
                    |own| selector.matches(&own.labels),
                )
            });
            selected || term.namespaces.iter().any(|own| own == namespace)
        };
        in_namespace
            && term.label_selector.as_ref().is_some_and(|selector| selector.matches(&other.labels))
            && term.match_label_keys.iter().all(is_equal)
            && term.mismatch_label_keys.iter().all(differs)
    }

    /// Soft spread that is broken among domains that pods like this one reached.
    fn spread_given_up(&self, pod: &Arc<Pod>, site: Site<'_>) -> Vec<GivenUp> {
        let soft = pod.spec.topology_spread.iter();
        let soft = soft.filter(|one| one.when_unsatisfiable == WhenUnsatisfiable::ScheduleAnyway);
        soft.filter_map(|one| self.broken_spread(pod, site, one)).collect()
    }

    fn broken_spread(&self, pod: &Pod, site: Site<'_>, one: &TopologySpread) -> Option<GivenUp> {
        let own = self.domain(site, &one.topology_key)?;
        let term = PodAffinityTerm {
            topology_key: one.topology_key.clone(),
            label_selector: one.label_selector.clone(),
            match_label_keys: one.match_label_keys.clone(),
            ..PodAffinityTerm::default()
        };
        let likeness = Likeness::of(pod);
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let mut reached: BTreeSet<&str> = BTreeSet::new();
        for other in self.derived.pods.iter().filter(|other| self.means(pod, &term, other)) {
            let other_site = self.sites.get(&other.id);
            let Some(domain) = other_site.and_then(|site| self.domain(*site, &one.topology_key))
            else {
                // It may be anywhere: no count is sure.
                if other_site.is_some() {
                    return None;
                }
                continue;
            };
            *counts.entry(domain).or_default() += 1;
            if Likeness::of(other) == likeness {
                reached.insert(domain);
            }
        }
        let least = counts.iter().filter(|(domain, _)| reached.contains(*domain)).map(|(_, n)| *n);
        let skew = counts.get(own)?.saturating_sub(least.min()?);
        (skew > one.max_skew as usize).then(|| GivenUp::Spread {
            topology_key: one.topology_key.clone(),
            max_skew: one.max_skew,
            skew,
        })
    }
}

impl fmt::Display for GivenUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Node { weight, preference } => {
                write!(f, "a wish of weight {weight} about its node is not kept:")?;
                preference.iter().try_for_each(|entry| write!(f, " {}", Requirement::from(entry)))
            }
            Self::Away { topology_key, from } => {
                write!(f, "the wish not to share its {topology_key} is not kept: {from} is there")
            }
            Self::Near { topology_key } => {
                write!(f, "the wish to share its {topology_key} with some pods is not kept")
            }
            Self::Spread { topology_key, max_skew, skew } => write!(
                f,
                "the wish for a skew over {topology_key} of at most {max_skew} is not kept: it is {skew}"
            ),
            Self::Taint { taint } => write!(f, "the place would rather keep it off: {taint}"),
        }
    }
}
