namespace BuildController.Core.Sync;

/// <summary>Something that an admin gave cannot be built from; the message names it and says what to do.</summary>
internal sealed class InvalidInputException(string message) : Exception(message);
