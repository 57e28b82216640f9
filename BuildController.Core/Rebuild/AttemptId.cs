using System.Security.Cryptography;
using System.Text;

namespace BuildController.Core.Rebuild;

/// <summary>
/// Makes the ids of attempts. An id is a hash of the pool's uid and of the resourceVersion that the accepting patch is
/// conditioned on: no two accepting patches of a cluster can be conditioned on the same pair and both succeed, so no id ever
/// repeats, and the machine needs no randomness.
/// </summary>
internal static class AttemptId
{
    public static string Of(string poolUid, string resourceVersion) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{poolUid}/{resourceVersion}")).AsSpan(0, 8));
}
