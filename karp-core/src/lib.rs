//! Decides which machines a Kubernetes cluster should have.
