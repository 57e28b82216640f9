using System.Diagnostics.CodeAnalysis;

namespace BuildController.Host.Configuration;

/// <summary>Reads a value; false for a text that is none.</summary>
internal delegate bool ValueParser<T>(string text, [MaybeNullWhen(false)] out T value);

/// <summary>How the values of some settings are written.</summary>
/// <typeparam name="T">What the values are.</typeparam>
/// <param name="Noun">What one is, to be read behind "is no".</param>
/// <param name="HelpName">The same, as short as help texts want it.</param>
/// <param name="Allowed">Which there are, to be read behind "give".</param>
/// <param name="TryParse">Reads one.</param>
/// <param name="Write">Writes one as it would be read.</param>
internal sealed record SettingKind<T>(string Noun, string HelpName, string Allowed, ValueParser<T> TryParse, Func<T, string> Write);
