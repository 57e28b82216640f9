using System.Security.Cryptography;
using System.Text;

namespace BuildController.Core.Sync;

/// <summary>Condenses what was read as inputs, so that a change is seen. Of a secret it takes the version, never the content.</summary>
internal sealed class InputsFingerprint : IDisposable
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public void Add(string name, string? value)
    {
        // Lengths keep "a" + "bc" apart from "ab" + "c".
        byte[] text = Encoding.UTF8.GetBytes($"{name.Length}:{name}={value?.Length ?? -1}:{value}");
        hash.AppendData(text);
    }

    public string Finish() => Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));

    public void Dispose() => hash.Dispose();
}
