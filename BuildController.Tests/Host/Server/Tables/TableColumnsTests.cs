using System.Text;
using System.Text.Json;
using BuildController.Host.Server.Tables;
using BuildController.Informers.Api;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Server.Tables;

public sealed class TableColumnsTests
{
    private readonly ManualTimeProvider time = new(new DateTimeOffset(2024, 5, 1, 12, 0, 0, TimeSpan.Zero));

    [TestCase("""{"status":{"phase":"Pending"}}""", "Pending")]
    [TestCase("""{"status":{"phase":"Failed","reason":"Evicted"}}""", "Evicted")]
    [TestCase("""{"status":{"phase":"Running"},"metadata":{"deletionTimestamp":"2024-05-01T11:59:00Z"}}""", "Terminating")]
    [TestCase("""{"status":{"phase":"Succeeded"},"metadata":{"deletionTimestamp":"2024-05-01T11:59:00Z"}}""", "Succeeded")]
    [TestCase("""{"status":{"phase":"Pending","containerStatuses":[{"state":{"waiting":{"reason":"ImagePullBackOff"}}}]}}""", "ImagePullBackOff")]
    [TestCase("""{"status":{"phase":"Failed","containerStatuses":[{"state":{"terminated":{"exitCode":3}}}]}}""", "ExitCode:3")]
    [TestCase("""{"status":{"phase":"Failed","containerStatuses":[{"state":{"terminated":{"exitCode":137,"signal":9}}}]}}""", "Signal:9")]
    [TestCase("""{"status":{"phase":"Running","containerStatuses":[{"ready":true,"state":{"running":{}}},{"state":{"terminated":{"exitCode":1,"reason":"Error"}}}]}}""", "Error")]
    [TestCase("""{"spec":{"initContainers":[{},{}]},"status":{"phase":"Pending","initContainerStatuses":[{"state":{"terminated":{"exitCode":0}}},{"state":{"running":{}}}]}}""", "Init:1/2")]
    [TestCase("""{"status":{"phase":"Pending","initContainerStatuses":[{"state":{"terminated":{"exitCode":1,"reason":"Error"}}}]}}""", "Init:Error")]
    public void A_pods_status_says_what_its_containers_do(string pod, string expected) =>
        Cells(CoreResources.Pods, pod)[2].Should().Be(expected);

    [Test]
    public void A_pods_row_counts_what_is_ready_and_restarted()
    {
        const string pod = """
            {
              "metadata": {"name": "p", "creationTimestamp": "2024-05-01T11:55:00Z"},
              "spec": {"containers": [{}, {}]},
              "status": {"phase": "Running", "containerStatuses": [
                {"ready": true, "restartCount": 2, "state": {"running": {}}, "lastState": {"terminated": {"finishedAt": "2024-05-01T11:58:30Z"}}},
                {"ready": false, "restartCount": 1, "state": {"running": {}}}]}
            }
            """;

        Cells(CoreResources.Pods, pod)[..5].Should().Equal("p", "1/2", "Running", "3 (90s ago)", "5m");
    }

    [Test]
    public void Core_kinds_have_their_own_columns()
    {
        const string times = "\"creationTimestamp\":\"2024-05-01T11:00:00Z\"";

        Cells(CoreResources.ConfigMaps, $$$"""{"metadata":{"name":"c",{{{times}}}},"data":{"a":"1"},"binaryData":{"b":"MQ=="}}""").Should().Equal("c", "2", "60m");
        Cells(CoreResources.Secrets, $$$"""{"metadata":{"name":"s",{{{times}}}},"type":"kubernetes.io/dockerconfigjson","data":{"a":"MQ=="}}""").Should().Equal("s", "kubernetes.io/dockerconfigjson", "1", "60m");
        Cells(CoreResources.Namespaces, $$$"""{"metadata":{"name":"n",{{{times}}}},"status":{"phase":"Active"}}""").Should().Equal("n", "Active", "60m");
        Headings(CoreResources.Events).Should().StartWith(["Last Seen", "Type", "Reason", "Object"]);
        Cells(CoreResources.Events, """{"lastTimestamp":"2024-05-01T11:59:50Z","type":"Warning","reason":"Failed","involvedObject":{"kind":"Pod","name":"p"},"message":"No. "}""")
            .Should().StartWith(["10s", "Warning", "Failed", "pod/p"]).And.Contain("No.");
    }

    [Test]
    public void A_custom_resource_shows_its_columns_between_name_and_age()
    {
        ResourceDefinition type = Widgets(new PrinterColumn("Size", "integer", ".spec.size"), new PrinterColumn("Ready", "string", ".status.ready"), new PrinterColumn("Seen", "date", ".status.seen", 1));

        Headings(type).Should().Equal("Name", "Size", "Ready", "Seen", "Age");
        Cells(type, """{"metadata":{"name":"w","creationTimestamp":"2024-05-01T11:59:59Z"},"spec":{"size":4},"status":{"ready":true,"seen":"2024-05-01T11:00:00Z"}}""")
            .Should().Equal("w", "4", "true", "60m", "1s");
    }

    [Test]
    public void A_value_that_is_missing_or_of_another_type_leaves_its_cell_empty()
    {
        ResourceDefinition type = Widgets(new PrinterColumn("Size", "integer", ".spec.size"), new PrinterColumn("Other", "string", ".spec.other"));

        Cells(type, """{"metadata":{"name":"w"},"spec":{"size":"four"}}""").Should().Equal("w", "", "", "<unknown>");
    }

    [Test]
    public void A_definition_that_has_its_own_age_column_gets_no_second_one() =>
        Headings(Widgets(new PrinterColumn("Age", "date", ".metadata.creationTimestamp"))).Should().Equal("Name", "Age");

    private static ResourceDefinition Widgets(params PrinterColumn[] columns) => new()
    {
        Resource = new GroupVersionResource("demo.example.com", "v1", "widgets"),
        Kind = "Widget",
        Scope = ResourceScope.Namespaced,
        Columns = columns,
    };

    private string[] Headings(ResourceDefinition type) => [.. Table(type, "{}").GetProperty("columnDefinitions").EnumerateArray().Select(static column => column.GetProperty("name").GetString()!)];

    private string[] Cells(ResourceDefinition type, string json) => [.. Table(type, json).GetProperty("rows")[0].GetProperty("cells").EnumerateArray().Select(static cell => cell.ToString())];

    private JsonElement Table(ResourceDefinition type, string json)
    {
        var table = new TableWriter(new TableColumns().For(type), "None", time);
        return JsonElement.Parse(table.One(Encoding.UTF8.GetBytes(json)));
    }
}
