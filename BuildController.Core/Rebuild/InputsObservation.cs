using BuildController.Core.Images;

namespace BuildController.Core.Rebuild;

/// <summary>What an admin gave to build from, as it was found.</summary>
internal abstract record InputsObservation
{
    private InputsObservation()
    {
    }

    /// <summary>Changes whenever anything of the inputs changes.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Changes whenever that part of the inputs changes which goes into the image: base images and custom Containerfile.</summary>
    public required string ContentMark { get; init; }

    /// <summary>They can be built from.</summary>
    /// <param name="Inputs">The inputs.</param>
    public sealed record Valid(BuildInputs Inputs) : InputsObservation;

    /// <summary>Only an admin can mend them.</summary>
    /// <param name="Message">What is wrong, naming the object, the key and the value at fault.</param>
    public sealed record Invalid(string Message) : InputsObservation;
}
