//! Lists of taints and of tolerations as numbers, and which goes with which; not where they come from.

use rustc_hash::FxHashMap;

use super::table::{Table, id_types};
use crate::model::{Effect, Taint, Toleration, untolerated};

id_types! {
    /// A list of tolerations.
    TolerationsId;
    /// A list of taints.
    TaintsId;
}

/// Interned lists, and whether one tolerates the other.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tolerance {
    tolerations: Table<TolerationsId, Vec<Toleration>>,
    toleration_ids: FxHashMap<Vec<Toleration>, TolerationsId>,
    taints: Table<TaintsId, Vec<Taint>>,
    taint_ids: FxHashMap<Vec<Taint>, TaintsId>,
    tolerated: FxHashMap<(TolerationsId, TaintsId), bool>,
}

impl Tolerance {
    /// Interns a list of tolerations.
    pub(crate) fn tolerations(&mut self, list: &[Toleration]) -> TolerationsId {
        if let Some(&id) = self.toleration_ids.get(list) {
            return id;
        }
        let id = self.tolerations.push(list.to_vec());
        self.toleration_ids.insert(list.to_vec(), id);
        id
    }

    /// Interns a list of taints.
    pub(crate) fn taints(&mut self, list: &[Taint]) -> TaintsId {
        if let Some(&id) = self.taint_ids.get(list) {
            return id;
        }
        let id = self.taints.push(list.to_vec());
        self.taint_ids.insert(list.to_vec(), id);
        id
    }

    /// The list with consent to every `PreferNoSchedule` taint; none when it has exactly that already.
    pub(crate) fn with_soft_taints(&mut self, list: TolerationsId) -> Option<TolerationsId> {
        let consent = soft_taints();
        let mut extended = self.tolerations[list].clone();
        if extended.contains(&consent) {
            return None;
        }
        extended.push(consent);
        Some(self.tolerations(&extended))
    }

    /// Whether every taint of one list is tolerated by the other.
    pub(crate) fn tolerates(&mut self, tolerations: TolerationsId, taints: TaintsId) -> bool {
        let Self { tolerations: lists, taints: tainted, tolerated, .. } = self;
        *tolerated
            .entry((tolerations, taints))
            .or_insert_with(|| untolerated(&tainted[taints], &lists[tolerations]).next().is_none())
    }

    /// The first taint that is not tolerated.
    pub(crate) fn first_untolerated(
        &self,
        tolerations: TolerationsId,
        taints: TaintsId,
    ) -> Option<&Taint> {
        untolerated(&self.taints[taints], &self.tolerations[tolerations]).next()
    }
}

/// Consent to every `PreferNoSchedule` taint.
pub(crate) fn soft_taints() -> Toleration {
    Toleration::everything().with_effect(Effect::PreferNoSchedule)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consent_to_soft_taints_is_given_once() {
        let mut tolerance = Tolerance::default();
        let none = tolerance.tolerations(&[]);
        let taints = tolerance.taints(&[Taint::new("a", Effect::PreferNoSchedule)]);
        assert!(!tolerance.tolerates(none, taints));
        let relaxed = tolerance.with_soft_taints(none).expect("not yet given");
        assert!(tolerance.tolerates(relaxed, taints));
        assert_eq!(tolerance.with_soft_taints(relaxed), None);
    }

    #[test]
    fn lists_interned_later_do_not_disturb_earlier_answers() {
        let mut tolerance = Tolerance::default();
        let one = tolerance.tolerations(&[Toleration::exists("a")]);
        let a = tolerance.taints(&[Taint::new("a", Effect::NoSchedule)]);
        assert!(tolerance.tolerates(one, a));
        let b = tolerance.taints(&[Taint::new("b", Effect::NoSchedule)]);
        let two = tolerance.tolerations(&[]);
        assert!(!tolerance.tolerates(one, b));
        assert!(!tolerance.tolerates(two, a));
        assert!(tolerance.tolerates(one, a));
    }
}
