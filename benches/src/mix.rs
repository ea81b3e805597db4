//! Made-up mixes of pods, the same ones every time; not those of any real cluster.

use std::sync::Arc;

use karp_core::model::{Pod, ResourceName, Uid};
use karp_fake::Seed;

/// Pods of one kind of work.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "the corpus has three mixes")]
pub enum Mix {
    /// Many small pods: 50 to 2,000 milli CPUs, 0.75 to 6 MiB per milli CPU.
    Web,
    /// Larger ones: 0.5 to 16 CPUs, 1 to 8 GiB per CPU.
    Batch,
    /// Ones with much memory: 0.25 to 8 CPUs, 4 to 32 GiB per CPU.
    Memory,
}

impl Mix {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Web, Self::Batch, Self::Memory];

    /// Its name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Batch => "batch",
            Self::Memory => "memory",
        }
    }

    /// Milli CPUs, and KiB per milli CPU.
    const fn sizes(self) -> (&'static [i64], &'static [i64]) {
        match self {
            Self::Web => (
                &[50, 100, 200, 250, 500, 750, 1000, 1500, 2000],
                &[768, 1024, 1536, 2048, 4096, 6144],
            ),
            Self::Batch => (
                &[500, 1000, 2000, 3000, 4000, 6000, 8000, 12_000, 16_000],
                &[1049, 2098, 3146, 4195, 6292, 8389],
            ),
            Self::Memory => {
                (&[250, 500, 1000, 2000, 4000, 8000], &[4195, 6292, 8389, 12_583, 16_778, 33_555])
            }
        }
    }

    /// `count` pods; the same `seed` gives the same ones.
    pub fn pods(self, count: usize, seed: u64) -> Vec<Arc<Pod>> {
        let mut random = Seed(seed).stream(self.name());
        let mut draw = |from: &[i64]| {
            let at = random.below(u64::try_from(from.len()).unwrap_or(0));
            usize::try_from(at).ok().and_then(|at| from.get(at)).copied().unwrap_or(1)
        };
        let (milli, kib_per_milli) = self.sizes();
        let pod = |index: usize| {
            let mut pod = Pod::new(format!("{}-{index:05}", self.name()));
            pod.uid = Uid::from(format!("{index:06}"));
            let cpu = draw(milli);
            let memory = cpu * draw(kib_per_milli);
            let requests = &mut pod.spec_mut().requests;
            requests.set(ResourceName::CPU, cpu);
            requests.set(ResourceName::MEMORY, memory * 1024);
            Arc::new(pod)
        };
        (0..count).map(pod).collect()
    }
}
