//! Every setting of the kubelet's configuration (`kubelet.config.k8s.io/v1beta1`, Kubernetes 1.36)
//! with its type. Not which values make sense.
//!
//! Source: <https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/>.

use karp_core::model::{Quantity, Span};
use serde_json::{Number, Value};

use self::Type::{
    Bool, Duration, DurationOrNanos, Float, Int32, Int64, List, Map, Object, Quantity as Amount,
    Text, Uint32,
};

/// Members of an object, by name.
type Members = &'static [(&'static str, Type)];

/// What a member holds. `null` stands for its absence everywhere.
#[derive(Clone, Copy, Debug)]
pub(super) enum Type {
    Bool,
    Duration,
    /// A duration, or a whole number of nanoseconds.
    DurationOrNanos,
    Float,
    Int32,
    Int64,
    List(&'static Self),
    Map(&'static Self),
    Object(Members),
    Quantity,
    Text,
    Uint32,
}

/// The whole configuration.
pub(super) const CONFIGURATION: Type = Object(MEMBERS);

const MEMBERS: Members = &[
    ("address", Text),
    ("allowedUnsafeSysctls", List(&Text)),
    ("apiVersion", Text),
    ("authentication", Object(AUTHENTICATION)),
    ("authorization", Object(AUTHORIZATION)),
    ("cgroupDriver", Text),
    ("cgroupRoot", Text),
    ("cgroupsPerQOS", Bool),
    ("clusterDNS", List(&Text)),
    ("clusterDomain", Text),
    ("configMapAndSecretChangeDetectionStrategy", Text),
    ("containerLogMaxFiles", Int32),
    ("containerLogMaxSize", Text),
    ("containerLogMaxWorkers", Int32),
    ("containerLogMonitorInterval", Duration),
    ("containerRuntimeEndpoint", Text),
    ("contentType", Text),
    ("cpuCFSQuota", Bool),
    ("cpuCFSQuotaPeriod", Duration),
    ("cpuManagerPolicy", Text),
    ("cpuManagerPolicyOptions", Map(&Text)),
    ("cpuManagerReconcilePeriod", Duration),
    ("crashLoopBackOff", Object(CRASH_LOOP_BACK_OFF)),
    ("enableContentionProfiling", Bool),
    ("enableControllerAttachDetach", Bool),
    ("enableDebugFlagsHandler", Bool),
    ("enableDebuggingHandlers", Bool),
    ("enableProfilingHandler", Bool),
    ("enableServer", Bool),
    ("enableSystemLogHandler", Bool),
    ("enableSystemLogQuery", Bool),
    ("enforceNodeAllocatable", List(&Text)),
    ("eventBurst", Int32),
    ("eventRecordQPS", Int32),
    ("evictionHard", Map(&Text)),
    ("evictionMaxPodGracePeriod", Int32),
    ("evictionMinimumReclaim", Map(&Text)),
    ("evictionPressureTransitionPeriod", Duration),
    ("evictionSoft", Map(&Text)),
    ("evictionSoftGracePeriod", Map(&Text)),
    ("failCgroupV1", Bool),
    ("failSwapOn", Bool),
    ("featureGates", Map(&Bool)),
    ("fileCheckFrequency", Duration),
    ("hairpinMode", Text),
    ("healthzBindAddress", Text),
    ("healthzPort", Int32),
    ("httpCheckFrequency", Duration),
    ("imageGCHighThresholdPercent", Int32),
    ("imageGCLowThresholdPercent", Int32),
    ("imageMaximumGCAge", Duration),
    ("imageMinimumGCAge", Duration),
    ("imagePullCredentialsVerificationPolicy", Text),
    ("imageServiceEndpoint", Text),
    ("iptablesDropBit", Int32),
    ("iptablesMasqueradeBit", Int32),
    ("kernelMemcgNotification", Bool),
    ("kind", Text),
    ("kubeAPIBurst", Int32),
    ("kubeAPIQPS", Int32),
    ("kubeReserved", Map(&Text)),
    ("kubeReservedCgroup", Text),
    ("kubeletCgroups", Text),
    ("localStorageCapacityIsolation", Bool),
    ("logging", Object(LOGGING)),
    ("makeIPTablesUtilChains", Bool),
    ("maxOpenFiles", Int64),
    ("maxParallelImagePulls", Int32),
    ("maxPods", Int32),
    ("memoryManagerPolicy", Text),
    ("memoryReservationPolicy", Text),
    ("memorySwap", Object(MEMORY_SWAP)),
    ("memoryThrottlingFactor", Float),
    ("mergeDefaultEvictionSettings", Bool),
    ("nodeLeaseDurationSeconds", Int32),
    ("nodeStatusMaxImages", Int32),
    ("nodeStatusReportFrequency", Duration),
    ("nodeStatusUpdateFrequency", Duration),
    ("oomScoreAdj", Int32),
    ("podCIDR", Text),
    ("podLogsDir", Text),
    ("podPidsLimit", Int64),
    ("podsPerCore", Int32),
    ("port", Int32),
    ("preloadedImagesVerificationAllowlist", List(&Text)),
    ("protectKernelDefaults", Bool),
    ("providerID", Text),
    ("qosReserved", Map(&Text)),
    ("readOnlyPort", Int32),
    ("registerNode", Bool),
    ("registerWithTaints", List(&Object(TAINT))),
    ("registryBurst", Int32),
    ("registryPullQPS", Int32),
    ("reservedMemory", List(&Object(RESERVED_MEMORY))),
    ("reservedSystemCPUs", Text),
    ("resolvConf", Text),
    ("rotateCertificates", Bool),
    ("runOnce", Bool),
    ("runtimeRequestTimeout", Duration),
    ("seccompDefault", Bool),
    ("serializeImagePulls", Bool),
    ("serverTLSBootstrap", Bool),
    ("showHiddenMetricsForVersion", Text),
    ("shutdownGracePeriod", Duration),
    ("shutdownGracePeriodByPodPriority", List(&Object(SHUTDOWN_BY_PRIORITY))),
    ("shutdownGracePeriodCriticalPods", Duration),
    ("singleProcessOOMKill", Bool),
    ("staticPodPath", Text),
    ("staticPodURL", Text),
    ("staticPodURLHeader", Map(&List(&Text))),
    ("streamingConnectionIdleTimeout", Duration),
    ("syncFrequency", Duration),
    ("systemCgroups", Text),
    ("systemReserved", Map(&Text)),
    ("systemReservedCgroup", Text),
    ("tlsCertFile", Text),
    ("tlsCipherSuites", List(&Text)),
    ("tlsCurvePreferences", List(&Int32)),
    ("tlsMinVersion", Text),
    ("tlsPrivateKeyFile", Text),
    ("topologyManagerPolicy", Text),
    ("topologyManagerPolicyOptions", Map(&Text)),
    ("topologyManagerScope", Text),
    ("tracing", Object(TRACING)),
    ("userNamespaces", Object(USER_NAMESPACES)),
    ("volumePluginDir", Text),
    ("volumeStatsAggPeriod", Duration),
];

const AUTHENTICATION: Members = &[
    ("anonymous", Object(&[("enabled", Bool)])),
    ("webhook", Object(&[("cacheTTL", Duration), ("enabled", Bool)])),
    ("x509", Object(&[("clientCAFile", Text)])),
];

const AUTHORIZATION: Members = &[
    ("mode", Text),
    ("webhook", Object(&[("cacheAuthorizedTTL", Duration), ("cacheUnauthorizedTTL", Duration)])),
];

const CRASH_LOOP_BACK_OFF: Members = &[("maxContainerRestartPeriod", Duration)];

const LOGGING: Members = &[
    ("flushFrequency", DurationOrNanos),
    ("format", Text),
    ("options", Object(&[("json", Object(LOG_BUFFER)), ("text", Object(LOG_BUFFER))])),
    ("verbosity", Uint32),
    ("vmodule", List(&Object(&[("filePattern", Text), ("verbosity", Uint32)]))),
];

const LOG_BUFFER: Members = &[("infoBufferSize", Amount), ("splitStream", Bool)];

const MEMORY_SWAP: Members = &[("swapBehavior", Text)];

const RESERVED_MEMORY: Members = &[("limits", Map(&Amount)), ("numaNode", Int32)];

const SHUTDOWN_BY_PRIORITY: Members = &[("priority", Int32), ("shutdownGracePeriodSeconds", Int64)];

const TAINT: Members = &[("effect", Text), ("key", Text), ("timeAdded", Text), ("value", Text)];

const TRACING: Members = &[("endpoint", Text), ("samplingRatePerMillion", Int32)];

const USER_NAMESPACES: Members = &[("idsPerPod", Int64)];

impl Type {
    /// Calls `report` with path and problem of everything in `value` that is not of this type.
    pub(super) fn check(self, value: &Value, path: &str, report: &mut dyn FnMut(&str, String)) {
        match (self, value) {
            (_, Value::Null)
            | (Bool, Value::Bool(_))
            | (Float | Amount, Value::Number(_))
            | (Text, Value::String(_)) => {}
            (Object(members), Value::Object(object)) => {
                for (name, value) in object {
                    let inner = format!("{path}.{name}");
                    match members.iter().find(|(member, _)| member == name) {
                        Some((_, inner_type)) => inner_type.check(value, &inner, report),
                        None => report(&inner, "unknown setting of the kubelet".to_owned()),
                    }
                }
            }
            (Map(inner_type), Value::Object(object)) => {
                for (key, value) in object {
                    inner_type.check(value, &format!("{path}[{key:?}]"), report);
                }
            }
            (List(inner_type), Value::Array(items)) => {
                for (index, value) in items.iter().enumerate() {
                    inner_type.check(value, &format!("{path}[{index}]"), report);
                }
            }
            (Duration | DurationOrNanos, Value::String(text)) => {
                if let Err(error) = text.parse::<Span>() {
                    report(path, error.to_string());
                }
            }
            (Amount, Value::String(text)) => {
                if let Err(error) = text.parse::<Quantity>() {
                    report(path, error.to_string());
                }
            }
            (Int32 | Int64 | Uint32 | DurationOrNanos, Value::Number(number)) => {
                if !self.holds(number) {
                    report(path, format!("expected {}, found {number}", self.expected()));
                }
            }
            (expected, value) => {
                report(path, format!("expected {}, found {value}", expected.expected()));
            }
        }
    }

    fn holds(self, number: &Number) -> bool {
        let Some(value) = whole(number) else { return false };
        match self {
            Int32 => i32::try_from(value).is_ok(),
            Uint32 => u32::try_from(value).is_ok(),
            _ => true,
        }
    }

    const fn expected(self) -> &'static str {
        match self {
            Bool => "`true` or `false`",
            Duration | DurationOrNanos => "a duration such as `30s`",
            Float => "a number",
            Int32 => "an integer of 32 bits",
            Int64 => "an integer of 64 bits",
            List(_) => "a list",
            Map(_) | Object(_) => "an object",
            Amount => "a quantity",
            Text => "a string (put it in quotes)",
            Uint32 => "an integer from 0 on, of 32 bits",
        }
    }
}

/// The value of a whole number, `1e3` and `2.0` included; none beyond 64 bits.
pub(super) fn whole(number: &Number) -> Option<i64> {
    if let Some(value) = number.as_i64() {
        return Some(value);
    }
    // The text of a float that is whole ends in `.0` up to 1e16, which is beyond every setting.
    number.to_string().strip_suffix(".0")?.parse().ok()
}
