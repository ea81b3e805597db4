//! Pods that are counted before the first one is placed; not those that are placed.

use super::{
    group::{Filter, GroupId, Groups},
    labels::LabelsId,
    scope::Scope,
};
use crate::compile::{
    algebra::{Algebra, SetId},
    nodes::{Host, NodeIx},
    table::{Id, Table},
    tolerance::{TaintsId, Tolerance},
};

/// A Node as far as pods on it are counted, whether it stays or goes.
#[derive(Clone, Debug)]
pub(in crate::compile) struct Station {
    /// Where pods can be put on it, if it stays.
    pub(in crate::compile) place: Option<NodeIx>,
    pub(in crate::compile) set: SetId,
    pub(in crate::compile) taints: TaintsId,
    pub(in crate::compile) host: Host,
}

/// Pods of a group before the first one is placed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Start {
    /// By value of the label.
    pub(crate) domains: Vec<u32>,
    /// By machine.
    pub(crate) hosts: Vec<(NodeIx, u32)>,
    /// On machines that are going.
    pub(crate) elsewhere: u32,
}

/// A pod that stays where it is.
pub(in crate::compile) struct Resident<'g> {
    pub(in crate::compile) station: usize,
    pub(in crate::compile) labels: LabelsId,
    /// Whether it still counts: one that is going rejects others, but is not counted.
    pub(in crate::compile) counts: bool,
    /// Groups by which it rejects others.
    pub(in crate::compile) rejects_in: &'g [GroupId],
}

impl Station {
    /// Whether pods on it count.
    pub(super) fn counts(
        &self,
        filter: &Filter,
        algebra: &Algebra,
        tolerance: &mut Tolerance,
    ) -> bool {
        filter.is_trivial()
            || filter.accepts(algebra, tolerance, (self.set, self.taints), |algebra, demand| {
                self.host.meets(algebra, demand)
            })
    }
}

/// Under what one pod is counted by a group.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Share {
    /// Its machine.
    Host,
    /// A value of the group's label.
    Domain(usize),
}

/// Counts the pods that stay.
pub(in crate::compile) fn take<'g>(
    groups: &Groups,
    residents: impl Iterator<Item = Resident<'g>>,
    algebra: &Algebra,
    tolerance: &mut Tolerance,
) -> Table<GroupId, Start> {
    let mut starts = Table::from_rows(vec![Start::default(); groups.rows.len()]);
    for resident in residents {
        let Some(station) = groups.stations.get(resident.station) else { continue };
        shares(groups, &resident, (algebra, tolerance), |group, share| {
            starts[group].add(share, station.place);
        });
    }
    starts
}

/// Every group that counts a pod, and under what.
pub(in crate::compile) fn shares(
    groups: &Groups,
    resident: &Resident<'_>,
    (algebra, tolerance): (&Algebra, &mut Tolerance),
    mut note: impl FnMut(GroupId, Share),
) {
    let Some(station) = groups.stations.get(resident.station) else { return };
    let share = |group: GroupId| match groups.rows[group].scope {
        Scope::Host => Some(Share::Host),
        Scope::Key(key) => {
            algebra.single(station.set, key).map(|domain| Share::Domain(domain.index()))
        }
    };
    if resident.counts {
        for &group in groups.counting.get(resident.labels).into_iter().flatten() {
            let filter = &groups.filters[groups.rows[group].filter];
            if station.counts(filter, algebra, tolerance)
                && let Some(share) = share(group)
            {
                note(group, share);
            }
        }
    }
    for &group in resident.rejects_in {
        if let Some(share) = share(group) {
            note(group, share);
        }
    }
}

impl Start {
    fn add(&mut self, share: Share, place: Option<NodeIx>) {
        match (share, place) {
            (Share::Host, None) => self.elsewhere += 1,
            (Share::Host, Some(place)) => match self.hosts.last_mut() {
                Some((last, count)) if *last == place => *count += 1,
                _ => self.hosts.push((place, 1)),
            },
            (Share::Domain(domain), _) => {
                if self.domains.len() <= domain {
                    self.domains.resize(domain + 1, 0);
                }
                if let Some(count) = self.domains.get_mut(domain) {
                    *count += 1;
                }
            }
        }
    }
}
