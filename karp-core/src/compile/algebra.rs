//! Requirements and sets of them as numbers, with their intersections remembered; not what demands them.
//!
//! The rules are those of [`Requirement`](crate::model::Requirement), on bits instead of texts: equal requirements have equal
//! ids, so that comparing and remembering cost nothing.

use std::{
    hash::{Hash, Hasher},
    sync::Arc,
};

use rustc_hash::{FxHashMap, FxHasher};
use smallvec::SmallVec;

use super::{
    bits,
    names::{KeyId, Names, ValueId},
    table::{Id, Table, id_types},
};
use crate::model::{Operator, Requirement};

id_types! {
    /// A requirement on one key.
    ReqId;
    /// A set of requirements on different keys.
    SetId;
}

/// Which labels of one key are allowed.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Req {
    /// The key.
    pub(crate) key: KeyId,
    /// Whether `values` are excluded rather than allowed.
    pub(crate) complement: bool,
    /// Least number allowed.
    pub(crate) gte: Option<i64>,
    /// Greatest number allowed.
    pub(crate) lte: Option<i64>,
    /// Whether a value is demanded although none is left, or only excluded ones are listed: a place without the label does not meet that.
    pub(crate) must_exist: bool,
    /// How many different values must stay available.
    pub(crate) min_values: Option<u32>,
    /// Bits of the listed values; without trailing zero words, so that equal means equal.
    pub(crate) values: SmallVec<[u64; 2]>,
}

impl Req {
    /// Whether it is met by a label that is absent: `NotIn` or `DoesNotExist`, and nothing joined with it asks for a value.
    pub(crate) fn is_soft(&self) -> bool {
        !self.must_exist && self.hides_demand()
    }

    /// Whether a value is demanded and none is left.
    pub(crate) fn is_void(&self) -> bool {
        self.must_exist && !self.complement
    }

    /// Whether what is listed does not tell if a value is demanded.
    fn hides_demand(&self) -> bool {
        self.complement == bits::any(&self.values)
    }

    fn trim(mut self) -> Self {
        while self.values.last() == Some(&0) {
            self.values.pop();
        }
        self
    }
}

/// Whether a demand on a well-known key is met by a side that does not mention the key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Undefined {
    /// It is: machines that are to be bought.
    AllowWellKnown,
    /// It is not: machines that are there.
    Refuse,
}

/// A key and the requirement on it.
pub(crate) type Entry = (KeyId, ReqId);

/// Interned requirements and sets.
#[derive(Clone, Debug)]
pub(crate) struct Algebra {
    names: Arc<Names>,
    reqs: Table<ReqId, Req>,
    req_ids: FxHashMap<Req, ReqId>,
    /// `key In [value]`, by key and value.
    singles: Table<KeyId, Vec<Option<ReqId>>>,
    /// Entries of all sets, end to end; sorted by key inside a set.
    entries: Vec<Entry>,
    sets: Table<SetId, (u32, u32)>,
    /// Hash of the entries → set; a collision moves on to the next number.
    set_ids: FxHashMap<u64, SetId>,
    met: FxHashMap<(ReqId, ReqId), ReqId>,
    added: FxHashMap<(SetId, ReqId), SetId>,
    joined: FxHashMap<(SetId, SetId), SetId>,
}

impl Algebra {
    /// Only the empty set.
    pub(crate) fn new(names: Arc<Names>) -> Self {
        let singles = names.keys().map(|(_, key)| vec![None; key.len()]);
        let singles = Table::from_rows(singles.collect());
        let mut algebra = Self {
            names,
            reqs: Table::default(),
            req_ids: FxHashMap::default(),
            singles,
            entries: Vec::new(),
            sets: Table::default(),
            set_ids: FxHashMap::default(),
            met: FxHashMap::default(),
            added: FxHashMap::default(),
            joined: FxHashMap::default(),
        };
        algebra.intern_set(&[]);
        algebra
    }

    /// The set that demands nothing.
    pub(crate) fn nothing() -> SetId {
        SetId::at(0)
    }

    /// Names of keys and values.
    pub(crate) fn names(&self) -> &Arc<Names> {
        &self.names
    }

    /// Interns a requirement.
    pub(crate) fn req(&mut self, req: Req) -> ReqId {
        let req = req.trim();
        if let Some(&id) = self.req_ids.get(&req) {
            return id;
        }
        let id = self.reqs.push(req.clone());
        self.req_ids.insert(req, id);
        id
    }

    /// `key In [value]`.
    pub(crate) fn exactly(&mut self, key: KeyId, value: ValueId) -> ReqId {
        if let Some(Some(known)) = self.singles[key].get(value.index()) {
            return *known;
        }
        let single = self.one_of(key, [value]);
        if let Some(known) = self.singles[key].get_mut(value.index()) {
            *known = Some(single);
        }
        single
    }

    /// `key In values`.
    pub(crate) fn one_of(
        &mut self,
        key: KeyId,
        values: impl IntoIterator<Item = ValueId>,
    ) -> ReqId {
        let mut listed = bits::Bits::default();
        values.into_iter().for_each(|value| listed.insert(value.index()));
        self.req(Req {
            key,
            complement: false,
            gte: None,
            lte: None,
            must_exist: false,
            min_values: None,
            values: SmallVec::from_slice(listed.words()),
        })
    }

    /// A requirement.
    #[inline]
    pub(crate) fn of(&self, req: ReqId) -> &Req {
        &self.reqs[req]
    }

    /// Entries of a set, by key.
    #[inline]
    pub(crate) fn entries(&self, set: SetId) -> &[Entry] {
        let (start, end) = self.sets[set];
        self.entries.get(start as usize..end as usize).unwrap_or(&[])
    }

    /// The requirement of a set on a key.
    #[inline]
    pub(crate) fn get(&self, set: SetId, key: KeyId) -> Option<ReqId> {
        self.entries(set).iter().find(|(own, _)| *own == key).map(|&(_, req)| req)
    }

    /// Keys of which several values must stay possible, and how many.
    pub(crate) fn minimums(&self, set: SetId) -> impl Iterator<Item = (KeyId, u32)> + '_ {
        let entries = self.entries(set).iter();
        entries.filter_map(|&(key, req)| Some((key, self.reqs[req].min_values?)))
    }

    /// The set with another number of values that must stay possible.
    pub(crate) fn with_minimum(&mut self, set: SetId, key: KeyId, minimum: u32) -> SetId {
        let mut entries: SmallVec<[Entry; 16]> = SmallVec::from_slice(self.entries(set));
        if let Some(entry) = entries.iter_mut().find(|(own, _)| *own == key) {
            entry.1 = self.req(Req { min_values: Some(minimum), ..self.reqs[entry.1].clone() });
        }
        self.intern_set(&entries)
    }

    /// The set of an offer: a label of which nothing is left will be absent.
    pub(crate) fn offered(&mut self, set: SetId) -> SetId {
        let mut entries: SmallVec<[Entry; 16]> = SmallVec::from_slice(self.entries(set));
        for entry in &mut entries {
            if self.reqs[entry.1].is_void() {
                entry.1 = self.req(Req { must_exist: false, ..self.reqs[entry.1].clone() });
            }
        }
        self.intern_set(&entries)
    }

    /// The set without its requirement on a key.
    pub(crate) fn without(&mut self, set: SetId, key: KeyId) -> SetId {
        if self.get(set, key).is_none() {
            return set;
        }
        let rest: SmallVec<[Entry; 16]> =
            self.entries(set).iter().copied().filter(|(own, _)| *own != key).collect();
        self.intern_set(&rest)
    }

    /// Whether a requirement allows a value.
    #[inline]
    pub(crate) fn admits(&self, req: ReqId, value: ValueId) -> bool {
        let req = &self.reqs[req];
        bits::has(&req.values, value.index()) != req.complement
            && self.is_within(req.key, value, req.gte, req.lte)
    }

    /// Whether a requirement allows a value that nobody mentions.
    pub(crate) fn admits_unmentioned(&self, req: ReqId, value: &str) -> bool {
        let req = &self.reqs[req];
        req.complement && within(super::names::number(value), req.gte, req.lte)
    }

    /// Whether a demand on the host name allows one that nobody knows yet: it lists nothing but exceptions and has no bounds.
    pub(crate) fn admits_new_name(&self, req: ReqId) -> bool {
        let req = &self.reqs[req];
        req.complement && req.gte.is_none() && req.lte.is_none()
    }

    /// The only value that a set allows for a key, if it is one.
    #[inline]
    pub(crate) fn single(&self, set: SetId, key: KeyId) -> Option<ValueId> {
        let req = &self.reqs[self.get(set, key)?];
        let mut values = bits::ones(&req.values);
        match (req.complement, values.next(), values.next()) {
            (false, Some(value), None) => Some(ValueId::at(value)),
            _ => None,
        }
    }

    /// What both requirements allow.
    pub(crate) fn meet(&mut self, a: ReqId, b: ReqId) -> ReqId {
        if a == b {
            return a;
        }
        if let Some(&met) = self.met.get(&(a, b)) {
            return met;
        }
        let met = self.intersection(a, b);
        let met = self.req(met);
        self.met.insert((a, b), met);
        self.met.insert((b, a), met);
        met
    }

    /// Whether two requirements on one key leave a value, or are both met by an absent label.
    #[inline]
    pub(crate) fn agree(&self, a: ReqId, b: ReqId) -> bool {
        if a == b && !self.reqs[a].complement {
            return !self.reqs[a].is_void();
        }
        let (a, b) = (&self.reqs[a], &self.reqs[b]);
        self.have_common(a, b) || (a.is_soft() && b.is_soft())
    }

    /// `set` with a further demand.
    pub(crate) fn with(&mut self, set: SetId, req: ReqId) -> SetId {
        if let Some(&id) = self.added.get(&(set, req)) {
            return id;
        }
        let key = self.reqs[req].key;
        let mut entries: SmallVec<[Entry; 16]> = SmallVec::from_slice(self.entries(set));
        match entries.binary_search_by_key(&key, |&(key, _)| key) {
            Ok(place) => {
                if let Some(entry) = entries.get_mut(place) {
                    entry.1 = self.meet(entry.1, req);
                }
            }
            Err(place) => entries.insert(place, (key, req)),
        }
        let id = self.intern_set(&entries);
        self.added.insert((set, req), id);
        id
    }

    /// All demands of both sets.
    #[inline]
    pub(crate) fn join(&mut self, a: SetId, b: SetId) -> SetId {
        if a == b || b == Self::nothing() {
            return a;
        }
        if a == Self::nothing() {
            return b;
        }
        if let Some(&id) = self.joined.get(&(a, b)) {
            return id;
        }
        let added: SmallVec<[Entry; 16]> = SmallVec::from_slice(self.entries(b));
        let id = added.into_iter().fold(a, |set, (_, req)| self.with(set, req));
        self.joined.insert((a, b), id);
        id
    }

    /// `set` without demands on keys that `known` does not mention: they don't change what is there already.
    pub(crate) fn known_to(&mut self, known: SetId, set: SetId) -> SetId {
        if known == set || self.entries(known).len() == self.entries(set).len() {
            return set;
        }
        let own = self.entries(known);
        let kept: SmallVec<[Entry; 16]> = self
            .entries(set)
            .iter()
            .copied()
            .filter(|&(key, _)| find(own, key).is_some())
            .collect();
        self.intern_set(&kept)
    }

    /// Whether a side with the set `offered` meets what `demanded` asks for.
    pub(crate) fn compatible(&self, offered: SetId, demanded: SetId, mode: Undefined) -> bool {
        let own = self.entries(offered);
        self.entries(demanded).iter().all(|&(key, demand)| match find(own, key) {
            Some(offered) => self.agree(offered, demand),
            None => self.may_be_undefined(key, demand, mode),
        })
    }

    /// Whether a demand on a key is met by a side that does not mention it.
    pub(crate) fn may_be_undefined(&self, key: KeyId, demand: ReqId, mode: Undefined) -> bool {
        let demand = &self.reqs[demand];
        let comes_later = mode == Undefined::AllowWellKnown && self.names.of(key).well_known;
        demand.is_soft() || (comes_later && !demand.is_void())
    }

    /// Interns a set of entries in key order, each key once.
    pub(crate) fn intern_set(&mut self, entries: &[Entry]) -> SetId {
        let mut hasher = FxHasher::default();
        entries.hash(&mut hasher);
        let mut hash = hasher.finish();
        while let Some(&id) = self.set_ids.get(&hash) {
            if self.entries(id) == entries {
                return id;
            }
            hash = hash.wrapping_add(1);
        }
        let start = self.entries.len();
        self.entries.extend_from_slice(entries);
        let span = |index| u32::try_from(index).unwrap_or(u32::MAX);
        let id = self.sets.push((span(start), span(self.entries.len())));
        self.set_ids.insert(hash, id);
        id
    }

    /// A requirement as the model writes it.
    pub(crate) fn requirement(&self, id: ReqId) -> Requirement {
        let req = self.of(id);
        let key = self.names().of(req.key);
        let values = bits::ones(&req.values).map(|value| key.text(ValueId::at(value)).to_string());
        let operator = match (req.complement, bits::any(&req.values)) {
            (true, true) => Operator::NotIn,
            (true, false) => Operator::Exists,
            (false, true) => Operator::In,
            (false, false) => Operator::DoesNotExist,
        };
        let listed = Requirement::new(&key.name, operator, values);
        let bounds = [(Operator::Gte, req.gte), (Operator::Lte, req.lte)];
        let exists = req.must_exist && req.complement;
        let listed =
            if exists { listed.intersect(&Requirement::exists(&key.name)) } else { listed };
        bounds
            .into_iter()
            .filter_map(|(operator, bound)| Some((operator, bound?)))
            .fold(listed, |met, (operator, bound)| {
                met.intersect(&Requirement::new(&key.name, operator, [bound.to_string()]))
            })
            .with_min_values(req.min_values)
    }

    fn intersection(&self, a: ReqId, b: ReqId) -> Req {
        let (a, b) = (&self.reqs[a], &self.reqs[b]);
        let (gte, lte) = merged_bounds(a, b);
        let min_values = a.min_values.max(b.min_values);
        let mut met = Req {
            key: a.key,
            complement: a.complement && b.complement,
            gte,
            lte,
            must_exist: !a.is_soft() || !b.is_soft(),
            min_values,
            values: SmallVec::new(),
        };
        if crosses(gte, lte) {
            return Req { complement: false, gte: None, lte: None, ..met };
        }
        let width = a.values.len().max(b.values.len());
        met.values.extend((0..width).map(|word| combined_word(a, b, word)));
        if gte.is_some() || lte.is_some() {
            let outside: SmallVec<[usize; 8]> = bits::ones(&met.values)
                .filter(|&value| !self.is_within(met.key, ValueId::at(value), gte, lte))
                .collect();
            for value in outside {
                if let Some(word) = met.values.get_mut(value / bits::WORD) {
                    *word &= !(1 << (value % bits::WORD));
                }
            }
        }
        if !met.complement {
            (met.gte, met.lte) = (None, None);
        }
        met.must_exist &= met.hides_demand();
        met
    }

    /// Whether both allow some value; true for two complements whose bounds don't cross.
    fn have_common(&self, a: &Req, b: &Req) -> bool {
        let (gte, lte) = merged_bounds(a, b);
        if crosses(gte, lte) {
            return false;
        }
        if a.complement && b.complement {
            return true;
        }
        let width = a.values.len().max(b.values.len());
        if gte.is_none() && lte.is_none() {
            return (0..width).any(|word| combined_word(a, b, word) != 0);
        }
        (0..width).any(|index| {
            bits::ones(&[combined_word(a, b, index)])
                .any(|bit| self.is_within(a.key, ValueId::at(index * bits::WORD + bit), gte, lte))
        })
    }

    fn is_within(&self, key: KeyId, value: ValueId, gte: Option<i64>, lte: Option<i64>) -> bool {
        (gte.is_none() && lte.is_none()) || within(self.names.of(key).number(value), gte, lte)
    }
}

#[inline]
fn find(entries: &[Entry], key: KeyId) -> Option<ReqId> {
    entries.iter().find(|(own, _)| *own == key).map(|&(_, req)| req)
}

/// Values of one word that both list as allowed, or, of two complements, that either excludes.
#[inline]
fn combined_word(a: &Req, b: &Req, word: usize) -> u64 {
    let own = a.values.get(word).copied().unwrap_or(0);
    let other = b.values.get(word).copied().unwrap_or(0);
    match (a.complement, b.complement) {
        (false, false) => own & other,
        (false, true) => own & !other,
        (true, false) => other & !own,
        (true, true) => own | other,
    }
}

fn merged_bounds(a: &Req, b: &Req) -> (Option<i64>, Option<i64>) {
    let lte = match (a.lte, b.lte) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    (a.gte.max(b.gte), lte)
}

fn crosses(gte: Option<i64>, lte: Option<i64>) -> bool {
    matches!((gte, lte), (Some(gte), Some(lte)) if gte > lte)
}

fn within(number: Option<i64>, gte: Option<i64>, lte: Option<i64>) -> bool {
    if gte.is_none() && lte.is_none() {
        return true;
    }
    number.is_some_and(|number| {
        gte.is_none_or(|least| number >= least) && lte.is_none_or(|most| number <= most)
    })
}
