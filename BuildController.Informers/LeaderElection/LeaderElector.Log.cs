using Microsoft.Extensions.Logging;

namespace BuildController.Informers.LeaderElection;

public sealed partial class LeaderElector
{
    [LoggerMessage(4000, LogLevel.Debug, "{Identity} competes for the lease {Lease}.", EventName = "LeaderElectionStarted")]
    private static partial void LogStarted(ILogger logger, string identity, string lease);

    [LoggerMessage(4001, LogLevel.Debug, "{Identity} does not compete for the lease {Lease} any more.", EventName = "LeaderElectionStopped")]
    private static partial void LogStopped(ILogger logger, string identity, string lease);

    [LoggerMessage(4002, LogLevel.Critical, "{Identity} failed and does not compete for the lease {Lease} any more.", EventName = "LeaderElectionFailed")]
    private static partial void LogFailed(ILogger logger, string identity, string lease, Exception error);

    [LoggerMessage(4003, LogLevel.Information, "Leads in term {Term}.", EventName = "LeaderTermBegan")]
    private static partial void LogLeads(ILogger logger, FencingToken term);

    [LoggerMessage(4004, LogLevel.Warning, "Lost term {Term}: the lease was not renewed for {Since}. Competes again when {Participants} participants have left.", EventName = "LeaderTermLost")]
    private static partial void LogLost(ILogger logger, FencingToken term, TimeSpan since, int participants);

    [LoggerMessage(4005, LogLevel.Warning, "Lost term {Term}: the lease is held by {Holder}. Competes again when {Participants} participants have left.", EventName = "LeaderTermTaken")]
    private static partial void LogTaken(ILogger logger, FencingToken term, string holder, int participants);

    [LoggerMessage(4006, LogLevel.Information, "Gave up term {Term}.", EventName = "LeaderTermGivenUp")]
    private static partial void LogGivenUp(ILogger logger, FencingToken term);

    [LoggerMessage(4007, LogLevel.Error, "{Participants} participants of term {Term} did not leave in the time given and are left behind; the lease is not given up, it expires.", EventName = "LeaderWorkLeftBehind")]
    private static partial void LogWorkLeftBehind(ILogger logger, FencingToken term, int participants);

    [LoggerMessage(4008, LogLevel.Information, "{Identity} gave the lease {Lease} up.", EventName = "LeaseReleased")]
    private static partial void LogReleased(ILogger logger, string identity, string lease);

    [LoggerMessage(4009, LogLevel.Warning, "The lease {Lease} could not be given up; it expires by itself within {LeaseDuration}.", EventName = "LeaseNotReleased")]
    private static partial void LogNotReleased(ILogger logger, string lease, TimeSpan leaseDuration, Exception error);

    [LoggerMessage(EventId = 4010, Message = "A try to get or renew the lease {Lease} failed; it is tried again. Further failures in a row are logged as debug.", EventName = "LeaseTryFailed")]
    private static partial void LogTryFailed(ILogger logger, LogLevel level, string lease, Exception error);

    [LoggerMessage(4011, LogLevel.Information, "Tries to get or renew the lease {Lease} succeed again.", EventName = "LeaseTriesSucceed")]
    private static partial void LogTriesSucceed(ILogger logger, string lease);

    [LoggerMessage(4012, LogLevel.Error, "The work of the leader of lease {Lease} failed; the elector stops and gives the lease up.", EventName = "LeaderWorkFailed")]
    private static partial void LogWorkFailed(ILogger logger, string lease, Exception error);

    [LoggerMessage(4013, LogLevel.Error, "The event recorder threw; the event that says '{What}' is lost.", EventName = "LeaderEventFailed")]
    private static partial void LogEventFailed(ILogger logger, string what, Exception error);

    [LoggerMessage(4014, LogLevel.Information, "Stops: term {Term} is over when {Participants} participants have left; the lease is renewed until then.", EventName = "LeaderWorkAwaited")]
    private static partial void LogWorkAwaited(ILogger logger, FencingToken term, int participants);
}
