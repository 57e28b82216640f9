using System.Reflection;
using BuildController.Core.Sync;
using BuildController.Informers.Client;
using BuildController.Tests.Docs;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Packages;

/// <summary>
/// What the packages let others build on is listed beside their projects, so that no change of it goes unseen. A change that is meant is accepted
/// by running this fixture with UPDATE_API=1, and seen in the diff.
/// </summary>
[TestFixture]
public sealed class PublicApiTests
{
    private static readonly Assembly[] Libraries = [typeof(IClientset).Assembly, typeof(ImageBuildController).Assembly];

    [TestCaseSource(nameof(Libraries))]
    public void The_public_surface_is_as_listed(Assembly library)
    {
        string path = Repository.PathOf(library.GetName().Name!, "PublicAPI.txt");
        string[] now = [.. ApiListing.Of(library)];
        if (Environment.GetEnvironmentVariable("UPDATE_API") == "1")
            File.WriteAllLines(path, now);

        string[] listed = File.Exists(path) ? File.ReadAllLines(path) : [];
        ApiChange change = ApiChange.Between(listed, now);

        Assert.That(change, Is.EqualTo(ApiChange.None), $"""
            What {library.GetName().Name} lets others build on is not what its PublicAPI.txt lists:
            {change}

            If it is meant, accept it with: UPDATE_API=1 dotnet test --filter {nameof(PublicApiTests)}
            and commit the file. What is removed or changed breaks others: say so in the changelog.
            """);
    }

    [Test]
    public void A_change_tells_what_was_added_and_what_removed_and_of_which_type()
    {
        ApiChange change = ApiChange.Between(["N.A: class", "    int X { get; }", "N.B: class"], ["N.A: class", "    long X { get; }", "N.B: class"]);

        change.Added.Should().Equal("N.A: class | long X { get; }");
        change.Removed.Should().Equal("N.A: class | int X { get; }");
        change.ToString().Should().Contain("+ N.A: class | long X").And.Contain("- N.A: class | int X");
        ApiChange.Between(["N.A: class"], ["N.A: class"]).Should().Be(ApiChange.None);
    }

    [Test]
    public void Listings_show_what_compilers_of_others_see()
    {
        string[] lines = [.. ApiListing.Of(typeof(PublicApiTests).Assembly)];
        string[] sample = [.. lines.SkipWhile(static line => !line.Contains("ApiSample<", StringComparison.Ordinal)).TakeWhile(line => line.StartsWith(' ') || line.Contains("ApiSample<", StringComparison.Ordinal))];

        sample.Should().Equal(
            "BuildController.Tests.Packages.ApiSample<T>: abstract record : IDisposable where T : class, new()",
            "    TimeSpan? Delay { get; set; }",
            "    abstract void Dispose()",
            "    const int Limit = 3",
            "    protected ApiSample(string Name)",
            "    protected ApiSample(string name, int count = 5)",
            "    protected virtual Task<IReadOnlyList<string?>> FindAsync<TKey>(TKey key, CancellationToken cancellationToken = default) where TKey : notnull",
            "    required string? Text { get; init; }",
            "    static bool TryParse(string? text, out int value)",
            "    string Name { get; init; }");
    }
}

/// <summary>Something of everything that a listing has to show.</summary>
public abstract record ApiSample<T>(string Name) : IDisposable
    where T : class, new()
{
    public const int Limit = 3;

    protected ApiSample(string name, int count = 5)
        : this(name) => Delay = TimeSpan.FromSeconds(count);

    public TimeSpan? Delay { get; set; }

    public required string? Text { get; init; }

    public static bool TryParse(string? text, out int value) => int.TryParse(text, out value);

    public abstract void Dispose();

    protected virtual Task<IReadOnlyList<string?>> FindAsync<TKey>(TKey key, CancellationToken cancellationToken = default)
        where TKey : notnull => Task.FromResult<IReadOnlyList<string?>>([]);

    internal void Hidden()
    {
    }
}
