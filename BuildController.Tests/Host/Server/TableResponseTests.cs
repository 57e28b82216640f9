using System.Net;
using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Server;

public sealed class TableResponseTests : ServerFixture
{
    [Test]
    public async Task A_list_is_a_table_with_a_row_for_each_object()
    {
        await CreateAsync(Demo.WidgetsPath, Demo.Widget("a", 4));
        await CreateAsync(Demo.WidgetsPath, Demo.Widget("b", 5));

        JsonElement table = await GetAsync($"{Demo.WidgetsPath}?limit=1", TableAccept);

        table.GetProperty("kind").GetString().Should().Be("Table");
        table.GetProperty("apiVersion").GetString().Should().Be("meta.k8s.io/v1");
        table.GetProperty("metadata").GetProperty("continue").GetString().Should().NotBeEmpty();
        table.GetProperty("columnDefinitions").EnumerateArray().Select(static column => column.GetProperty("name").GetString()).Should().Equal("Name", "Size", "Ready", "Note", "Age");
        JsonElement row = table.GetProperty("rows").EnumerateArray().Single();
        row.GetProperty("cells")[0].GetString().Should().Be("a");
        row.GetProperty("cells")[1].GetInt32().Should().Be(4);
        row.GetProperty("object").GetProperty("kind").GetString().Should().Be("PartialObjectMetadata");
        row.GetProperty("object").TryGetProperty("spec", out _).Should().BeFalse();
    }

    [Test]
    public async Task One_object_is_a_table_of_one_row_under_its_own_version()
    {
        JsonElement created = await CreateAsync(Demo.WidgetsPath, Demo.Widget("a"));

        JsonElement table = await GetAsync($"{Demo.WidgetsPath}/a", TableAccept);

        table.GetProperty("rows").GetArrayLength().Should().Be(1);
        table.GetProperty("metadata").GetProperty("resourceVersion").GetString()
            .Should().Be(created.GetProperty("metadata").GetProperty("resourceVersion").GetString());
    }

    [Test]
    public async Task Rows_carry_what_the_client_wants_of_the_object()
    {
        await CreateAsync(Demo.WidgetsPath, Demo.Widget("a"));

        JsonElement whole = await GetAsync($"{Demo.WidgetsPath}?includeObject=Object", TableAccept);
        JsonElement none = await GetAsync($"{Demo.WidgetsPath}?includeObject=None", TableAccept);

        whole.GetProperty("rows")[0].GetProperty("object").GetProperty("spec").GetProperty("size").GetInt32().Should().Be(1);
        none.GetProperty("rows")[0].TryGetProperty("object", out _).Should().BeFalse();
        await ExpectAsync(HttpStatusCode.BadRequest, HttpMethod.Get, $"{Demo.WidgetsPath}?includeObject=All", accept: TableAccept);
    }

    [Test]
    public async Task An_error_stays_a_status() =>
        (await ExpectAsync(HttpStatusCode.NotFound, HttpMethod.Get, $"{Demo.WidgetsPath}/none", accept: TableAccept)).GetProperty("kind").GetString().Should().Be("Status");
}
