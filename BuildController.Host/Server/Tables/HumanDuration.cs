namespace BuildController.Host.Server.Tables;

/// <summary>Durations as kubectl shows them: two units where that helps, fewer the longer it is.</summary>
internal static class HumanDuration
{
    public static string Format(TimeSpan duration)
    {
        long seconds = (long)duration.TotalSeconds;
        if (seconds < -1)
            return "<invalid>";
        if (seconds <= 0)
            return "0s";
        if (seconds < 120)
            return $"{seconds}s";

        long minutes = seconds / 60;
        if (minutes < 10)
            return Two(minutes, "m", seconds % 60, "s");
        if (minutes < 180)
            return $"{minutes}m";

        long hours = minutes / 60;
        if (hours < 8)
            return Two(hours, "h", minutes % 60, "m");
        if (hours < 48)
            return $"{hours}h";

        long days = hours / 24;
        if (days < 8)
            return Two(days, "d", hours % 24, "h");
        if (days < 2 * 365)
            return $"{days}d";

        return days < 8 * 365 ? Two(days / 365, "y", days % 365, "d") : $"{days / 365}y";
    }

    private static string Two(long large, string largeUnit, long small, string smallUnit) =>
        small == 0 ? $"{large}{largeUnit}" : $"{large}{largeUnit}{small}{smallUnit}";
}
