//! The order in which pods are tried first; not what happens when they fail.

use std::{cmp::Reverse, sync::Arc};

use super::{
    problem::PodIx,
    resource::{Axis, RequestId, Requests},
    table::{Id, Table},
};
use crate::model::{Pod, ResourceName};

/// Pods by CPU request, largest first, then by memory, then by age, then by UID, then by namespace and name.
pub(super) fn order(
    pods: &Table<PodIx, Arc<Pod>>,
    requests_of: &[(PodIx, RequestId)],
    (axis, requests): (&Axis, &Requests),
) -> Vec<PodIx> {
    let (cpu, memory) = (axis.column(&ResourceName::CPU), axis.column(&ResourceName::MEMORY));
    let size = |request: RequestId| {
        let amount = |column: Option<usize>| {
            column.and_then(|column| requests.of(request).get(column)).copied().unwrap_or(0)
        };
        Reverse((amount(cpu), amount(memory)))
    };
    let mut by_size: Vec<RequestId> = requests.ids().collect();
    by_size.sort_by_key(|&request| size(request));
    let mut ranks: Table<RequestId, u32> = Table::from_rows(vec![0; requests.len()]);
    let mut rank = 0;
    let mut before = None;
    for request in by_size {
        if before.is_some_and(|before| size(before) != size(request)) {
            rank += 1;
        }
        ranks[request] = rank;
        before = Some(request);
    }
    let mut order: Vec<(u32, i64, u64, PodIx)> = requests_of
        .iter()
        .map(|&(pod, request)| {
            let Pod { created_at, uid, .. } = pods[pod].as_ref();
            (ranks[request], created_at.unix_nanos(), prefix(uid), pod)
        })
        .collect();
    // Pods come in the order of their ids, so that an equal key keeps that order.
    order.sort_unstable_by(|a, b| {
        (a.0, a.1, a.2)
            .cmp(&(b.0, b.1, b.2))
            .then_with(|| pods[a.3].uid.cmp(&pods[b.3].uid))
            .then_with(|| a.3.index().cmp(&b.3.index()))
    });
    order.into_iter().map(|(.., pod)| pod).collect()
}

/// The first eight bytes, as a number that is ordered as they are.
fn prefix(uid: &str) -> u64 {
    let mut bytes = [0; 8];
    bytes.iter_mut().zip(uid.bytes()).for_each(|(byte, own)| *byte = own);
    u64::from_be_bytes(bytes)
}
