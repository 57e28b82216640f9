namespace BuildController.Host.Server.Protobuf;

/// <summary>How a field's bytes become JSON.</summary>
internal enum ProtobufType
{
    Text,
    Bytes,
    Integer,
    Flag,
    Time,
    MicroTime,
    IntOrText,
    Message,
    TextMap,
    BytesMap,
}

/// <summary>A field of a message: what Kubernetes' JSON calls it, and what it holds.</summary>
internal sealed record ProtobufField(string Name, ProtobufType Type, IReadOnlyDictionary<int, ProtobufField>? Message = null, bool IsList = false);

/// <summary>
/// The messages that are understood: the small core kinds and reviews that kubectl and other Go clients write as protobuf (kubectl does
/// from 1.32 on, in its create and auth commands). The numbers are those of Kubernetes' published API; fields that are not
/// listed are not read. Other kinds are written as JSON.
/// </summary>
internal static class ProtobufSchema
{
    private static readonly Dictionary<int, ProtobufField> OwnerReference = new()
    {
        [1] = Text("kind"),
        [3] = Text("name"),
        [4] = Text("uid"),
        [5] = Text("apiVersion"),
        [6] = Flag("controller"),
        [7] = Flag("blockOwnerDeletion"),
    };

    private static readonly Dictionary<int, ProtobufField> ObjectMeta = new()
    {
        [1] = Text("name"),
        [2] = Text("generateName"),
        [3] = Text("namespace"),
        [5] = Text("uid"),
        [6] = Text("resourceVersion"),
        [7] = Integer("generation"),
        [8] = new("creationTimestamp", ProtobufType.Time),
        [9] = new("deletionTimestamp", ProtobufType.Time),
        [10] = Integer("deletionGracePeriodSeconds"),
        [11] = new("labels", ProtobufType.TextMap),
        [12] = new("annotations", ProtobufType.TextMap),
        [13] = new("ownerReferences", ProtobufType.Message, OwnerReference, IsList: true),
        [14] = Texts("finalizers"),
    };

    private static readonly Dictionary<int, ProtobufField> ObjectReference = new()
    {
        [1] = Text("kind"),
        [2] = Text("namespace"),
        [3] = Text("name"),
        [4] = Text("uid"),
        [5] = Text("apiVersion"),
        [6] = Text("resourceVersion"),
        [7] = Text("fieldPath"),
    };

    private static readonly Dictionary<int, ProtobufField> ConfigMap = new()
    {
        [1] = Message("metadata", ObjectMeta),
        [2] = new("data", ProtobufType.TextMap),
        [3] = new("binaryData", ProtobufType.BytesMap),
        [4] = Flag("immutable"),
    };

    private static readonly Dictionary<int, ProtobufField> Secret = new()
    {
        [1] = Message("metadata", ObjectMeta),
        [2] = new("data", ProtobufType.BytesMap),
        [3] = Text("type"),
        [4] = new("stringData", ProtobufType.TextMap),
        [5] = Flag("immutable"),
    };

    private static readonly Dictionary<int, ProtobufField> Namespace = new()
    {
        [1] = Message("metadata", ObjectMeta),
        [2] = Message("spec", new() { [1] = Texts("finalizers") }),
        [3] = Message("status", new() { [1] = Text("phase") }),
    };

    private static readonly Dictionary<int, ProtobufField> ServiceAccount = new()
    {
        [1] = Message("metadata", ObjectMeta),
        [2] = new("secrets", ProtobufType.Message, ObjectReference, IsList: true),
        [3] = new("imagePullSecrets", ProtobufType.Message, new Dictionary<int, ProtobufField> { [1] = Text("name") }, IsList: true),
        [4] = Flag("automountServiceAccountToken"),
    };

    private static readonly Dictionary<int, ProtobufField> Event = new()
    {
        [1] = Message("metadata", ObjectMeta),
        [2] = Message("involvedObject", ObjectReference),
        [3] = Text("reason"),
        [4] = Text("message"),
        [5] = Message("source", new() { [1] = Text("component"), [2] = Text("host") }),
        [6] = new("firstTimestamp", ProtobufType.Time),
        [7] = new("lastTimestamp", ProtobufType.Time),
        [8] = Integer("count"),
        [9] = Text("type"),
        [10] = new("eventTime", ProtobufType.MicroTime),
        [11] = Message("series", new() { [1] = Integer("count"), [2] = new("lastObservedTime", ProtobufType.MicroTime) }),
        [12] = Text("action"),
        [13] = Message("related", ObjectReference),
        [14] = Text("reportingComponent"),
        [15] = Text("reportingInstance"),
    };

    private static readonly Dictionary<int, ProtobufField> Lease = new()
    {
        [1] = Message("metadata", ObjectMeta),
        [2] = Message("spec", new()
        {
            [1] = Text("holderIdentity"),
            [2] = Integer("leaseDurationSeconds"),
            [3] = new("acquireTime", ProtobufType.MicroTime),
            [4] = new("renewTime", ProtobufType.MicroTime),
            [5] = Integer("leaseTransitions"),
        }),
    };

    private static readonly Dictionary<int, ProtobufField> Service = new()
    {
        [1] = Message("metadata", ObjectMeta),
        [2] = Message("spec", new()
        {
            [1] = new("ports", ProtobufType.Message, new Dictionary<int, ProtobufField>
            {
                [1] = Text("name"),
                [2] = Text("protocol"),
                [3] = Integer("port"),
                [4] = new("targetPort", ProtobufType.IntOrText),
                [5] = Integer("nodePort"),
                [6] = Text("appProtocol"),
            }, IsList: true),
            [2] = new("selector", ProtobufType.TextMap),
            [3] = Text("clusterIP"),
            [4] = Text("type"),
            [5] = Texts("externalIPs"),
            [7] = Text("sessionAffinity"),
            [10] = Text("externalName"),
        }),
    };

    private static readonly Dictionary<int, ProtobufField> AccessReview = new()
    {
        [1] = Message("metadata", ObjectMeta),
        [2] = Message("spec", new()
        {
            [1] = Message("resourceAttributes", new()
            {
                [1] = Text("namespace"),
                [2] = Text("verb"),
                [3] = Text("group"),
                [4] = Text("version"),
                [5] = Text("resource"),
                [6] = Text("subresource"),
                [7] = Text("name"),
            }),
            [2] = Message("nonResourceAttributes", new() { [1] = Text("path"), [2] = Text("verb") }),
        }),
    };

    private static readonly Dictionary<int, ProtobufField> RulesReview = new()
    {
        [1] = Message("metadata", ObjectMeta),
        [2] = Message("spec", new() { [1] = Text("namespace") }),
    };

    private static readonly Dictionary<int, ProtobufField> SelfReview = new() { [1] = Message("metadata", ObjectMeta) };

    private static readonly Dictionary<int, ProtobufField> DeleteOptions = new()
    {
        [1] = Integer("gracePeriodSeconds"),
        [2] = Message("preconditions", new() { [1] = Text("uid"), [2] = Text("resourceVersion") }),
        [3] = Flag("orphanDependents"),
        [4] = Text("propagationPolicy"),
        [5] = Texts("dryRun"),
    };

    /// <summary>What every body is wrapped in: the type, and the object's bytes.</summary>
    public static IReadOnlyDictionary<int, ProtobufField> Envelope { get; } = new Dictionary<int, ProtobufField>
    {
        [1] = Message("typeMeta", new() { [1] = Text("apiVersion"), [2] = Text("kind") }),
        [2] = new("raw", ProtobufType.Bytes),
    };

    /// <summary>The message of a kind, or null if it is not understood.</summary>
    public static IReadOnlyDictionary<int, ProtobufField>? Find(string? apiVersion, string? kind) => (apiVersion, kind) switch
    {
        (_, "DeleteOptions") => DeleteOptions,
        ("v1", "ConfigMap") => ConfigMap,
        ("v1", "Secret") => Secret,
        ("v1", "Namespace") => Namespace,
        ("v1", "ServiceAccount") => ServiceAccount,
        ("v1", "Event") => Event,
        ("v1", "Service") => Service,
        ("coordination.k8s.io/v1", "Lease") => Lease,
        ("authorization.k8s.io/v1", "SelfSubjectAccessReview") => AccessReview,
        ("authorization.k8s.io/v1", "SelfSubjectRulesReview") => RulesReview,
        ("authentication.k8s.io/v1", "SelfSubjectReview") => SelfReview,
        _ => null,
    };

    private static ProtobufField Text(string name) => new(name, ProtobufType.Text);

    private static ProtobufField Texts(string name) => new(name, ProtobufType.Text, IsList: true);

    private static ProtobufField Integer(string name) => new(name, ProtobufType.Integer);

    private static ProtobufField Flag(string name) => new(name, ProtobufType.Flag);

    private static ProtobufField Message(string name, Dictionary<int, ProtobufField> message) => new(name, ProtobufType.Message, message);
}
