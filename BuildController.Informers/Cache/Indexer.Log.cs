using BuildController.Informers.Api;
using Microsoft.Extensions.Logging;

namespace BuildController.Informers.Cache;

internal static partial class IndexerLog
{
    [LoggerMessage(1200, LogLevel.Error, "The function of index '{Index}' failed for {Resource} {Key}; the object is left out of this index", EventName = "IndexFunctionFailed")]
    public static partial void IndexFunctionFailed(this ILogger logger, Exception error, string index, GroupVersionResource resource, ObjectKey key);
}
