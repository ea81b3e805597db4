//! What the operator of a cluster sets once for all its EC2 machines; not what a node class says.

/// Settings that the figures of every instance type depend on.
///
/// [`Default`] has the values that Karpenter's AWS provider starts with when nobody sets them.
///
/// ```
/// let mut settings = karp_aws::Settings::default();
/// assert_eq!(settings.vm_memory_overhead_ppm, 75_000);
/// settings.reserved_enis = 1;
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Settings {
    /// Part of a machine's nominal memory that the hypervisor and the kernel take, in millionths; default 75,000 (7.5 %).
    ///
    /// Known as `vmMemoryOverheadPercent` (0.075). A node that has joined tells its real memory; until then this
    /// share is taken off, so that pods are not promised what the machine won't have. A million or more leaves nothing.
    pub vm_memory_overhead_ppm: u32,
    /// Network interfaces per machine that are kept for something else than pods; default 0.
    ///
    /// Known as `reservedENIs`: set it to 1 where the VPC CNI uses custom networking. Lowers the number of pods
    /// where that follows from the interfaces, never the memory kept for the kubelet.
    pub reserved_enis: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { vm_memory_overhead_ppm: 75_000, reserved_enis: 0 }
    }
}
