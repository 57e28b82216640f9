using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Docs;

/// <summary>
/// The C# on the pages is code of this folder, which compiles and mostly runs as tests: each block shows a region and says which. Code of another folder is named by its
/// path in the repository, and a file without a region is shown whole. To bring a page up to its code, run this fixture with UPDATE_DOCS=1.
/// </summary>
[TestFixture]
public sealed class DocumentedCodeTests
{
    private static readonly string Sources = Repository.PathOf("BuildController.Tests", "Docs");

    /// <summary>Files with regions outside of this folder.</summary>
    private static readonly string[] Elsewhere = ["smoke/KubernetesClientSmoke/Program.cs"];

    private static IEnumerable<string> Pages =>
        Directory.EnumerateFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories)
            .Concat([Repository.PathOf("README.md"), Repository.PathOf("BuildController.Core", "README.md"), Repository.PathOf("BuildController.Informers", "README.md")])
            .Select(static path => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/')).Order(StringComparer.Ordinal);

    [TestCaseSource(nameof(Pages))]
    public void Every_block_of_the_page_says_what_code_it_shows(string page) =>
        BlocksOf(page).Where(static block => block.Source is null).Select(block => $"{page}:{block.Line}").Should().BeEmpty();

    [TestCaseSource(nameof(Pages))]
    public void Every_block_of_the_page_shows_the_code_as_it_is(string page)
    {
        bool update = Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1";
        foreach (CodeBlock block in BlocksOf(page).Where(static block => block.Source is not null).Reverse())
        {
            string code = Code(page, block);
            if (update && block.Text != code)
                Update(page, block, code);
            else
                block.Text.Should().Be(code, "{0}:{1} shows {2}, and UPDATE_DOCS=1 writes it anew", page, block.Line, block.Source);
        }
    }

    [Test]
    public void Every_region_is_shown_on_a_page()
    {
        IEnumerable<string> shown = Pages.SelectMany(BlocksOf).Select(static block => block.Source!).Where(static source => source is not null);

        IEnumerable<string> regions = Directory.EnumerateFiles(Sources, "*.cs")
            .Where(static path => Path.GetFileName(path) != "CodeRegionsTests.cs")
            .SelectMany(static path => CodeRegions.Of(Read(path)).Keys.Select(name => $"{Path.GetFileName(path)}#{name}"))
            .Concat(Elsewhere.SelectMany(static file => CodeRegions.Of(Read(Repository.PathOf(file.Split('/')))).Keys.Select(name => $"{file}#{name}")));

        regions.Should().NotBeEmpty().And.BeSubsetOf(shown);
    }

    [Test]
    public void No_code_hides_on_a_page_in_an_indented_block()
    {
        string[] marks = ["await ", "new ", ";", "=> "];
        IEnumerable<string> hidden = from page in Pages
                                     from line in Read(Repository.PathOf(page)).Split('\n')
                                     where line.StartsWith("    ", StringComparison.Ordinal) && line.TrimEnd().EndsWith(';') && marks.Count(mark => line.Contains(mark)) > 1
                                     where !BlocksOf(page).Any(block => block.Text.Split('\n').Contains(line))
                                     select $"{page}: {line.Trim()}";

        hidden.Should().BeEmpty();
    }

    private static IEnumerable<CodeBlock> BlocksOf(string page) => CodeBlock.Of(Read(Repository.PathOf(page)));

    private static string Code(string page, CodeBlock block)
    {
        string[] parts = block.Source!.Split('#', 2);
        string path = parts[0].Contains('/') ? Repository.PathOf(parts[0].Split('/')) : Path.Combine(Sources, parts[0]);
        File.Exists(path).Should().BeTrue("{0}:{1} names {2}", page, block.Line, parts[0]);
        if (parts.Length == 1)
            return Read(path).Trim('\n');

        IReadOnlyDictionary<string, string> regions = CodeRegions.Of(Read(path));
        regions.Should().ContainKey(parts.ElementAtOrDefault(1) ?? string.Empty, "{0}:{1} names it", page, block.Line);
        return regions[parts[1]];
    }

    private static void Update(string page, CodeBlock block, string code)
    {
        string path = Repository.PathOf(page);
        List<string> lines = [.. Read(path).Split('\n')];
        int first = block.Line, end = lines.IndexOf("```", first);
        lines.RemoveRange(first, end - first);
        lines.InsertRange(first, code.Split('\n'));
        File.WriteAllText(path, string.Join('\n', lines));
    }

    private static string Read(string path) => File.ReadAllText(path).Replace("\r\n", "\n", StringComparison.Ordinal);
}
