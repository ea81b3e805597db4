//! The steps of a compile, in order; not the steps themselves.

use std::sync::Arc;

use super::{
    algebra::Algebra,
    daemons::{Daemon, ReadDaemon},
    forms::{Forms, RungId},
    names::Names,
    nodes::{self, Load},
    pending::{self, Pending},
    pools::{self, PoolReader},
    problem::{PodIx, Problem},
    queue,
    reader::Reader,
    resource::{Axis, Requests},
    shapes::{self, Group, ShapeReader, Shapes},
    table::Table,
    unsupported::{self, Rejecting},
};
use crate::{
    explain::Reason,
    model::{Finding, NodePool, Pod},
    policy::Policy,
    snapshot::{Snapshot, StateNode, state_nodes},
};

/// What the steps of a compile share.
pub(super) struct Assembly<'s> {
    snapshot: &'s Snapshot,
    policy: &'s Policy,
    reader: Reader<'s>,
    states: Vec<StateNode>,
    pending: Vec<Pending<'s>>,
    groups: Vec<Group<'s>>,
    /// Group of each pending pod.
    group_of: Vec<usize>,
    daemons: Vec<Daemon<'s>>,
    findings: Vec<Finding>,
}

impl<'s> Assembly<'s> {
    /// Chooses the pods and groups them.
    pub(super) fn new(snapshot: &'s Snapshot, policy: &'s Policy) -> Self {
        let states = state_nodes(snapshot);
        let pending = pending::pending(snapshot, &states);
        let (groups, group_of) = shapes::group(&pending);
        Self {
            snapshot,
            policy,
            reader: Reader::new(&snapshot.vocabulary),
            states,
            pending,
            groups,
            group_of,
            daemons: Daemon::all(snapshot),
            findings: Vec::new(),
        }
    }

    /// Everything else.
    pub(super) fn finish(mut self) -> Problem {
        let axis = Axis::of(
            self.groups
                .iter()
                .map(|group| &group.pod.spec.requests)
                .chain(self.daemons.iter().map(Daemon::requests)),
        );
        let mut forms = Forms::new(Algebra::new(Arc::new(self.names())));
        let reader = self.reader;
        let daemons: Vec<ReadDaemon> =
            self.daemons.iter().map(|daemon| daemon.read(reader, &mut forms)).collect();
        let usage = nodes::usage(&self.states);
        let pools = PoolReader {
            snapshot: self.snapshot,
            reader: self.reader,
            axis: &axis,
            daemons: &daemons,
            usage: &usage,
            findings: &mut self.findings,
        }
        .read(&mut forms);
        let load = Load::of(self.snapshot);
        let nodes = nodes::read(&self.states, &load, &daemons, (self.reader, &axis), &mut forms);
        unsupported::soft(&self.groups, self.policy, &mut self.findings);
        unsupported::objects(self.snapshot, self.policy, &mut self.findings);
        let mut requests = Requests::new(&axis);
        let mut shapes = Shapes::default();
        let firsts =
            self.first_rungs(&mut forms, (&axis, &mut requests), &mut shapes, pools.has_dynamic);
        let pods: Table<PodIx, Arc<Pod>> =
            Table::from_rows(self.pending.iter().map(|pending| Arc::clone(pending.pod)).collect());
        let (mut rungs, mut refused, mut wanted) = (Table::default(), Vec::new(), Vec::new());
        for (pod, &group) in pods.ids().zip(&self.group_of) {
            match firsts.get(group) {
                Some(Ok(rung)) => {
                    rungs.push(Some(*rung));
                    wanted.push((pod, forms.classes[forms.rungs[*rung].class].request));
                }
                Some(Err(reason)) => {
                    rungs.push(None);
                    refused.push((pod, reason.clone()));
                }
                None => {
                    rungs.push(None);
                }
            }
        }
        let queue = queue::order(&pods, &wanted, (&axis, &requests));
        Problem {
            now: self.snapshot.now,
            vocabulary: self.snapshot.vocabulary.clone(),
            pods,
            rungs,
            refused,
            queue,
            shapes: shapes.rows,
            forms,
            axis,
            requests,
            pools,
            nodes,
            max_instance_types: self.policy.max_instance_types.max(1),
            findings: self.findings,
        }
    }

    /// Keys and values that anybody demands.
    fn names(&self) -> Names {
        let mut collector = Names::collector();
        let reader = self.reader;
        for group in &self.groups {
            shapes::note(reader, &mut collector, &group.pod.spec);
        }
        self.daemons.iter().for_each(|daemon| daemon.note(reader, &mut collector));
        let used: Vec<&Arc<NodePool>> = pools::ordered(self.snapshot)
            .into_iter()
            .filter(|pool| pools::excluded(self.snapshot, pool).is_none())
            .collect();
        for pool in &used {
            pools::note(reader, &mut collector, pool);
        }
        let mut lists: Vec<_> =
            used.iter().filter_map(|pool| self.snapshot.instance_types.get(&pool.name)).collect();
        lists.sort_by_key(|list| Arc::as_ptr(list));
        lists.dedup_by_key(|list| Arc::as_ptr(list));
        let kinds = || lists.iter().flat_map(|list| list.iter());
        for requirement in kinds()
            .flat_map(|kind| &kind.offerings)
            .flat_map(|offering| offering.requirements.iter())
        {
            reader.note(&mut collector, requirement);
        }
        for requirement in kinds().flat_map(|kind| kind.requirements.iter()) {
            reader.note_offer(&mut collector, requirement);
        }
        for state in self.states.iter().filter(|state| !state.deleting) {
            reader.note_offered_labels(&mut collector, &state.labels);
        }
        pools::note_simulated(reader, &mut collector);
        collector.finish(self.reader.vocabulary())
    }

    /// The first rung of each group, or why it is refused.
    fn first_rungs(
        &self,
        forms: &mut Forms,
        (axis, requests): (&Axis, &mut Requests),
        shapes: &mut Shapes,
        has_dynamic: bool,
    ) -> Vec<Result<RungId, Reason>> {
        let shape_reader = ShapeReader { reader: self.reader, axis, policy: self.policy };
        let rejecting = Rejecting::new(self.snapshot, &self.pending);
        let mut first_of: Table<_, RungId> = Table::default();
        self.groups
            .iter()
            .map(|group| {
                if let Some(reason) = shapes::refusal(group, self.reader.vocabulary(), &rejecting) {
                    return Err(reason);
                }
                if !has_dynamic {
                    return Err(Reason::NoDynamicPool);
                }
                let shape = shape_reader.shape(&group.pod.spec, forms, requests);
                let shape = shapes.intern(shape);
                if first_of.get(shape).is_none() {
                    first_of.push(forms.first_rung(shape, &shapes.rows[shape]));
                }
                Ok(first_of[shape])
            })
            .collect()
    }
}
