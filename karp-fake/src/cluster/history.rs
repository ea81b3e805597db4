//! The last states of the cluster, so that reads can lag; not a log of what happened.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use karp_core::{
    backend::{ClusterObjects, ErrorKind, ProviderError},
    model::{PodId, Timestamp},
};

/// States of the cluster by revision, the newest last; never empty.
#[derive(Debug)]
pub(super) struct History {
    states: VecDeque<Arc<ClusterObjects>>,
    /// By how many changes reads may lag.
    pub(super) lag: usize,
    /// When pods that were told to stop are gone.
    pub(super) gone_at: BTreeMap<PodId, Timestamp>,
}

impl Default for History {
    fn default() -> Self {
        let states = VecDeque::from([Arc::new(ClusterObjects::new(1))]);
        Self { states, lag: 0, gone_at: BTreeMap::new() }
    }
}

impl History {
    /// The cluster as it is.
    pub(super) fn newest(&self) -> Arc<ClusterObjects> {
        self.states.back().map_or_else(Arc::default, Arc::clone)
    }

    /// The oldest state that a read may show.
    pub(super) fn read(&self, not_before: u64) -> Result<ClusterObjects, ProviderError> {
        let oldest = self.states.len().saturating_sub(self.lag + 1);
        let shown = self.states.iter().skip(oldest).find(|state| state.revision >= not_before);
        shown.map(|state| (**state).clone()).ok_or_else(|| {
            ProviderError::new("read", ErrorKind::Timeout)
                .with_detail(format!("revision {not_before} is not there yet"))
        })
    }

    /// Makes a new state of the newest one, unless the change fails, and says its revision.
    pub(super) fn change(
        &mut self,
        change: impl FnOnce(&mut ClusterObjects) -> Result<(), ProviderError>,
    ) -> Result<u64, ProviderError> {
        let newest = self.newest();
        let mut next = (*newest).clone();
        change(&mut next)?;
        next.revision = newest.revision + 1;
        let revision = next.revision;
        self.states.push_back(Arc::new(next));
        while self.states.len() > self.lag + 1 {
            self.states.pop_front();
        }
        Ok(revision)
    }
}
