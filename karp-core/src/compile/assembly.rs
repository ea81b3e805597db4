//! The steps of a compile, in order; not the steps themselves.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{
    algebra::Algebra,
    attachments::{AttachedId, AttachmentReader, Attachments},
    daemons::{Daemon, ReadDaemon},
    forms::{Forms, RungId, ShapeId},
    going::Going,
    names::{KeyId, Names},
    nodes::{self, Load, NodePlace, Nodes},
    pending::{self, Pending},
    pools::{self, PoolReader, Pools},
    ports::Ports,
    problem::{Origin, PodIx, Problem},
    queue,
    reader::Reader,
    removals::Removals,
    reservations::Reservations,
    residents::{self, Residents},
    resource::{Axis, Requests},
    shapes::{self, Group, ShapeReader, Shapes},
    storage::{BadVolume, Mount, Storage},
    table::{Id, Table},
    topology::{Groups, ShapeTerms, TermReader},
    volumes::{Volumes, VolumesId},
};
use crate::{
    explain::Reason,
    model::{Finding, NodePool, Pod, PodSpec},
    policy::Policy,
    snapshot::{Snapshot, StateNode, state_nodes},
};

/// What the steps of a compile share.
pub(super) struct Assembly<'s> {
    snapshot: &'s Snapshot,
    policy: &'s Policy,
    going: &'s Going<'s>,
    reader: Reader<'s>,
    states: Vec<StateNode>,
    /// Machines that take no pods of removed nodes.
    shielded: Vec<bool>,
    pending: Vec<Pending<'s>>,
    groups: Vec<Group<'s>>,
    /// Group of each pending pod.
    group_of: Vec<usize>,
    /// Volumes of each group, or what is wrong with them.
    mounts: Vec<Result<Vec<Mount<'s>>, BadVolume>>,
    storage: Storage<'s>,
    daemons: Vec<Daemon<'s>>,
    /// Bound pods that keep others away.
    rejecting: Vec<&'s Arc<Pod>>,
    findings: Vec<Finding>,
}

impl<'s> Assembly<'s> {
    /// Chooses the pods and groups them.
    pub(super) fn new(snapshot: &'s Snapshot, policy: &'s Policy, going: &'s Going<'s>) -> Self {
        let mut states = state_nodes(snapshot);
        for state in &mut states {
            state.deleting |= going.takes(state);
        }
        let shielded = states.iter().map(|state| going.shielded.contains(&*state.name)).collect();
        let pending = pending::pending(snapshot, &states, going);
        let (groups, group_of) = shapes::group(&pending);
        let storage = Storage::of(snapshot, &policy.volumes);
        let vocabulary = &snapshot.vocabulary;
        let mounts =
            groups.iter().map(|group| storage.mounts(group.pod, group.is_running(), vocabulary));
        Self {
            snapshot,
            policy,
            going,
            reader: Reader::new(&snapshot.vocabulary),
            states,
            shielded,
            pending,
            mounts: mounts.collect(),
            storage,
            groups,
            group_of,
            daemons: Daemon::all(snapshot, policy),
            rejecting: residents::rejecting(snapshot),
            findings: Vec::new(),
        }
    }

    /// Everything else.
    pub(super) fn finish(mut self) -> Problem {
        let axis = self.axis();
        let mut forms = Forms::new(Algebra::new(Arc::new(self.names())));
        let mut groups = Groups::default();
        groups.universe.keys = self.topology_keys(forms.algebra.names());
        let reader = self.reader;
        let daemons: Vec<ReadDaemon> =
            self.daemons.iter().map(|daemon| daemon.read(reader, &mut forms)).collect();
        let reservations = Reservations::of(self.snapshot, self.policy);
        let usage = nodes::usage(&self.states);
        let pools = PoolReader {
            snapshot: self.snapshot,
            reader,
            axis: &axis,
            daemons: &daemons,
            usage: &usage,
            findings: &mut self.findings,
            min_values: self.policy.min_values,
            reservations: &reservations,
            universe: &mut groups.universe,
        }
        .read(&mut forms);
        let load = Load::of(self.snapshot);
        let states = (self.states.as_slice(), self.shielded.as_slice());
        let nodes = nodes::read(states, &load, &daemons, (reader, &axis), &mut forms);
        let mut requests = Requests::new(&axis);
        let mut ports = Ports::default();
        let (volumes, volumes_of) = self.volumes(&mut forms);
        let refusals = self.refusals(pools.has_dynamic, &volumes_of);
        let tables = (&axis, &mut requests, &mut ports);
        let shapes =
            self.shapes((&refusals, &volumes_of), tables, &nodes, (&mut forms, &mut groups));
        let ShapesRead { rungs: firsts, residents } = shapes;
        groups.index_counting();
        let starts = residents.count(&groups, &mut forms);
        let (pods, rungs) = self.rows(&firsts);
        let of_pod = |(pod, &group): (PodIx, &usize)| Some((pod, refusals.get(group)?.clone()?));
        let refused = pods.ids().zip(&self.group_of).filter_map(of_pod).collect();
        let request = |rung: RungId| forms.classes[forms.rungs[rung].class].request;
        let wanted: Vec<_> =
            rungs.iter().filter_map(|(pod, rung)| Some((pod, request((*rung)?)))).collect();
        let mut queue = queue::order(&pods, &wanted, (&axis, &requests));
        let tables = (&mut groups, &mut forms);
        let removals = self.removals(&nodes, &residents, tables, (&pools, &mut queue));
        let attachments = self.attachments(&load, &nodes);
        Problem {
            now: self.snapshot.now,
            vocabulary: self.snapshot.vocabulary.clone(),
            pods,
            rungs,
            origins: Table::from_rows(self.pending.iter().map(|own| own.origin).collect()),
            refused,
            queue,
            removals,
            forms,
            axis,
            requests,
            pools,
            nodes,
            ports,
            volumes,
            attachments,
            groups,
            starts,
            reservations,
            policy: self.policy.clone(),
            findings: self.findings,
        }
    }

    /// The pods, and what each asks for; `firsts` says what groups ask for.
    fn rows(
        &self,
        firsts: &[Option<RungId>],
    ) -> (Table<PodIx, Arc<Pod>>, Table<PodIx, Option<RungId>>) {
        let pods = self.pending.iter().map(|pending| Arc::clone(pending.pod));
        let rungs = self.group_of.iter().map(|&group| firsts.get(group).copied().flatten());
        (Table::from_rows(pods.collect()), Table::from_rows(rungs.collect()))
    }

    /// Resources that somebody asks for.
    fn axis(&self) -> Axis {
        let of_pods = self.groups.iter().map(|group| &group.pod.spec.requests);
        Axis::of(of_pods.chain(self.daemons.iter().map(Daemon::requests)))
    }

    /// Where the volumes of each group can be used.
    fn volumes(&self, forms: &mut Forms) -> (Volumes, Vec<Result<VolumesId, BadVolume>>) {
        let mut volumes = Volumes::default();
        let read = |mounts: &Result<Vec<Mount<'_>>, BadVolume>| {
            volumes.read(mounts.as_ref().map_err(Clone::clone)?, self.reader, &mut forms.algebra)
        };
        let of_groups = self.mounts.iter().map(read).collect();
        (volumes, of_groups)
    }

    /// Why groups are refused whatever there is.
    fn refusals(
        &self,
        has_dynamic: bool,
        volumes: &[Result<VolumesId, BadVolume>],
    ) -> Vec<Option<Reason>> {
        let of_group = |(group, volumes): (&Group<'_>, &Result<VolumesId, BadVolume>)| {
            let invalid = shapes::refusal(group, self.reader.vocabulary(), self.policy);
            invalid
                .or_else(|| volumes.as_ref().err().cloned().map(Reason::from))
                .or_else(|| (!has_dynamic).then_some(Reason::NoDynamicPool))
        };
        self.groups.iter().zip(volumes).map(of_group).collect()
    }

    fn origin(&self, pod: PodIx) -> Origin {
        self.pending.get(pod.index()).map_or(Origin::Waits, |pending| pending.origin)
    }

    /// What is needed to tell what follows when nodes go; pods that only go with them leave the queue.
    fn removals(
        &self,
        nodes: &Nodes,
        residents: &Residents<'s>,
        (groups, forms): (&mut Groups, &mut Forms),
        (pools, queue): (&Pools, &mut Vec<PodIx>),
    ) -> Removals {
        if !self.going.any_may_go {
            return Removals::default();
        }
        let shares = residents.shares(&self.pending, groups, forms);
        let no_taints = forms.tolerance.taints(&[]);
        let lasting = |&key: &KeyId| (key, groups.universe.untainted(key, no_taints));
        let domains = groups.node_domains(&forms.algebra).collect();
        groups.lasting_domains = groups.universe.keys.iter().map(lasting).collect();
        let by_name: FxHashMap<&str, &StateNode> =
            self.states.iter().map(|state| (&*state.name, state)).collect();
        let state = |place: &NodePlace| by_name.get(place.name.as_str()).copied();
        let states = nodes.places.rows().iter().map(state);
        let of_pod = |(at, pending): (usize, &Pending<'s>)| {
            let is_moved = pending.origin == Origin::IsMoved;
            Some((PodIx::at(at), pending.pod.status.node.as_ref().filter(|_| is_moved)?))
        };
        let homes = self.pending.iter().enumerate().filter_map(of_pod);
        let removals = Removals::new(states, homes, (shares, domains), (pools, queue));
        queue.retain(|&pod| self.origin(pod) != Origin::IsMoved);
        removals
    }

    /// Volume limits of machines, and the volumes of each pod.
    fn attachments(&self, load: &Load<'s>, nodes: &Nodes) -> Attachments {
        let mut reader = AttachmentReader::new(self.snapshot);
        let by_name: FxHashMap<&str, &StateNode> =
            self.states.iter().map(|state| (&*state.name, state)).collect();
        let staying = nodes
            .places
            .rows()
            .iter()
            .filter_map(|place| by_name.get(place.name.as_str()).copied());
        reader.nodes(staying, (self.snapshot, load, &self.storage));
        let lists: Vec<AttachedId> = self
            .groups
            .iter()
            .zip(&self.mounts)
            .map(|(group, mounts)| {
                let mounts = mounts.as_ref().map_or(&[][..], Vec::as_slice);
                reader.list(group.pod.id.namespace(), mounts)
            })
            .collect();
        reader.finish(self.group_of.iter().filter_map(|&group| lists.get(group).copied()))
    }

    /// The ladders of all groups that are not refused, and the pods that stay.
    fn shapes(
        &self,
        (refusals, volumes): (&[Option<Reason>], &[Result<VolumesId, BadVolume>]),
        (axis, requests, ports): (&Axis, &mut Requests, &mut Ports),
        nodes: &Nodes,
        (forms, groups): (&mut Forms, &mut Groups),
    ) -> ShapesRead<'s> {
        let term_reader = TermReader {
            reader: self.reader,
            namespaces: &self.snapshot.namespaces,
            preferences: self.policy.preferences,
        };
        let wanted =
            || self.groups.iter().zip(refusals).map(|(group, refusal)| (group, refusal.is_none()));
        let terms: Vec<ShapeTerms> = wanted()
            .map(|(group, is_wanted)| {
                if is_wanted {
                    term_reader.read(group.pod, forms.algebra.names(), &mut groups.terms)
                } else {
                    ShapeTerms::default()
                }
            })
            .collect();
        let residents = self.residents(&term_reader, nodes, forms, groups);
        let shape_reader = ShapeReader { reader: self.reader, axis, policy: self.policy };
        let mut shapes = Shapes::default();
        let of_group: Vec<Option<ShapeId>> = wanted()
            .zip(terms)
            .zip(volumes)
            .map(|(((group, is_wanted), terms), volumes)| {
                let labels = groups.classes.class(group.pod.id.namespace(), &group.pod.labels);
                let volumes = volumes.as_ref().copied().unwrap_or_else(|_| Volumes::none());
                let terms = (terms, labels, volumes);
                let mut shape = is_wanted
                    .then(|| shape_reader.shape(group, terms, forms, (requests, ports)))?;
                shape.rejects_in =
                    groups.rejections_of(&shape.terms, (&forms.algebra, &mut forms.tolerance));
                Some(shapes.intern(shape))
            })
            .collect();
        groups.index_rejecting();
        let ladders: Table<ShapeId, RungId> = Table::from_rows(
            shapes.rows.rows().iter().map(|shape| forms.ladder(shape, groups)).collect(),
        );
        let rungs = of_group.into_iter().map(|shape| shape.map(|shape| ladders[shape])).collect();
        ShapesRead { rungs, residents }
    }

    /// The pods that stay, if anybody asks about other pods.
    fn residents(
        &self,
        reader: &TermReader<'_>,
        nodes: &Nodes,
        forms: &mut Forms,
        groups: &mut Groups,
    ) -> Residents<'s> {
        if groups.terms.is_empty() && self.rejecting.is_empty() {
            return Residents::none();
        }
        let staying = residents::staying(self.snapshot, &self.pending, self.going);
        let stations = nodes::stations(&self.states, nodes, self.reader, forms);
        let by_name =
            stations.iter().enumerate().map(|(index, (name, _))| (*name, index)).collect();
        groups.stations = stations.into_iter().map(|(_, station)| station).collect();
        Residents::read(&staying, &by_name, reader, (forms, groups))
    }

    /// Labels over whose values pods are spread, kept near or away.
    fn topology_keys(&self, names: &Names) -> Vec<KeyId> {
        let mut keys: Vec<KeyId> = self
            .specs_with_terms()
            .flat_map(shapes::topology_keys)
            .filter_map(|key| names.key(self.reader.vocabulary().canonical_key(key)))
            .collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// Specs whose constraints about other pods matter: of pods that look for a place, and of those that may reject them.
    fn specs_with_terms(&self) -> impl Iterator<Item = &'s PodSpec> + use<'s, '_> {
        let pending = self.groups.iter().map(|group| group.pod);
        pending.chain(self.rejecting.iter().copied()).map(|pod| pod.spec.as_ref())
    }

    /// Keys and values that anybody demands.
    fn names(&self) -> Names {
        let mut collector = Names::collector();
        let reader = self.reader;
        for group in &self.groups {
            shapes::note(reader, &mut collector, &group.pod.spec);
        }
        for mount in self.mounts.iter().flatten().flatten() {
            mount.note(reader, &mut collector);
        }
        for key in self.specs_with_terms().flat_map(shapes::topology_keys) {
            collector.key(reader.vocabulary().canonical_key(key));
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
        // Pods that stay on a leaving node count in its domains, too.
        for state in &self.states {
            reader.note_offered_labels(&mut collector, &state.labels);
        }
        pools::note_simulated(reader, &mut collector);
        collector.finish(self.reader.vocabulary())
    }
}

/// What reading the shapes yields.
struct ShapesRead<'s> {
    /// The first rung of each group that is not refused.
    rungs: Vec<Option<RungId>>,
    residents: Residents<'s>,
}
