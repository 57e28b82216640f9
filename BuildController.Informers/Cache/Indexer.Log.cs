using BuildController.Informers.Api;
using Microsoft.Extensions.Logging;

namespace BuildController.Informers.Cache;

internal static partial class IndexerLog
{
    [LoggerMessage(LogLevel.Error, "The function of index '{Index}' failed for {Resource} {Key}; the object is left out of this index")]
    public static partial void IndexFunctionFailed(this ILogger logger, Exception error, string index, GroupVersionResource resource, ObjectKey key);
}
