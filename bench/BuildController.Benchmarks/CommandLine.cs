using System.CommandLine;

namespace BuildController.Benchmarks;

/// <summary>Options that several commands have.</summary>
internal static class CommandLine
{
    public static Option<Uri> Server() => new("--server")
    {
        Description = "The URL of the replay server.",
        DefaultValueFactory = static _ => new Uri("http://127.0.0.1:18080"),
        CustomParser = static result => new Uri(result.Tokens[0].Value),
    };

    public static Option<int> Count() => new("--count") { Description = "How many pods there are.", DefaultValueFactory = static _ => 50_000 };

    public static Option<int> Events() => new("--events") { Description = "How many of them change.", DefaultValueFactory = static _ => 200_000 };
}
