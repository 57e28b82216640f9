using BuildController.Core.Images;

namespace BuildController.Core.Rebuild;

/// <summary>What an admin gave to build from, as it was found.</summary>
public abstract record InputsObservation
{
    private InputsObservation(string fingerprint) => Fingerprint = fingerprint;

    /// <summary>Changes whenever the inputs change.</summary>
    public string Fingerprint { get; }

    /// <summary>They can be built from.</summary>
    /// <param name="Inputs">The inputs.</param>
    /// <param name="Mark">Their fingerprint.</param>
    public sealed record Valid(BuildInputs Inputs, string Mark) : InputsObservation(Mark);

    /// <summary>Only an admin can mend them.</summary>
    /// <param name="Message">What is wrong, naming the object, the key and the value at fault.</param>
    /// <param name="Mark">Their fingerprint.</param>
    public sealed record Invalid(string Message, string Mark) : InputsObservation(Mark);
}
