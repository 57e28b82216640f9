using System.Security.Cryptography;
using System.Text;
using BuildController.Core.Model;
using BuildController.Informers.Api;

namespace BuildController.Core.Rebuild;

/// <summary>
/// A request to rebuild. Its identity is the annotation's value, or the label's if only the label is there. A long value is
/// known by its hash, so that remembering it fits beside it in the pool's annotations.
/// </summary>
/// <param name="Identity">What tells this request from another one.</param>
internal sealed record RebuildTrigger(string Identity)
{
    private const int LongestVerbatim = 64;

    /// <summary>The request that a pool carries, or null if it carries none.</summary>
    public static RebuildTrigger? Of(ObjectMeta metadata)
    {
        if (metadata.Annotations.TryGetValue(PoolKeys.RebuildImage, out string? value) || metadata.Labels.TryGetValue(PoolKeys.RebuildImage, out value))
            return new RebuildTrigger(IdentityOf(value));

        return null;
    }

    private static string IdentityOf(string value) =>
        value.Length <= LongestVerbatim
            ? value
            : "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value)));
}
