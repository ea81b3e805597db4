//! Domains that pools can reach; not those of nodes that are there.

use crate::compile::{
    bits::Bits,
    names::KeyId,
    tolerance::{TaintsId, Tolerance, TolerationsId},
};

/// Domains of each topology key, by the pools that can reach them.
#[derive(Clone, Debug, Default)]
pub(in crate::compile) struct Universe {
    /// Keys of constraints.
    pub(in crate::compile) keys: Vec<KeyId>,
    by_pool: Vec<(KeyId, TaintsId, Bits)>,
}

impl Universe {
    /// Adds the domains that one pool can reach.
    pub(in crate::compile) fn add(&mut self, key: KeyId, taints: TaintsId, domains: Bits) {
        self.by_pool.push((key, taints, domains));
    }

    /// Domains of a key that pools without taints can reach, whoever asks.
    pub(in crate::compile) fn untainted(&self, key: KeyId, no_taints: TaintsId) -> Bits {
        let own = self.by_pool.iter().filter(|(of, taints, _)| *of == key && *taints == no_taints);
        Bits::of(own.flat_map(|(.., reached)| reached.iter()))
    }

    /// All domains of a key, or those of pools whose taints are tolerated.
    pub(super) fn of(
        &self,
        key: KeyId,
        tolerated_by: Option<TolerationsId>,
        tolerance: &mut Tolerance,
    ) -> Bits {
        let mut domains = Bits::default();
        for (_, taints, reached) in self.by_pool.iter().filter(|(own, ..)| *own == key) {
            if tolerated_by.is_none_or(|tolerations| tolerance.tolerates(tolerations, *taints)) {
                reached.iter().for_each(|domain| domains.insert(domain));
            }
        }
        domains
    }
}
