//! Pools as templates of machines to buy, in the order in which they are tried; not machines.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{
    algebra::{Algebra, SetId},
    bits::Bits,
    catalog::{Catalog, CatalogIx, PositionIx},
    daemons::{self, ReadDaemon},
    forms::Forms,
    names::Collector,
    reader::Reader,
    reservations::{Reservations, Supply},
    resource::Axis,
    sizes::{Sizes, SizesIx},
    table::{Id, Table, id_types},
    tolerance::TaintsId,
    topology::Universe,
};
use crate::{
    explain::Reason,
    model::{
        Effect, Finding, InstanceType, NodePool, NodePoolName, Requirement, ResourceName,
        Resources, Severity, label,
    },
    policy::MinValuesPolicy,
    snapshot::Snapshot,
};

id_types! {
    /// A pool that can make machines, in the order in which they are tried.
    TemplateIx;
}

/// A pool that can make machines.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    /// The pool.
    pub(crate) pool: Arc<NodePool>,
    /// What a machine will be, before any pod is on it.
    pub(crate) set: SetId,
    /// Taints; startup taints don't count.
    pub(crate) taints: TaintsId,
    /// Its types.
    pub(crate) catalog: CatalogIx,
    /// Their sizes under its daemons.
    pub(crate) sizes: SizesIx,
    /// Types that meet the pool's own requirements.
    pub(crate) options: Bits,
    /// What is left of its limits.
    pub(crate) limits: Vec<Limit>,
}

/// What is left of one limit of a pool.
#[derive(Clone, Debug)]
pub(crate) struct Limit {
    /// The resource.
    pub(crate) resource: ResourceName,
    /// What is left when the solve begins; may be negative.
    pub(crate) remaining: i64,
    /// What a machine takes of it, by position.
    pub(crate) capacity: Vec<i64>,
    /// Positions, those that take most first.
    pub(crate) by_capacity: Vec<PositionIx>,
}

/// A pool in the order in which they are tried.
#[derive(Clone, Debug)]
pub(crate) enum PoolEntry {
    /// It can make machines.
    Template(TemplateIx),
    /// It can't, for this reason.
    Refused(NodePoolName, Box<Reason>),
}

/// All pools.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pools {
    /// In the order in which they are tried.
    pub(crate) entries: Vec<PoolEntry>,
    /// Those that can make machines.
    pub(crate) templates: Table<TemplateIx, Template>,
    /// Types.
    pub(crate) catalogs: Table<CatalogIx, Catalog>,
    /// Their sizes.
    pub(crate) sizes: Table<SizesIx, Sizes>,
    /// Whether any pool is ready to make machines for pods, with types or without.
    pub(crate) has_dynamic: bool,
}

/// Pools by weight, heaviest first, equal ones by name, the last first; static ones make no machines for pods and are left out.
pub(super) fn ordered(snapshot: &Snapshot) -> Vec<&Arc<NodePool>> {
    let mut pools: Vec<&Arc<NodePool>> =
        snapshot.node_pools.iter().filter(|pool| !pool.is_static()).collect();
    pools.sort_by(|a, b| (b.weight, &b.name).cmp(&(a.weight, &a.name)));
    pools
}

/// Why a pool is not used at all, whatever its types.
pub(super) fn excluded(snapshot: &Snapshot, pool: &NodePool) -> Option<Reason> {
    let because = |finding: &str| Some(Reason::PoolExcluded { finding: finding.to_owned() });
    if let Some(finding) = snapshot.excluded_pools.get(&pool.name) {
        return because(finding);
    }
    if pool.deleting_since.is_some() {
        return because("pool-deleting");
    }
    if !pool.is_ready() {
        return because("pool-not-ready");
    }
    None
}

/// Notes what a pool demands.
pub(super) fn note(reader: Reader<'_>, collector: &mut Collector, pool: &NodePool) {
    reader.note_entries(collector, &pool.template.requirements);
    for requirement in own_labels(pool) {
        reader.note(collector, &requirement);
    }
}

/// What every machine of a pool carries beside the requirements that are written in it.
fn own_labels(pool: &NodePool) -> Vec<Requirement> {
    let class = &pool.template.node_class;
    let mut labels: Vec<Requirement> = pool
        .template
        .labels
        .iter()
        .map(|(key, value)| Requirement::equals(key, value.as_str()))
        .collect();
    labels.push(Requirement::equals(label::NODE_POOL, pool.name.as_str()));
    if !class.kind.is_empty() {
        labels.push(Requirement::equals(&class.label_key(), class.name.as_str()));
    }
    labels
}

/// What pools are read with.
pub(super) struct PoolReader<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) reader: Reader<'a>,
    pub(super) axis: &'a Axis,
    pub(super) daemons: &'a [ReadDaemon],
    pub(super) usage: &'a FxHashMap<NodePoolName, Resources>,
    pub(super) findings: &'a mut Vec<Finding>,
    pub(super) min_values: MinValuesPolicy,
    pub(super) reservations: &'a Reservations,
    /// Domains that pools can reach.
    pub(super) universe: &'a mut Universe,
}

impl PoolReader<'_> {
    /// Reads all pools.
    pub(super) fn read(mut self, forms: &mut Forms) -> Pools {
        let mut pools = Pools::default();
        let mut catalogs: FxHashMap<*const [Arc<InstanceType>], CatalogIx> = FxHashMap::default();
        for pool in ordered(self.snapshot) {
            if let Some(reason) = excluded(self.snapshot, pool) {
                pools.entries.push(PoolEntry::Refused(pool.name.clone(), Box::new(reason)));
                continue;
            }
            pools.has_dynamic = true;
            forms.has_soft_taints |=
                pool.template.taints.iter().any(|taint| taint.effect == Effect::PreferNoSchedule);
            let types: Arc<[Arc<InstanceType>]> =
                self.snapshot.instance_types.get(&pool.name).cloned().unwrap_or_default();
            let catalog = *catalogs.entry(Arc::as_ptr(&types)).or_insert_with(|| {
                pools.catalogs.push(Catalog::new(
                    &types,
                    (self.reader, self.reservations),
                    &mut forms.algebra,
                ))
            });
            let entry = match self.template(pool, catalog, &mut pools, forms) {
                Ok(template) => PoolEntry::Template(pools.templates.push(template)),
                Err(reason) => PoolEntry::Refused(pool.name.clone(), reason),
            };
            pools.entries.push(entry);
        }
        pools
    }

    fn template(
        &mut self,
        pool: &Arc<NodePool>,
        catalog: CatalogIx,
        pools: &mut Pools,
        forms: &mut Forms,
    ) -> Result<Template, Box<Reason>> {
        let taints = forms.tolerance.taints(&pool.template.taints);
        let set = self.set(pool, &mut forms.algebra);
        let types = &pools.catalogs[catalog];
        if !types.types().is_empty() {
            for key in self.universe.keys.clone() {
                self.universe.add(key, taints, types.domains(&forms.algebra, set, key));
            }
        }
        self.check(pool, types)?;
        let (groups, overheads) = daemons::groups(self.daemons, (set, taints), types, forms);
        let known = pools
            .sizes
            .iter()
            .find(|(_, sizes)| sizes.is_of(catalog, &groups, &overheads))
            .map(|(id, _)| id);
        let sizes = known.unwrap_or_else(|| {
            pools.sizes.push(Sizes::new((catalog, types), self.axis, groups, overheads))
        });
        // Daemons are not looked at here: a pool whose daemons fill every type still has types.
        let mut options = types.sound();
        for &(_, req) in forms.algebra.entries(set) {
            options.intersect(types.with(&forms.algebra, req).words());
        }
        options.intersect(types.offered(&forms.algebra, set).words());
        if options.is_empty() {
            return Err(Box::new(Reason::NoTypesInPool));
        }
        if self.min_values == MinValuesPolicy::Strict
            && let Some((key, demanded, there)) =
                types.unmet_minimum(&forms.algebra, set, options.words())
        {
            let key = forms.algebra.names().of(key).name.to_string();
            return Err(Box::new(Reason::MinValues { key, demanded, there }));
        }
        let limits = self.limits(pool, types);
        Ok(Template { pool: Arc::clone(pool), set, taints, catalog, sizes, options, limits })
    }

    /// Refuses what can't be read or is not decided on yet.
    fn check(&mut self, pool: &NodePool, catalog: &Catalog) -> Result<(), Box<Reason>> {
        let entries = &pool.template.requirements;
        let vocabulary = self.reader.vocabulary();
        if let Some(entry) =
            entries.iter().find(|entry| vocabulary.canonical_key(&entry.key) == label::HOSTNAME)
        {
            return Err(Box::new(Reason::RestrictedLabel { key: entry.key.clone() }));
        }
        let kinds = catalog.types().iter();
        let mut available =
            kinds.flat_map(|kind| &kind.offerings).filter(|offering| offering.available);
        if available.any(|offering| self.reservations.supply(offering) == Supply::Nameless) {
            let message =
                "an offering of reserved capacity names no reservation; it is left unused";
            let object = format!("NodePool {}", pool.name);
            let code = "reservation-nameless";
            self.findings.push(Finding::new(code, Severity::Warning, object, message));
        }
        Ok(())
    }

    fn set(&self, pool: &NodePool, algebra: &mut Algebra) -> SetId {
        let mut set = self.reader.entries(algebra, &pool.template.requirements);
        for requirement in own_labels(pool).into_iter().chain(simulated()) {
            if let Some(req) = self.reader.requirement(algebra, &requirement) {
                set = algebra.with(set, req);
            }
        }
        algebra.offered(set)
    }

    fn limits(&self, pool: &NodePool, catalog: &Catalog) -> Vec<Limit> {
        let nothing = Resources::new();
        let used = self.usage.get(&pool.name).unwrap_or(&nothing);
        let limits = pool.limits.as_ref().unwrap_or(&nothing);
        limits
            .iter()
            .map(|(resource, limit)| {
                let amount = |position| {
                    let capacity =
                        catalog.kind(position).map(|kind| kind.capacity.amount(resource));
                    capacity.unwrap_or(0)
                };
                let capacity: Vec<i64> = catalog.positions().ids().map(amount).collect();
                let mut by_capacity: Vec<PositionIx> = catalog.positions().ids().collect();
                by_capacity.sort_by_key(|&position| {
                    std::cmp::Reverse(capacity.get(position.index()).copied())
                });
                Limit {
                    resource: resource.clone(),
                    remaining: limit.saturating_sub(used.amount(resource)),
                    capacity,
                    by_capacity,
                }
            })
            .collect()
    }
}

/// Labels that every machine will carry, but no request for one: daemons may select by them.
pub(crate) const SIMULATED: [&str; 2] = [label::INITIALIZED, label::REGISTERED];

fn simulated() -> impl Iterator<Item = Requirement> {
    SIMULATED.into_iter().map(|key| Requirement::equals(key, "true"))
}

/// Notes the values of labels that are only simulated.
pub(super) fn note_simulated(reader: Reader<'_>, collector: &mut Collector) {
    for requirement in simulated() {
        reader.note_offer(collector, &requirement);
    }
}
