using System.IO.Compression;
using System.Text.Json;
using BuildController.Informers.Api;

namespace BuildController.Core.Images;

/// <summary>Packs a machine config so that it fits into a ConfigMap: JSON, gzipped, as base64.</summary>
internal static class MachineConfigPayload
{
    /// <summary>What the values of one ConfigMap may have in all (validation of core/v1 ConfigMap).</summary>
    public const int ConfigMapLimit = 1_048_576;

    public static string Pack(UnstructuredObject machineConfig)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        using (var writer = new Utf8JsonWriter(gzip))
            machineConfig.Root.WriteTo(writer);

        return Convert.ToBase64String(packed.GetBuffer(), 0, (int)packed.Length);
    }
}
