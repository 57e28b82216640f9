using System.CommandLine;
using System.CommandLine.Parsing;

namespace BuildController.Host.Configuration;

/// <summary>The flags of some settings on a command line.</summary>
internal sealed class SettingOptions
{
    private readonly List<(Setting Setting, Option Option)> options;

    public SettingOptions(IEnumerable<Setting> settings) => options = [.. settings.Select(static setting => (setting, Make(setting)))];

    /// <summary>Adds the flags of some of the settings to a command; a flag may stand on several.</summary>
    public void AddTo(Command command, IReadOnlyList<Setting> settings)
    {
        foreach ((_, Option option) in options.Where(one => settings.Contains(one.Setting)))
            command.Options.Add(option);
    }

    /// <summary>What was given, wherever on the line.</summary>
    public IEnumerable<(Setting Setting, string Text)> Given(ParseResult parsed)
    {
        foreach ((Setting setting, Option option) in options)
        {
            if (parsed.GetResult(option) is OptionResult { Implicit: false } result)
                yield return (setting, result.Tokens is [var token, ..] ? token.Value : "true");
        }
    }

    private static Option Make(Setting setting)
    {
        Option option = setting.IsSwitch ? new Option<bool?>(setting.Flag) : new Option<string?>(setting.Flag) { HelpName = setting.HelpName };
        option.Description = $"{setting.Description} [{setting.Variable}; default: {setting.DefaultText}]";
        if (setting.Alias is { } alias)
            option.Aliases.Add(alias);

        return option;
    }
}
