using static BuildController.Informers.Testing.Cluster.Schemas.CoreSchemas;

namespace BuildController.Informers.Testing.Cluster.Schemas;

/// <summary>
/// The schemas of the core kinds, as far as the cluster knows them: the small ones whole; of pods and nodes what rules and merges need,
/// and the rest of their specs and statuses is kept as it is.
/// </summary>
internal static class KindSchemas
{
    private static readonly SchemaNode ObjectReference = AtomicObject(
        ("kind", Text), ("namespace", Text), ("name", Text), ("uid", Text), ("apiVersion", Text), ("resourceVersion", Text), ("fieldPath", Text));

    private static readonly SchemaNode Condition = OpenObject(("type", Text), ("status", Text), ("reason", Text), ("message", Text));

    private static readonly SchemaNode Container = OpenObject(
        ("name", Text),
        ("image", Text),
        ("command", ListOf(Text)),
        ("args", ListOf(Text)),
        ("env", Map(["name"], OpenObject(("name", Text), ("value", Text), ("valueFrom", Object(
            ("configMapKeyRef", AtomicObject(("name", Text), ("key", Text), ("optional", Truth))),
            ("secretKeyRef", AtomicObject(("name", Text), ("key", Text), ("optional", Truth))),
            ("fieldRef", AtomicObject(("apiVersion", Text), ("fieldPath", Text))),
            ("resourceFieldRef", AtomicObject(("containerName", Text), ("resource", Text), ("divisor", Anything)))))))),
        ("ports", Map(["containerPort", "protocol"], OpenObject(("containerPort", Whole), ("protocol", TextOr("TCP")), ("name", Text)))),
        ("volumeMounts", Map(["mountPath"], OpenObject(("mountPath", Text), ("name", Text)))),
        ("volumeDevices", Map(["devicePath"], OpenObject(("devicePath", Text), ("name", Text)))));

    private static readonly SchemaNode LocalReference = AtomicObject(("name", TextOr(string.Empty)));

    public static SchemaNode ConfigMap { get; } = Kind(("data", Texts), ("binaryData", Texts), ("immutable", Truth));

    public static SchemaNode Secret { get; } = Kind(("data", Texts), ("stringData", Texts), ("type", Text), ("immutable", Truth));

    public static SchemaNode Namespace { get; } = Kind(
        ("spec", Object(("finalizers", ListOf(Text)))),
        ("status", Object(("phase", Text), ("conditions", Map(["type"], Condition)))));

    public static SchemaNode ServiceAccount { get; } = Kind(
        ("secrets", Map(["name"], ObjectReference)), ("imagePullSecrets", ListOf(LocalReference)), ("automountServiceAccountToken", Truth));

    public static SchemaNode Lease { get; } = Kind(("spec", Object(
        ("holderIdentity", Text), ("leaseDurationSeconds", Whole), ("acquireTime", Text), ("renewTime", Text), ("leaseTransitions", Whole),
        ("strategy", Text), ("preferredHolder", Text))));

    public static SchemaNode Event { get; } = Kind(
        ("involvedObject", ObjectReference), ("reason", Text), ("message", Text), ("source", Object(("component", Text), ("host", Text))),
        ("firstTimestamp", Text), ("lastTimestamp", Text), ("count", Whole), ("type", Text), ("eventTime", Text),
        ("series", Object(("count", Whole), ("lastObservedTime", Text))), ("action", Text), ("related", ObjectReference),
        ("reportingComponent", Text), ("reportingInstance", Text));

    public static SchemaNode Node { get; } = Kind(
        ("spec", OpenObject(("podCIDR", Text), ("podCIDRs", SetOf(Text)), ("unschedulable", Truth), ("taints", ListOf(Anything)))),
        ("status", OpenObject(("conditions", Map(["type"], Condition)), ("addresses", Map(["type"], OpenObject(("type", Text), ("address", Text)))))));

    public static SchemaNode Pod { get; } = Kind(
        ("spec", OpenObject(
            ("containers", Map(["name"], Container)),
            ("initContainers", Map(["name"], Container)),
            ("ephemeralContainers", Map(["name"], Container)),
            ("volumes", Map(["name"], OpenObject(("name", Text)))),
            ("imagePullSecrets", Map(["name"], LocalReference)),
            ("hostAliases", Map(["ip"], OpenObject(("ip", Text), ("hostnames", ListOf(Text))))),
            ("topologySpreadConstraints", Map(["topologyKey", "whenUnsatisfiable"], OpenObject(("topologyKey", Text), ("whenUnsatisfiable", Text)))),
            ("nodeSelector", new SchemaNode { Type = "object", HasAdditional = true, Additional = Text, IsAtomicMap = true }),
            ("tolerations", ListOf(OpenObject())),
            ("nodeName", Text),
            ("restartPolicy", Text),
            ("schedulerName", Text),
            ("serviceAccountName", Text),
            ("terminationGracePeriodSeconds", Whole),
            ("activeDeadlineSeconds", Whole))),
        ("status", OpenObject(
            ("phase", Text),
            ("conditions", Map(["type"], Condition)),
            ("podIPs", Map(["ip"], OpenObject(("ip", Text)))),
            ("containerStatuses", ListOf(OpenObject(("name", Text)))),
            ("initContainerStatuses", ListOf(OpenObject(("name", Text)))))));
}
