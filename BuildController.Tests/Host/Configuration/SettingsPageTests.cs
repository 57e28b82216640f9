using BuildController.Host.Configuration;
using BuildController.Tests.Docs;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Configuration;

/// <summary>The table of settings in docs/operations.md is the one of the code. UPDATE_DOCS=1 writes it anew.</summary>
[TestFixture]
public sealed class SettingsPageTests
{
    private const string Begin = "<!-- settings -->\n";
    private const string End = "<!-- /settings -->\n";

    [Test]
    public void The_documented_table_is_the_codes()
    {
        string path = Repository.PathOf("docs", "operations.md");
        string page = File.ReadAllText(path).Replace("\r\n", "\n", StringComparison.Ordinal);
        int begin = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, end = page.IndexOf(End, StringComparison.Ordinal);
        begin.Should().BeGreaterThan(Begin.Length).And.BeLessThanOrEqualTo(end);
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
            File.WriteAllText(path, page[..begin] + Table() + page[end..]);
        else
            page[begin..end].Should().Be(Table(), "UPDATE_DOCS=1 writes the table anew");
    }

    private static string Table() => string.Concat(
        "| flag | default | what it decides | allowed |\n|---|---|---|---|\n",
        string.Concat(Settings.All.Select(static setting =>
            $"| `{setting.Flag}`{(setting.Alias is { } alias ? $", `{alias}`" : string.Empty)} | {setting.DefaultText} | {setting.Description} | {setting.Allowed.Replace("*", "\\*", StringComparison.Ordinal)} |\n")));
}
