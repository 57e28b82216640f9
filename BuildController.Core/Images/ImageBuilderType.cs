using System.Text.Json.Serialization;

namespace BuildController.Core.Images;

/// <summary>Who builds an image.</summary>
public enum ImageBuilderType
{
    /// <summary>A pod of ours that runs buildah; a container beside it publishes the digest in a ConfigMap.</summary>
    [JsonStringEnumMemberName(ImageBuilderTypes.CustomPodBuilder)]
    CustomPodBuilder,

    /// <summary>OpenShift's own build controller, asked by a Build.</summary>
    [JsonStringEnumMemberName(ImageBuilderTypes.OpenShiftImageBuilder)]
    OpenShiftImageBuilder,
}

/// <summary>How image builders are written in configuration.</summary>
public static class ImageBuilderTypes
{
    /// <summary>As <see cref="ImageBuilderType.CustomPodBuilder"/> is written.</summary>
    public const string CustomPodBuilder = "custom-pod-builder";

    /// <summary>As <see cref="ImageBuilderType.OpenShiftImageBuilder"/> is written.</summary>
    public const string OpenShiftImageBuilder = "openshift-image-builder";

    /// <summary>What builds where nothing is configured, as the machine config operator has it.</summary>
    public const ImageBuilderType Default = ImageBuilderType.OpenShiftImageBuilder;

    /// <summary>Reads a configured value: nothing and white space stand for <see cref="Default"/>.</summary>
    /// <returns>Null if the value names no builder.</returns>
    public static ImageBuilderType? Parse(string? configured) => configured?.Trim() switch
    {
        null or "" => Default,
        CustomPodBuilder => ImageBuilderType.CustomPodBuilder,
        OpenShiftImageBuilder => ImageBuilderType.OpenShiftImageBuilder,
        _ => null,
    };

    /// <summary>As it is written in configuration.</summary>
    public static string Text(this ImageBuilderType type) =>
        type == ImageBuilderType.CustomPodBuilder ? CustomPodBuilder : OpenShiftImageBuilder;
}
