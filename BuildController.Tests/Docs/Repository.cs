namespace BuildController.Tests.Docs;

/// <summary>The source tree that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "BuildController.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"There is no BuildController.sln above {AppContext.BaseDirectory}: these tests read the pages and the sources.");
    }
}
