//! Which pods may change their machine without anybody noticing: what they ask of others and others of them; not where they go.

use rustc_hash::FxHashMap;

use crate::compile::{
    PodIx, Problem,
    algebra::{SetId, Undefined},
    bits::Bits,
    forms::{Class, Facet, Forms, Rung, RungId},
    pools::{Template, TemplateIx},
    ports::Ports,
    table::Id,
    topology::{GroupId, Kind, Scope, Topology},
    volumes::Volumes,
};

/// Groups that count pods by machine, of which one machine takes so many.
type Company = Vec<(GroupId, u64)>;

/// What is known of pods.
///
/// Between machines of one pool that are the same set of requirements, a pod's labels, taints, zone and whatever else is written in that set are the same,
/// and so are all counts over them. What can differ is what a machine itself counts: pods by host name, host ports, volumes. Pods with ports or volumes, or
/// that are drawn to others on one machine, are therefore left where they are. Pods that are spread or kept apart over machines, themselves among those
/// counted, may move as long as no machine has more of them than such a pod accepts.
pub(super) struct Freedom<'p> {
    problem: &'p Problem,
    company: FxHashMap<RungId, Option<Company>>,
    homes: FxHashMap<RungId, Vec<TemplateIx>>,
}

impl<'p> Freedom<'p> {
    /// Nothing known yet.
    pub(super) fn new(problem: &'p Problem) -> Self {
        Self { problem, company: FxHashMap::default(), homes: FxHashMap::default() }
    }

    /// Whether a pod may move between machines of `template`, and in what company; none when it may not.
    pub(super) fn of(
        &mut self,
        pod: PodIx,
        template: TemplateIx,
        forms: &mut Forms,
    ) -> Option<&Company> {
        let problem = self.problem;
        let first = problem.rungs[pod]?;
        // A machine is opened in the first pool that can, for whichever pod comes first.
        let homes = self.homes.entry(first).or_insert_with(|| {
            let templates = problem.pools.templates.ids();
            templates.filter(|id| takes(problem, forms, (first, *id), None)).collect()
        });
        if homes.first().is_some_and(|home| *home < template) {
            return None;
        }
        let company = self.company.entry(first);
        company.or_insert_with(|| company_of(problem, first)).as_ref()
    }
}

/// What a pod asks for, nothing given up and then more and more.
pub(super) fn classes(problem: &Problem, first: RungId) -> impl Iterator<Item = Class> {
    let next = |rung: &Rung| rung.next.map(|next| problem.forms.rungs[next]);
    let rungs = std::iter::successors(Some(problem.forms.rungs[first]), next);
    rungs.map(|rung| problem.forms.classes[rung.class])
}

fn company_of(problem: &Problem, first: RungId) -> Option<Company> {
    let mut company = Company::new();
    for class in classes(problem, first) {
        let facet = problem.forms.facets[class.facet];
        if class.ports != Ports::none() || facet.volumes != Volumes::none() {
            return None;
        }
        on_machines(problem, &problem.groups.topologies[class.topology], &mut company)?;
    }
    company.sort_unstable();
    company.dedup();
    Some(company)
}

/// Adds the groups that count a class by machine; none when one machine is not like another for it.
fn on_machines(problem: &Problem, topology: &Topology, company: &mut Company) -> Option<()> {
    let groups = &problem.groups;
    let counting = topology.labels.and_then(|labels| groups.counting.get(labels));
    let counting = counting.into_iter().flatten().chain(&topology.rejects_in).copied();
    let counting: Vec<GroupId> =
        counting.filter(|id| matches!(groups.rows[*id].scope, Scope::Host)).collect();
    for &id in &counting {
        let group = &groups.rows[id];
        match group.kind {
            Kind::Affinity => return None,
            Kind::Anti => company.push((id, 1)),
            Kind::Spread => company.push((id, u64::from(group.max_skew))),
        }
    }
    // Who asks about pods without being one of them can't be told from the number of them alone.
    topology.hosts.iter().all(|slot| counting.contains(&slot.group)).then_some(())
}

/// Whether a new machine of a pool, or one that is `set`, would take a pod in any of its forms, as far as labels, taints and size go.
pub(super) fn takes(
    problem: &Problem,
    forms: &mut Forms,
    (first, id): (RungId, TemplateIx),
    set: Option<SetId>,
) -> bool {
    let template = &problem.pools.templates[id];
    let offered = set.unwrap_or(template.set);
    classes(problem, first).any(|class| {
        let facet = problem.forms.facets[class.facet];
        is_met(forms, &facet, (offered, template))
            && has_room(problem, forms, (&class, offered), template)
    })
}

fn is_met(forms: &mut Forms, facet: &Facet, (set, template): (SetId, &Template)) -> bool {
    forms.tolerance.tolerates(facet.tolerations, template.taints)
        && facet.host.is_none_or(|host| forms.algebra.admits_new_name(host))
        && forms.algebra.compatible(set, facet.full, Undefined::AllowWellKnown)
}

fn has_room(
    problem: &Problem,
    forms: &mut Forms,
    (class, set): (&Class, SetId),
    template: &Template,
) -> bool {
    let full = problem.forms.facets[class.facet].full;
    let joined = forms.algebra.join(set, full);
    let options = options(problem, forms, joined, template);
    let sizes = &problem.pools.sizes[template.sizes];
    let request = problem.requests.of(class.request);
    options.iter().map(Id::at).any(|position| {
        let ladders = sizes.ladders().rows().iter().zip(request);
        let mut asked = ladders.filter(|(_, amount)| **amount > 0);
        asked.all(|(ladder, amount)| ladder.effective(position) >= *amount)
    })
}

/// Positions that an empty machine of a pool can be when it is `set`.
pub(super) fn options(problem: &Problem, forms: &Forms, set: SetId, template: &Template) -> Bits {
    let catalog = &problem.pools.catalogs[template.catalog];
    let mut options = template.options.clone();
    options.intersect(problem.pools.sizes[template.sizes].usable().words());
    options.intersect(catalog.offered(&forms.algebra, set).words());
    for &(_, req) in forms.algebra.entries(set) {
        options.intersect(catalog.with(&forms.algebra, req).words());
    }
    options
}
