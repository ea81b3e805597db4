//! Tags of what is created: keys that belong to the controllers.

use karp_core::k8s::validate::schema::{Broken, Schema, Subject, map, text};

/// Tags that the controllers set themselves.
const RESERVED: [&str; 4] = [
    "eks:eks-cluster-name",
    "karpenter.k8s.aws/ec2nodeclass",
    "karpenter.sh/nodeclaim",
    "karpenter.sh/nodepool",
];

/// Tested as a plain prefix: `kubernetes.io/clusterfoo` is refused, too.
///
/// Controllers check the same list again, with a stricter form of this one, so that whatever is
/// admitted passes there.
const RESERVED_PREFIX: &str = "kubernetes.io/cluster";

/// Tags of a node class; values may be empty.
pub(super) fn tags() -> Schema {
    map(text()).rule(keys_are_free)
}

fn keys_are_free(tags: &Subject<'_>, broken: &mut Broken) {
    for key in tags.keys() {
        if key.is_empty() {
            broken.entry(key, "a tag needs a key");
        } else if RESERVED.contains(&key) {
            broken.entry(key, format!("the tag `{key}` is set by the controllers"));
        } else if key.starts_with(RESERVED_PREFIX) {
            let message = format!("tags that begin with `{RESERVED_PREFIX}` are reserved");
            broken.entry(key, message);
        }
    }
}
