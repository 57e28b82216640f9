using System.Text.Json;
using System.Text.Json.Serialization;
using BuildController.Informers.Api;

namespace BuildController.Informers.Events;

/// <summary>A core/v1 Event: what <c>kubectl describe</c> shows below an object.</summary>
public sealed record CoreEvent : IKubernetesObject
{
    /// <summary>The resource. Events of cluster-scoped objects live in namespace <c>default</c>.</summary>
    public static ResourceType<CoreEvent> ResourceType { get; } = Api.ResourceType.For(
        new GroupVersionResource(string.Empty, "v1", "events"), "Event", ResourceScope.Namespaced, EventJsonContext.Default.CoreEvent);

    /// <inheritdoc/>
    public ObjectMeta Metadata { get => field ?? new ObjectMeta(); init; }

    /// <summary>What the event is about.</summary>
    public required ObjectReference InvolvedObject { get; init; }

    /// <summary><c>Normal</c> or <c>Warning</c>.</summary>
    public string Type { get => field ?? nameof(EventType.Normal); init; }

    /// <summary>A word for machines.</summary>
    public string Reason { get => field ?? string.Empty; init; }

    /// <summary>A sentence for people.</summary>
    public string Message { get => field ?? string.Empty; init; }

    /// <summary>Who says so, as <c>kubectl describe</c> shows it.</summary>
    public EventSource? Source { get; init; }

    /// <summary>When it happened first.</summary>
    public DateTimeOffset? FirstTimestamp { get; init; }

    /// <summary>When it happened last.</summary>
    public DateTimeOffset? LastTimestamp { get; init; }

    /// <summary>How often it happened.</summary>
    public int Count { get; init; } = 1;

    /// <summary>Who says so, in the field that came with events.k8s.io; selectors find it.</summary>
    public string? ReportingComponent { get; init; }

    /// <summary>Which of several instances of the component says so.</summary>
    public string? ReportingInstance { get; init; }
}

/// <summary>What is written when an event has happened again.</summary>
internal sealed record EventUpdate(int Count, string Message, DateTimeOffset? LastTimestamp);

/// <summary>Source-generated contract of events.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(Rfc3339Converter)])]
[JsonSerializable(typeof(CoreEvent))]
[JsonSerializable(typeof(EventUpdate))]
internal sealed partial class EventJsonContext : JsonSerializerContext;
