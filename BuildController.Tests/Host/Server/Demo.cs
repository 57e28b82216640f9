using BuildController.Informers.Api;
using BuildController.Informers.Testing;

namespace BuildController.Tests.Host.Server;

/// <summary>Made-up custom resources: what the server shows must not depend on kinds that it knows.</summary>
internal static class Demo
{
    public const string WidgetsPath = "/apis/demo.example.com/v1/namespaces/default/widgets";

    public static ResourceDefinition Widgets { get; } = new()
    {
        Resource = new GroupVersionResource("demo.example.com", "v1", "widgets"),
        Kind = "Widget",
        Scope = ResourceScope.Namespaced,
        ShortNames = ["wd"],
        Categories = ["all"],
        HasStatus = true,
        Columns =
        [
            new PrinterColumn("Size", "integer", ".spec.size"),
            new PrinterColumn("Ready", "string", """.status.conditions[?(@.type=="Ready")].status"""),
            new PrinterColumn("Note", "string", ".spec.note", 1),
        ],
    };

    public static ResourceDefinition Machines { get; } = new()
    {
        Resource = new GroupVersionResource("demo.example.com", "v1", "machines"),
        Kind = "Machine",
        Scope = ResourceScope.Cluster,
    };

    public static string Widget(string name, int size = 1, string extraMetadata = "") =>
        $$"""{"apiVersion":"demo.example.com/v1","kind":"Widget","metadata":{"name":"{{name}}"{{extraMetadata}} },"spec":{"size":{{size}} } }""";

    public static string ConfigMap(string name, string data = "{}", string extraMetadata = "") =>
        $$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{name}}"{{extraMetadata}} },"data":{{data}} }""";
}
