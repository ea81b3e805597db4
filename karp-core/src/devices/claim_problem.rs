//! What is wrong with a claim, so that its pod can go nowhere; not that no device is free.

/// What is wrong with a claim to devices.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ClaimProblem {
    /// The claim that a pod names is not there.
    #[error("there is no claim `{claim}`")]
    ClaimMissing {
        /// Name, in the pod's namespace.
        claim: String,
    },
    /// The template that a pod names is not there.
    #[error("there is no claim template `{template}`")]
    TemplateMissing {
        /// Name, in the pod's namespace.
        template: String,
    },
    /// A container uses a claim that its pod does not declare.
    #[error("a container uses the claim `{name}`, which its pod does not declare")]
    Undeclared {
        /// Name inside the pod.
        name: String,
    },
    /// The class that a request names is not there.
    #[error("there is no device class `{class}`")]
    ClassMissing {
        /// Name.
        class: String,
    },
    /// A request for the first of several has none.
    #[error("the request `{request}` has no alternative")]
    NoAlternative {
        /// Request.
        request: String,
    },
    /// A condition can't be understood.
    #[error("the selector `{expression}` can't be understood: {problem}")]
    Selector {
        /// The condition.
        expression: String,
        /// What is wrong.
        problem: String,
    },
    /// More devices than a claim may have.
    #[error("it asks for at least {asked} devices, {most} are the most")]
    TooMany {
        /// The least that would do.
        asked: u64,
        /// The most that a claim may have.
        most: u64,
    },
    /// A claim for administration, which karp does not decide on.
    #[error(
        "the request `{request}` asks for access for administration, which is not decided on yet"
    )]
    AdminAccess {
        /// Request.
        request: String,
    },
    /// A rule for devices together that karp does not decide on.
    #[error("the constraint `{rule}` is not decided on yet")]
    Constraint {
        /// `distinctAttribute`, or `unknown`.
        rule: &'static str,
    },
}
