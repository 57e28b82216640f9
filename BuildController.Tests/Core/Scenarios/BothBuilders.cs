using BuildController.Core.Images;
using NUnit.Framework;

namespace BuildController.Tests.Core.Scenarios;

/// <summary>A scenario must come out the same whoever builds.</summary>
internal static class BothBuilders
{
    /// <summary>Plays a story once with each builder; a failure says with which.</summary>
    public static void Run(Action<ImageBuilderType> story)
    {
        foreach (ImageBuilderType builder in (ImageBuilderType[])[ImageBuilderType.CustomPodBuilder, ImageBuilderType.OpenShiftImageBuilder])
        {
            try
            {
                story(builder);
            }
            catch (Exception failure)
            {
                throw new AssertionException($"With {builder.Text()}: {failure.Message}", failure);
            }
        }
    }
}
