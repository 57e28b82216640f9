using BuildController.Informers.Cache;

namespace BuildController.Informers.Testing.Faults;

/// <summary>Random numbers that follow from a seed and a name: whoever asks again gets the same ones, whatever else was asked meanwhile (splitmix64).</summary>
internal struct Lot(int seed, string name, int number)
{
    private ulong state = ((ulong)(uint)seed << 32 | StableHash.Of(name)) ^ ((ulong)(uint)number * 0xD1B54A32D192ED03);

    /// <summary>A number in [0, 1).</summary>
    public double Next()
    {
        state += 0x9E3779B97F4A7C15;
        ulong mixed = state;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return ((mixed ^ (mixed >> 31)) >> 11) * (1.0 / (1UL << 53));
    }
}
