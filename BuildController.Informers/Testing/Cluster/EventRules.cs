using System.Text.Json.Nodes;
using BuildController.Informers.Testing.Cluster.Schemas;

namespace BuildController.Informers.Testing.Cluster;

/// <summary>Events live where the object lives that they tell of; those of the newer form say who reports what.</summary>
internal sealed class EventRules : ResourceRules
{
    public static readonly EventRules Instance = new();

    private const int ShortLimit = 128;
    private const int MessageLimit = 1024;

    public override bool AllowsCreateOnUpdate => true;

    public override SchemaNode Schema => KindSchemas.Event;

    public override void Validate(JsonObject root, FieldErrors errors)
    {
        string involved = root.Object("involvedObject")?.Text("namespace") ?? string.Empty;
        string @namespace = root.Object("metadata")?.Text("namespace") ?? string.Empty;
        bool isNewForm = root.Text("eventTime") is { Length: > 0 };
        bool agrees = involved.Length == 0
            ? @namespace is "" or "default" || (isNewForm && @namespace == "kube-system")
            : isNewForm || involved == @namespace;
        if (!agrees)
            errors.Invalid("involvedObject.namespace", involved, "does not match event.namespace");

        if (!isNewForm)
            return;

        string reporter = root.Text("reportingComponent") ?? string.Empty;
        if (reporter.Length == 0)
            errors.Required("reportingController");

        foreach (string complaint in Names.CheckQualified(reporter))
            errors.Invalid("reportingController", reporter, complaint);

        CheckShort("reportingInstance");
        CheckShort("action");
        CheckShort("reason");
        if ((root.Text("message") ?? string.Empty).Length > MessageLimit)
            errors.Invalid("message", string.Empty, $"can have at most {MessageLimit} characters");

        void CheckShort(string member)
        {
            string value = root.Text(member) ?? string.Empty;
            if (value.Length == 0)
                errors.Required(member);
            else if (value.Length > ShortLimit)
                errors.Invalid(member, string.Empty, $"can have at most {ShortLimit} characters");
        }
    }
}
