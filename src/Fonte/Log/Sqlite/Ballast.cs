namespace Fonte;

/// <summary>A file that only takes up room, so that there is some to give up when the disk is full.</summary>
internal sealed class Ballast
{
    internal const string FileName = "fonte.ballast";
    private readonly string _path;
    private readonly string _directory;

    internal Ballast(string directory, long bytes)
    {
        (_directory, _path) = (directory, Path.Combine(directory, FileName));
        Bytes = bytes;
    }

    /// <summary>Its size; 0 where the disk had no room for it from the beginning.</summary>
    internal long Bytes { get; private set; }

    /// <summary>How many bytes the file system has left for this process.</summary>
    internal long FreeBytes
    {
        get
        {
            try
            {
                return new DriveInfo(_directory).AvailableFreeSpace;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
            {
                // The file system is gone or failing: there is no room on it.
                return 0;
            }
        }
    }

    /// <summary>Makes it, if there is room for it and as much again; otherwise the log does without.</summary>
    internal bool TryMakeAtStart()
    {
        if (Bytes > 0 && (Exists || FreeBytes >= 2 * Bytes) && TryMake()) return true;
        var isWanted = Bytes > 0;
        Bytes = 0;
        return !isWanted;
    }

    /// <summary>Makes it unless it is there; false when the disk is too full.</summary>
    internal bool TryMake()
    {
        if (Bytes == 0 || Exists) return true;
        try
        {
            // Allocated and not only long: a sparse file would take up nothing.
            using var file = File.OpenHandle(_path, FileMode.Create, FileAccess.Write, preallocationSize: Bytes);
            RandomAccess.SetLength(file, Bytes);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Release();
            return false;
        }
    }

    internal void Release()
    {
        try
        {
            File.Delete(_path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // On a disk that is failing altogether; then the ballast is no help.
        }
    }

    // Also its length, because whoever copied the folder may have made a shorter one.
    private bool Exists => new FileInfo(_path) is { Exists: true } file && file.Length >= Bytes;
}
