//! How many pods of one constraint are in each domain, and where that lets a pod go.

use std::collections::BTreeMap;

use super::constraint::{Constraint, Kind};
use crate::model::{Labels, Operator, Requirement};

/// Counts of one constraint.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) constraint: Constraint,
    /// Known domains with the pods that count there.
    pub(super) counts: BTreeMap<String, i64>,
}

/// A pod that asks where it may go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asker<'a> {
    pub(super) namespace: &'a str,
    pub(super) labels: &'a Labels,
    /// What it demands of the label, wishes left out.
    pub(super) own: &'a Requirement,
}

/// Why a place does not take a pod in one of its forms.
#[derive(Clone, Debug)]
pub(in crate::check) enum Refusal {
    /// A constraint leaves no domain of the place.
    Constraint {
        kind: Kind,
        key: String,
        /// Pods that count in the domain of the place, where it is one.
        there: Option<i64>,
        /// Pods that count in the emptiest domain that counts.
        least: i64,
    },
    /// The place is in none of the domains that are left.
    Domain(Requirement),
    /// Anything else.
    Other,
}

impl Group {
    pub(super) fn add(&mut self, domain: &str) {
        if let Some(count) = self.counts.get_mut(domain) {
            *count += 1;
        } else {
            self.counts.insert(domain.to_owned(), 1);
        }
    }

    /// Domains where the pod may go.
    pub(super) fn allowed(
        &self,
        pod: Asker<'_>,
        place: &Requirement,
    ) -> Result<Requirement, Refusal> {
        let is_one = !place.is_complement() && place.len() == 1;
        let one = place.values().next().filter(|_| is_one);
        let host = one.filter(|_| self.constraint.is_over_hosts());
        let domains = match self.constraint.kind {
            Kind::Spread { max_skew, .. } => self.emptiest(pod, place, host, max_skew),
            Kind::Near => self.inhabited(pod, place, host),
            Kind::Away | Kind::Rejected => self.empty(pod, place, host),
        };
        if domains.is_empty() {
            return Err(Refusal::Constraint {
                kind: self.constraint.kind,
                key: self.constraint.key.clone(),
                there: one.map(|one| self.count(one)),
                least: self.least(pod),
            });
        }
        Ok(Requirement::new(&self.constraint.key, Operator::In, domains))
    }

    fn count(&self, domain: &str) -> i64 {
        self.counts.get(domain).copied().unwrap_or(0)
    }

    fn selects(&self, pod: Asker<'_>) -> bool {
        self.constraint.selects(pod.namespace, pod.labels)
    }

    /// Pods in the emptiest domain where the pod may be: none over hosts, as there can always be another, or where there are too few domains.
    fn least(&self, pod: Asker<'_>) -> i64 {
        let Kind::Spread { min_domains, .. } = self.constraint.kind else { return 0 };
        let permitted = || self.counts.iter().filter(|(domain, _)| pod.own.has(domain));
        let wanted = usize::try_from(min_domains.unwrap_or(0)).unwrap_or(usize::MAX);
        if self.constraint.is_over_hosts() || permitted().count() < wanted {
            return 0;
        }
        permitted().map(|(_, count)| *count).min().unwrap_or(0)
    }

    /// The domain of the place with the fewest pods, of several the first by name, if that is not too many.
    fn emptiest(
        &self,
        pod: Asker<'_>,
        place: &Requirement,
        host: Option<&str>,
        max_skew: u32,
    ) -> Vec<String> {
        let most = self.least(pod) + i64::from(max_skew) - i64::from(self.selects(pod));
        if let Some(host) = host {
            return Vec::from_iter((self.count(host) <= most).then(|| host.to_owned()));
        }
        let here = self.counts.iter().filter(|(name, count)| place.has(name) && **count <= most);
        let emptiest = here.min_by_key(|(name, count)| (**count, *name));
        emptiest.map(|(name, _)| name.clone()).into_iter().collect()
    }

    /// Domains with pods; for a pod that is content with itself where nobody is, one to begin with.
    fn inhabited(&self, pod: Asker<'_>, place: &Requirement, host: Option<&str>) -> Vec<String> {
        let permitted = || self.counts.iter().filter(|(name, _)| pod.own.has(name));
        let begins = self.selects(pod) && permitted().all(|(_, count)| *count == 0);
        if let Some(host) = host {
            let fits = pod.own.has(host) && (begins || self.count(host) > 0);
            return Vec::from_iter(fits.then(|| host.to_owned()));
        }
        let here = || permitted().filter(|(name, _)| place.has(name));
        let inhabited = here().filter(|(_, count)| **count > 0);
        let inhabited: Vec<String> = inhabited.map(|(name, _)| name.clone()).collect();
        if !inhabited.is_empty() || !begins {
            return inhabited;
        }
        here().take(1).chain(permitted().take(1)).map(|(name, _)| name.clone()).collect()
    }

    /// Domains without pods.
    fn empty(&self, pod: Asker<'_>, place: &Requirement, host: Option<&str>) -> Vec<String> {
        if let Some(host) = host {
            let fits = pod.own.has(host) && self.count(host) == 0;
            return Vec::from_iter(fits.then(|| host.to_owned()));
        }
        let empty = self
            .counts
            .iter()
            .filter(|(name, count)| **count == 0 && pod.own.has(name) && place.has(name));
        empty.map(|(name, _)| name.clone()).collect()
    }
}
