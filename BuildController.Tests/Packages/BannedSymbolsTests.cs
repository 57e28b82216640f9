using System.Text.Json;
using System.Text.RegularExpressions;
using BuildController.Tests.Docs;
using BuildController.Tests.Informers.Client.Configuration;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Packages;

/// <summary>
/// BannedSymbols.txt keeps the wall clock, unseeded randomness and other schedulers out of the libraries. The analyzer says nothing about an entry that it does not
/// understand, so each is committed once, in a project that is built as the libraries are.
/// </summary>
[TestFixture]
[Category("Packages")]
[CancelAfter(300_000)]
public sealed partial class BannedSymbolsTests
{
    private static readonly string[] Entries =
        [.. File.ReadAllLines(Repository.PathOf("BannedSymbols.txt")).Where(static line => line.Length > 0).Select(static line => line.Split(';')[0])];

    [Test]
    public async Task Every_banned_symbol_breaks_the_build_where_it_is_used_and_nothing_else_does(CancellationToken giveUp)
    {
        string offences = File.ReadAllText(Repository.PathOf("BuildController.Tests", "Packages", "Offences.cs.txt"));
        using var folder = new TemporaryFolder();
        folder.Write("Directory.Build.props", $"""<Project><Import Project="{Repository.PathOf("Directory.Build.props")}" /></Project>""");
        folder.Write("Directory.Packages.props", $"""<Project><Import Project="{Repository.PathOf("Directory.Packages.props")}" /></Project>""");
        folder.Write(".editorconfig", File.ReadAllText(Repository.PathOf(".editorconfig")));
        folder.Write("BuildController.Core.csproj", """<Project Sdk="Microsoft.NET.Sdk" />"""); // By its name it is taken for one of the libraries.
        folder.Write("Offences.cs", offences);

        (int exitCode, string output) = await DotnetCommand.RunAsync(folder.PathOf("."), ["build", "-tl:off"], giveUp);

        exitCode.Should().NotBe(0, output);
        string[] lines = offences.Split('\n');
        IEnumerable<string> reported = Report().Matches(output).Select(match => lines[int.Parse(match.Groups[1].Value, null) - 1].Split("// ")).Select(static parts => parts.ElementAtOrDefault(1) ?? parts[0].Trim()).Distinct();
        reported.Should().BeEquivalentTo(Entries, "each entry is committed once in Offences.cs.txt, and what is allowed there is not reported; the build said {0}", output);
    }

    [TestCase("BuildController.Informers")]
    [TestCase("BuildController.Core")]
    [TestCase("BuildController.Host")]
    public async Task The_ban_holds_in_every_project_that_ships(string project, CancellationToken giveUp)
    {
        (int exitCode, string output) = await DotnetCommand.RunAsync(
            Repository.PathOf(project), ["msbuild", "-getItem:AdditionalFiles", "-getItem:PackageReference", "-getProperty:NoWarn", "-getProperty:TreatWarningsAsErrors"], giveUp);

        exitCode.Should().Be(0, output);
        JsonElement evaluated = JsonElement.Parse(output);
        Names(evaluated, "AdditionalFiles").Should().Contain(static name => name.EndsWith("BannedSymbols.txt", StringComparison.Ordinal));
        Names(evaluated, "PackageReference").Should().Contain("Microsoft.CodeAnalysis.BannedApiAnalyzers");
        evaluated.GetProperty("Properties").GetProperty("NoWarn").GetString().Should().NotContain("RS0030");
        evaluated.GetProperty("Properties").GetProperty("TreatWarningsAsErrors").GetString().Should().Be("true");
    }

    [Test]
    public void The_exceptions_are_few_and_known()
    {
        string[] projects = ["BuildController.Informers", "BuildController.Core", "BuildController.Host"];
        IEnumerable<string> excepted = projects.SelectMany(static project => Directory.EnumerateFiles(Repository.PathOf(project), "*.cs", SearchOption.AllDirectories))
            .Where(static path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal) && File.ReadAllText(path).Contains("disable RS0030", StringComparison.Ordinal))
            .Select(static path => Path.GetFileName(path));

        excepted.Should().BeEquivalentTo("OperatorRuntime.cs", "LeaderElector.cs");
    }

    private static IEnumerable<string> Names(JsonElement evaluated, string item) =>
        evaluated.GetProperty("Items").GetProperty(item).EnumerateArray().Select(static one => one.GetProperty("Identity").GetString()!);

    [GeneratedRegex(@"Offences\.cs\((\d+),\d+\): error RS0030")]
    private static partial Regex Report();
}
