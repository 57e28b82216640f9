using BuildController.Informers.Api;
using static BuildController.Benchmarks.Models.PodReader;
using static BuildController.Benchmarks.Models.VolumeReader;

namespace BuildController.Benchmarks.Models;

/// <summary>Reads containers and what they do.</summary>
internal static class ContainerReader
{
    public static Container ReadContainer(ref JsonCursor json)
    {
        string? name = null;
        string? image = null;
        IReadOnlyList<string> args = [];
        IReadOnlyList<ContainerPort> ports = [];
        IReadOnlyList<EnvironmentVariable> env = [];
        IReadOnlyDictionary<string, string>? limits = null;
        IReadOnlyDictionary<string, string>? requests = null;
        IReadOnlyList<VolumeMount> volumeMounts = [];
        Probe? livenessProbe = null;
        string? terminationMessagePath = null;
        string? terminationMessagePolicy = null;
        string? imagePullPolicy = null;
        SecurityContext? securityContext = null;
        if (json.BeginObject())
        {
            while (json.NextMember())
            {
                if (json.Is("name"u8))
                    name = json.ReadSharedText();
                else if (json.Is("image"u8))
                    image = json.ReadSharedText();
                else if (json.Is("args"u8))
                    args = json.ReadShared(static (ref JsonCursor list) => list.ReadTexts());
                else if (json.Is("ports"u8))
                    ports = json.ReadShared(static (ref JsonCursor list) => list.ReadList<ContainerPort>(ReadContainerPort));
                else if (json.Is("env"u8))
                    env = json.ReadShared(static (ref JsonCursor list) => list.ReadList<EnvironmentVariable>(ReadEnvironmentVariable));
                else if (json.Is("resources"u8))
                    (limits, requests) = ReadResources(ref json);
                else if (json.Is("volumeMounts"u8))
                    volumeMounts = json.ReadList(static (ref JsonCursor item) => item.ReadShared<VolumeMount>(ReadVolumeMount));
                else if (json.Is("livenessProbe"u8))
                    livenessProbe = json.ReadShared<Probe>(ReadProbe);
                else if (json.Is("terminationMessagePath"u8))
                    terminationMessagePath = json.ReadSharedText();
                else if (json.Is("terminationMessagePolicy"u8))
                    terminationMessagePolicy = json.ReadSharedText();
                else if (json.Is("imagePullPolicy"u8))
                    imagePullPolicy = json.ReadSharedText();
                else if (json.Is("securityContext"u8))
                    securityContext = json.ReadShared<SecurityContext>(ReadSecurityContext);
                else
                    json.Skip();
            }
        }

        return new Container
        {
            Name = name,
            Image = image,
            Args = args,
            Ports = ports,
            Env = env,
            Limits = limits,
            Requests = requests,
            VolumeMounts = volumeMounts,
            LivenessProbe = livenessProbe,
            TerminationMessagePath = terminationMessagePath,
            TerminationMessagePolicy = terminationMessagePolicy,
            ImagePullPolicy = imagePullPolicy,
            SecurityContext = securityContext,
        };
    }

    public static ContainerPort ReadContainerPort(ref JsonCursor json)
    {
        string? name = null;
        int? containerPort = null;
        string? protocol = null;
        if (json.BeginObject())
        {
            while (json.NextMember())
            {
                if (json.Is("name"u8))
                    name = json.ReadSharedText();
                else if (json.Is("containerPort"u8))
                    containerPort = json.ReadInt32();
                else if (json.Is("protocol"u8))
                    protocol = json.ReadSharedText();
                else
                    json.Skip();
            }
        }

        return new ContainerPort(name, containerPort, protocol);
    }

    public static EnvironmentVariable ReadEnvironmentVariable(ref JsonCursor json)
    {
        string? name = null;
        string? value = null;
        FieldReference? fieldRef = null;
        if (json.BeginObject())
        {
            while (json.NextMember())
            {
                if (json.Is("name"u8))
                    name = json.ReadSharedText();
                else if (json.Is("value"u8))
                    value = json.ReadSharedText();
                else if (json.Is("valueFrom"u8))
                    fieldRef = ReadValueFrom(ref json);
                else
                    json.Skip();
            }
        }

        return new EnvironmentVariable(name, value, fieldRef);
    }

    public static FieldReference ReadFieldReference(ref JsonCursor json)
    {
        string? apiVersion = null;
        string? fieldPath = null;
        if (json.BeginObject())
        {
            while (json.NextMember())
            {
                if (json.Is("apiVersion"u8))
                    apiVersion = json.ReadSharedText();
                else if (json.Is("fieldPath"u8))
                    fieldPath = json.ReadSharedText();
                else
                    json.Skip();
            }
        }

        return new FieldReference(apiVersion, fieldPath);
    }

    public static VolumeMount ReadVolumeMount(ref JsonCursor json)
    {
        string? name = null;
        bool? readOnly = null;
        string? mountPath = null;
        if (json.BeginObject())
        {
            while (json.NextMember())
            {
                if (json.Is("name"u8))
                    name = json.ReadSharedText();
                else if (json.Is("readOnly"u8))
                    readOnly = json.ReadBoolean();
                else if (json.Is("mountPath"u8))
                    mountPath = json.ReadSharedText();
                else
                    json.Skip();
            }
        }

        return new VolumeMount(name, readOnly, mountPath);
    }

    public static Probe ReadProbe(ref JsonCursor json)
    {
        string? path = null;
        int? port = null;
        string? scheme = null;
        int? initialDelaySeconds = null;
        int? timeoutSeconds = null;
        int? periodSeconds = null;
        int? successThreshold = null;
        int? failureThreshold = null;
        if (json.BeginObject())
        {
            while (json.NextMember())
            {
                if (json.Is("httpGet"u8))
                    (path, port, scheme) = ReadHttpGet(ref json);
                else if (json.Is("initialDelaySeconds"u8))
                    initialDelaySeconds = json.ReadInt32();
                else if (json.Is("timeoutSeconds"u8))
                    timeoutSeconds = json.ReadInt32();
                else if (json.Is("periodSeconds"u8))
                    periodSeconds = json.ReadInt32();
                else if (json.Is("successThreshold"u8))
                    successThreshold = json.ReadInt32();
                else if (json.Is("failureThreshold"u8))
                    failureThreshold = json.ReadInt32();
                else
                    json.Skip();
            }
        }

        return new Probe
        {
            Path = path,
            Port = port,
            Scheme = scheme,
            InitialDelaySeconds = initialDelaySeconds,
            TimeoutSeconds = timeoutSeconds,
            PeriodSeconds = periodSeconds,
            SuccessThreshold = successThreshold,
            FailureThreshold = failureThreshold,
        };
    }

    public static ContainerStatus ReadContainerStatus(ref JsonCursor json)
    {
        string? name = null;
        ContainerState? state = null;
        ContainerState? lastState = null;
        bool? ready = null;
        int? restartCount = null;
        string? image = null;
        string? imageID = null;
        string? containerID = null;
        bool? started = null;
        if (json.BeginObject())
        {
            while (json.NextMember())
            {
                if (json.Is("name"u8))
                    name = json.ReadSharedText();
                else if (json.Is("state"u8))
                    state = ReadContainerState(ref json);
                else if (json.Is("lastState"u8))
                    lastState = ReadContainerState(ref json);
                else if (json.Is("ready"u8))
                    ready = json.ReadBoolean();
                else if (json.Is("restartCount"u8))
                    restartCount = json.ReadInt32();
                else if (json.Is("image"u8))
                    image = json.ReadSharedText();
                else if (json.Is("imageID"u8))
                    imageID = json.ReadSharedText();
                else if (json.Is("containerID"u8))
                    containerID = json.ReadText();
                else if (json.Is("started"u8))
                    started = json.ReadBoolean();
                else
                    json.Skip();
            }
        }

        return new ContainerStatus
        {
            Name = name,
            State = state,
            LastState = lastState,
            Ready = ready,
            RestartCount = restartCount,
            Image = image,
            ImageID = imageID,
            ContainerID = containerID,
            Started = started,
        };
    }

    private static ContainerState ReadContainerState(ref JsonCursor json)
    {
        DateTimeOffset? since = null;
        if (json.BeginObject())
        {
            while (json.NextMember())
            {
                if (json.Is("running"u8))
                    since = ReadStartedAt(ref json);
                else
                    json.Skip();
            }
        }

        return since is null ? ContainerState.Empty : new ContainerState { RunningSince = since };
    }

    private static DateTimeOffset? ReadStartedAt(ref JsonCursor json)
    {
        DateTimeOffset? since = null;
        if (json.BeginObject())
        {
            while (json.NextMember())
            {
                if (json.Is("startedAt"u8))
                    since = json.ReadTime();
                else
                    json.Skip();
            }
        }

        return since;
    }

    private static (IReadOnlyDictionary<string, string>? Limits, IReadOnlyDictionary<string, string>? Requests) ReadResources(ref JsonCursor json)
    {
        IReadOnlyDictionary<string, string>? limits = null, requests = null;
        if (json.BeginObject())
        {
            while (json.NextMember())
            {
                if (json.Is("limits"u8))
                    limits = json.ReadSharedTextMap();
                else if (json.Is("requests"u8))
                    requests = json.ReadSharedTextMap();
                else
                    json.Skip();
            }
        }

        return (limits, requests);
    }

    private static FieldReference? ReadValueFrom(ref JsonCursor json)
    {
        FieldReference? field = null;
        if (json.BeginObject())
        {
            while (json.NextMember())
            {
                if (json.Is("fieldRef"u8))
                    field = ReadFieldReference(ref json);
                else
                    json.Skip();
            }
        }

        return field;
    }

    private static (string? Path, int? Port, string? Scheme) ReadHttpGet(ref JsonCursor json)
    {
        string? path = null, scheme = null;
        int? port = null;
        if (json.BeginObject())
        {
            while (json.NextMember())
            {
                if (json.Is("path"u8))
                    path = json.ReadSharedText();
                else if (json.Is("port"u8))
                    port = json.ReadInt32();
                else if (json.Is("scheme"u8))
                    scheme = json.ReadSharedText();
                else
                    json.Skip();
            }
        }

        return (path, port, scheme);
    }
}
