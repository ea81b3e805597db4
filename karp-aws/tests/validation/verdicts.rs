//! The hand-written validation gives the recorded verdicts.

use karp_aws::node_class::kubelet::{Judgement, judge};
use karp_aws::node_class::registry;
use karp_core::k8s::validate::{Profile, Registry, Report, Stage};

use crate::case::{Case, KubeletVerdict, Outcome, Verdicts, cases};

fn outcome(report: &Report) -> Outcome {
    let is_pruned = report.warnings.iter().any(|warning| warning.message.contains("drops it"));
    if report.fails_at(Stage::Admission) {
        Outcome::Reject
    } else if report.fails_at(Stage::Runtime) {
        Outcome::RuntimeInvalid
    } else if is_pruned {
        Outcome::AcceptPruned
    } else {
        Outcome::Accept
    }
}

fn disagreements(
    column: fn(&Case) -> Option<Verdicts>,
    registry: fn(Profile) -> Registry,
) -> (usize, Vec<String>) {
    let mut judged = 0;
    let mut wrong = Vec::new();
    for profile in Profile::ALL {
        let registry = registry(profile);
        for case in cases() {
            let (Some(object), Some(verdicts)) = (&case.object, column(&case)) else { continue };
            let report = match &case.old {
                Some(old) => registry.validate_update(object, old),
                None => registry.validate(object),
            };
            let (wanted, found) = (verdicts.of(profile), outcome(&report));
            judged += 1;
            // The column tells what the server says; what controllers say about kubelet blocks
            // stands in lines of its own.
            let is_kubelet = object.pointer("/spec/kubelet").is_some()
                && report.errors.iter().all(|issue| issue.field.starts_with("spec.kubelet."));
            let agrees = wanted == found
                || (wanted == Outcome::Accept && found == Outcome::RuntimeInvalid && is_kubelet);
            if !agrees {
                wrong.push(format!(
                    "{profile} {}: {wanted:?}, not {found:?}: {report:?} {object}",
                    case.n
                ));
            }
        }
    }
    (judged, wrong)
}

#[test]
fn the_definitions_of_ec2_decide_as_recorded() {
    let (judged, wrong) = disagreements(|case| case.aws, registry);
    assert!(wrong.is_empty(), "{} of {judged}:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(judged, 719 * 2);
}

#[test]
fn the_core_definitions_decide_as_recorded() {
    let (judged, wrong) = disagreements(|case| case.core, Registry::core);
    assert!(wrong.is_empty(), "{} of {judged}:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(judged, 435 * 2);
}

#[test]
fn kubelet_blocks_are_judged_as_recorded() {
    let mut judged = 0;
    for case in cases() {
        let (Some(kubelet), Some(wanted)) = (&case.kubelet, case.verdict) else { continue };
        let found = match judge(kubelet) {
            Judgement::Valid => KubeletVerdict::Valid,
            Judgement::Expression(_) => KubeletVerdict::Expression,
            Judgement::Invalid(_) => KubeletVerdict::Invalid,
        };
        assert_eq!(found, wanted, "{}: {kubelet}: {:?}", case.n, judge(kubelet));
        judged += 1;
    }
    assert_eq!(judged, 75);
}
