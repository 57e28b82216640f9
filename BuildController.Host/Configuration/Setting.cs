using System.Diagnostics.CodeAnalysis;

namespace BuildController.Host.Configuration;

/// <summary>
/// One thing that can be set: by a flag, an environment variable, or a member of appsettings.json, whose names all follow from one. The
/// table of all, <see cref="Settings.All"/>, is what is parsed, validated, shown by --help and documented.
/// </summary>
internal abstract class Setting(string name, string description)
{
    /// <summary>What environment variables begin with.</summary>
    public const string VariablePrefix = "BUILDCONTROLLER_";

    /// <summary>The member of appsettings.json that holds all settings.</summary>
    public const string Section = "buildController";

    /// <summary>For example <c>update-delay</c>.</summary>
    public string Name => name;

    /// <summary>For example <c>--update-delay</c>.</summary>
    public string Flag => $"--{name}";

    /// <summary>For example <c>BUILDCONTROLLER_UPDATE_DELAY</c>.</summary>
    public string Variable { get; } = VariablePrefix + name.Replace('-', '_').ToUpperInvariant();

    /// <summary>For example <c>updateDelay</c>; letters' case does not count.</summary>
    public string Key { get; } = string.Concat(name.Split('-').Select(static (word, index) => index == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..]));

    /// <summary>What it decides, in a sentence.</summary>
    public string Description => description;

    /// <summary>A second, short flag; null for none.</summary>
    public string? Alias { get; init; }

    /// <summary>Whether the flag alone says true.</summary>
    public abstract bool IsSwitch { get; }

    /// <summary>What its values are called in help texts.</summary>
    public abstract string HelpName { get; }

    /// <summary>Which values are allowed, to be read behind "give".</summary>
    public abstract string Allowed { get; }

    /// <summary>What holds when it is not set, for people.</summary>
    public abstract string DefaultText { get; }

    /// <summary>What is wrong with a value; null if nothing is.</summary>
    public abstract string? Complain(string text);
}

/// <summary>A setting with its type.</summary>
/// <typeparam name="T">What its values are.</typeparam>
/// <param name="name">Its name, words joined by hyphens.</param>
/// <param name="kind">How its values are written.</param>
/// <param name="fallback">What holds when it is not set.</param>
/// <param name="description">What it decides, in a sentence.</param>
internal sealed class Setting<T>(string name, SettingKind<T> kind, T fallback, string description) : Setting(name, description)
{
    public T Default => fallback;

    /// <inheritdoc/>
    public override bool IsSwitch => typeof(T) == typeof(bool) || typeof(T) == typeof(bool?);

    /// <inheritdoc/>
    public override string HelpName => kind.HelpName;

    /// <inheritdoc/>
    public override string Allowed => kind.Allowed;

    /// <summary>Where the default depends on something, say what.</summary>
    public string? DefaultNote { get; init; }

    /// <inheritdoc/>
    public override string DefaultText => DefaultNote ?? kind.Write(fallback);

    /// <inheritdoc/>
    public override string? Complain(string text) =>
        kind.TryParse(text, out _) ? null : $"'{text}' is no {kind.Noun}: give {kind.Allowed}.";

    public bool TryParse(string text, [MaybeNullWhen(false)] out T value) => kind.TryParse(text, out value);
}
