using BuildController.Informers.Api;

namespace BuildController.Informers.Testing.Cluster;

/// <summary>What a list or a watch wants to see of a resource.</summary>
internal sealed class ObjectFilter
{
    private readonly LabelSelector labels;
    private readonly FieldSelector fields;

    public ObjectFilter(ResourceDefinition type, string? @namespace, string? labelSelector, string? fieldSelector)
    {
        if (!type.IsNamespaced && !string.IsNullOrEmpty(@namespace))
            throw ServerErrors.NoSuchResource();

        Type = type;
        Namespace = string.IsNullOrEmpty(@namespace) ? null : @namespace;
        fields = FieldSelector.Parse(fieldSelector, type);
        try
        {
            labels = LabelSelector.Parse(labelSelector);
        }
        catch (FormatException error)
        {
            throw ServerErrors.BadRequest($"unable to parse requirement: {error.Message}");
        }
    }

    /// <summary>The version in which objects are shown.</summary>
    public ResourceDefinition Type { get; }

    public string? Namespace { get; }

    public LabelSelector Labels => labels;

    /// <summary>Whether nothing but the namespace restricts what is seen.</summary>
    public bool HasNoSelector => labels.IsEverything && fields.IsEverything;

    public bool Matches(StoredObject value) =>
        (Namespace is null || value.Key.Namespace == Namespace) && MatchesSelectors(value);

    public bool MatchesSelectors(StoredObject value) =>
        labels.Matches(value.Metadata.Labels) && fields.Matches(value);
}
