namespace BuildController.Informers.WorkQueue;

/// <summary>
/// An array that grows by pages: what is in it is not copied when it grows, except while it is smaller than a page. A reference to
/// an element holds until the next <see cref="EnsureRoomFor"/>. Not safe for concurrent use.
/// </summary>
internal sealed class Pages<T>
{
    /// <summary>Pages of slots are large enough to be kept out of the young generations, which would copy them twice.</summary>
    private const int PageBits = 11;
    private const int PageSize = 1 << PageBits;
    private const int FirstSize = 16;

    private T[][] pages = [[]];
    private int count = 1;

    public ref T this[int index] => ref pages[index >> PageBits][index & (PageSize - 1)];

    /// <summary>Makes room for the next element; indices are given without gaps.</summary>
    public void EnsureRoomFor(int index)
    {
        int page = index >> PageBits;
        if (page == count)
        {
            if (count == pages.Length)
                Array.Resize(ref pages, count * 2);

            pages[count++] = new T[PageSize];
        }
        else if (page == 0 && index >= pages[0].Length)
        {
            Array.Resize(ref pages[0], Math.Max(FirstSize, pages[0].Length * 4));
        }
    }

    /// <summary>Gives the memory back, with all that is in it, if it is more than a page.</summary>
    public bool TryRelease()
    {
        if (count == 1)
            return false;

        pages = [[]];
        count = 1;
        return true;
    }
}
