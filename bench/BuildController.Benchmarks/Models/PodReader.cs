using BuildController.Informers.Api;
using static BuildController.Benchmarks.Models.ContainerReader;
using static BuildController.Benchmarks.Models.VolumeReader;

namespace BuildController.Benchmarks.Models;

/// <summary>Reads pods.</summary>
internal static class PodReader
{
    public static Pod ReadPod(ref JsonCursor json)
    {
        ObjectMeta? metadata = null;
        PodSpec? spec = null;
        PodStatus? status = null;
        if (json.BeginObject())
        {
            while (json.NextMember())
            {
                if (json.Is("metadata"u8))
                    metadata = ObjectMeta.Read(ref json);
                else if (json.Is("spec"u8))
                    spec = ReadPodSpec(ref json);
                else if (json.Is("status"u8))
                    status = ReadPodStatus(ref json);
                else
                    json.Skip();
            }
        }

        return new Pod
        {
            Metadata = metadata ?? new ObjectMeta(),
            Spec = spec,
            Status = status,
        };
    }

    public static PodSpec ReadPodSpec(ref JsonCursor json)
    {
        IReadOnlyList<Container> containers = [];
        IReadOnlyList<Volume> volumes = [];
        IReadOnlyList<Toleration> tolerations = [];
        string? nodeName = null;
        string? restartPolicy = null;
        string? serviceAccountName = null;
        SecurityContext? securityContext = null;
        string? schedulerName = null;
        string? dnsPolicy = null;
        long? terminationGracePeriodSeconds = null;
        int? priority = null;
        bool? enableServiceLinks = null;
        string? preemptionPolicy = null;
        if (json.BeginObject())
        {
            while (json.NextMember())
            {
                if (json.Is("containers"u8))
                    containers = json.ReadList<Container>(ReadContainer);
                else if (json.Is("volumes"u8))
                    volumes = json.ReadList(static (ref JsonCursor item) => item.ReadShared<Volume>(ReadVolume));
                else if (json.Is("tolerations"u8))
                    tolerations = json.ReadShared(static (ref JsonCursor list) => list.ReadList<Toleration>(ReadToleration));
                else if (json.Is("nodeName"u8))
                    nodeName = json.ReadSharedText();
                else if (json.Is("restartPolicy"u8))
                    restartPolicy = json.ReadSharedText();
                else if (json.Is("serviceAccountName"u8))
                    serviceAccountName = json.ReadSharedText();
                else if (json.Is("securityContext"u8))
                    securityContext = json.ReadShared<SecurityContext>(ReadSecurityContext);
                else if (json.Is("schedulerName"u8))
                    schedulerName = json.ReadSharedText();
                else if (json.Is("dnsPolicy"u8))
                    dnsPolicy = json.ReadSharedText();
                else if (json.Is("terminationGracePeriodSeconds"u8))
                    terminationGracePeriodSeconds = json.ReadInt64();
                else if (json.Is("priority"u8))
                    priority = json.ReadInt32();
                else if (json.Is("enableServiceLinks"u8))
                    enableServiceLinks = json.ReadBoolean();
                else if (json.Is("preemptionPolicy"u8))
                    preemptionPolicy = json.ReadSharedText();
                else
                    json.Skip();
            }
        }

        return new PodSpec
        {
            Containers = containers,
            Volumes = volumes,
            Tolerations = tolerations,
            NodeName = nodeName,
            RestartPolicy = restartPolicy,
            ServiceAccountName = serviceAccountName,
            SecurityContext = securityContext,
            SchedulerName = schedulerName,
            DnsPolicy = dnsPolicy,
            TerminationGracePeriodSeconds = terminationGracePeriodSeconds,
            Priority = priority,
            EnableServiceLinks = enableServiceLinks,
            PreemptionPolicy = preemptionPolicy,
        };
    }

    public static PodStatus ReadPodStatus(ref JsonCursor json)
    {
        string? phase = null;
        IReadOnlyList<Condition> conditions = [];
        IReadOnlyList<ContainerStatus> containerStatuses = [];
        string? hostIP = null;
        string? podIP = null;
        IReadOnlyList<string> podIPs = [];
        DateTimeOffset? startTime = null;
        string? qosClass = null;
        if (json.BeginObject())
        {
            while (json.NextMember())
            {
                if (json.Is("phase"u8))
                    phase = json.ReadSharedText();
                else if (json.Is("conditions"u8))
                    conditions = json.ReadList<Condition>(ReadCondition);
                else if (json.Is("containerStatuses"u8))
                    containerStatuses = json.ReadList<ContainerStatus>(ReadContainerStatus);
                else if (json.Is("hostIP"u8))
                    hostIP = json.ReadSharedText();
                else if (json.Is("podIP"u8))
                    podIP = json.ReadText();
                else if (json.Is("podIPs"u8))
                    podIPs = json.ReadList<string>(ReadPodIP);
                else if (json.Is("startTime"u8))
                    startTime = json.ReadTime();
                else if (json.Is("qosClass"u8))
                    qosClass = json.ReadSharedText();
                else
                    json.Skip();
            }
        }

        return new PodStatus
        {
            Phase = phase,
            Conditions = conditions,
            ContainerStatuses = containerStatuses,
            HostIP = hostIP,
            PodIP = podIP,
            PodIPs = podIPs,
            StartTime = startTime,
            QosClass = qosClass,
        };
    }

    public static Condition ReadCondition(ref JsonCursor json)
    {
        string? type = null;
        string? status = null;
        DateTimeOffset? lastProbeTime = null;
        DateTimeOffset? lastTransitionTime = null;
        string? reason = null;
        string? message = null;
        if (json.BeginObject())
        {
            while (json.NextMember())
            {
                if (json.Is("type"u8))
                    type = json.ReadSharedText();
                else if (json.Is("status"u8))
                    status = json.ReadSharedText();
                else if (json.Is("lastProbeTime"u8))
                    lastProbeTime = json.ReadTime();
                else if (json.Is("lastTransitionTime"u8))
                    lastTransitionTime = json.ReadTime();
                else if (json.Is("reason"u8))
                    reason = json.ReadSharedText();
                else if (json.Is("message"u8))
                    message = json.ReadText();
                else
                    json.Skip();
            }
        }

        return new Condition(type, status, lastProbeTime, lastTransitionTime, reason, message);
    }

    public static Toleration ReadToleration(ref JsonCursor json)
    {
        string? key = null;
        string? operation = null;
        string? value = null;
        string? effect = null;
        long? tolerationSeconds = null;
        if (json.BeginObject())
        {
            while (json.NextMember())
            {
                if (json.Is("key"u8))
                    key = json.ReadSharedText();
                else if (json.Is("operator"u8))
                    operation = json.ReadSharedText();
                else if (json.Is("value"u8))
                    value = json.ReadSharedText();
                else if (json.Is("effect"u8))
                    effect = json.ReadSharedText();
                else if (json.Is("tolerationSeconds"u8))
                    tolerationSeconds = json.ReadInt64();
                else
                    json.Skip();
            }
        }

        return new Toleration(key, operation, value, effect, tolerationSeconds);
    }

    public static SecurityContext ReadSecurityContext(ref JsonCursor json)
    {
        long? runAsUser = null;
        bool? runAsNonRoot = null;
        bool? allowPrivilegeEscalation = null;
        long? fsGroup = null;
        if (json.BeginObject())
        {
            while (json.NextMember())
            {
                if (json.Is("runAsUser"u8))
                    runAsUser = json.ReadInt64();
                else if (json.Is("runAsNonRoot"u8))
                    runAsNonRoot = json.ReadBoolean();
                else if (json.Is("allowPrivilegeEscalation"u8))
                    allowPrivilegeEscalation = json.ReadBoolean();
                else if (json.Is("fsGroup"u8))
                    fsGroup = json.ReadInt64();
                else
                    json.Skip();
            }
        }

        return new SecurityContext(runAsUser, runAsNonRoot, allowPrivilegeEscalation, fsGroup);
    }

    private static string ReadPodIP(ref JsonCursor json)
    {
        string? ip = null;
        if (json.BeginObject())
        {
            while (json.NextMember())
            {
                if (json.Is("ip"u8))
                    ip = json.ReadText();
                else
                    json.Skip();
            }
        }

        return ip ?? string.Empty;
    }
}
