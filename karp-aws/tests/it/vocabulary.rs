//! Label rules of EC2 clusters.

use karp_aws::label as aws;
use karp_core::model::label as core;

/// ITL-4
#[test]
fn old_spellings_stand_for_current_labels() {
    let words = karp_aws::vocabulary();
    for (old, new) in [
        ("failure-domain.beta.kubernetes.io/zone", core::ZONE),
        ("failure-domain.beta.kubernetes.io/region", core::REGION),
        ("beta.kubernetes.io/arch", core::ARCH),
        ("beta.kubernetes.io/os", core::OS),
        ("beta.kubernetes.io/instance-type", core::INSTANCE_TYPE),
        ("topology.ebs.csi.aws.com/zone", core::ZONE),
    ] {
        assert_eq!(words.canonical_key(old), new);
    }
}

#[test]
fn the_provider_s_domain_is_off_limits_but_for_its_labels() {
    let words = karp_aws::vocabulary();
    for key in [aws::INSTANCE_FAMILY, aws::NITRO_SANDBOX, aws::TOPOLOGY_ZONE_ID] {
        assert!(words.is_well_known(key) && !words.is_restricted(key), "{key}");
    }
    let core = karp_core::model::Vocabulary::core().well_known().count();
    assert_eq!(words.well_known().count(), core + 29);
    assert!(words.is_restricted("karpenter.k8s.aws/ec2nodeclass"));
    assert!(words.is_restricted("sub.karpenter.k8s.aws/anything"));
    assert!(!words.is_restricted("example.com/team"));
}
