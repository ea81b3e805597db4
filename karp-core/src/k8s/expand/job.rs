//! Pods that a job still runs; not its retries.

use super::{
    census::Census,
    maker::{Maker, Source},
};
use crate::{k8s::object::JobObject, model::PodTemplate};

/// Adds the pods that a job wants at once beyond those that are there.
///
/// A job without `completions` ends with the first of its pods that succeeds. Suspended and finished jobs have none
/// (<https://kubernetes.io/docs/concepts/workloads/controllers/job/#parallel-jobs>).
pub(super) fn expand(
    maker: &mut Maker,
    census: &Census<'_>,
    job: &JobObject,
    template: &PodTemplate,
) {
    if job.spec.suspend || job.status.is_finished() {
        return;
    }
    let parallelism = job.spec.parallelism.unwrap_or(1);
    let wanted = match (job.spec.completions, job.spec.parallelism) {
        (Some(completions), _) => parallelism.min(completions.saturating_sub(job.status.succeeded)),
        (None, None) => 1_u32.saturating_sub(job.status.succeeded),
        (None, Some(_)) if job.status.succeeded > 0 => 0,
        (None, Some(_)) => parallelism,
    };
    let there = census.pods("batch", "Job", &job.metadata);
    let missing = (wanted as usize).saturating_sub(there);
    maker.add_alike(&Source::owned(("batch/v1", "Job"), &job.metadata, template), missing);
}
