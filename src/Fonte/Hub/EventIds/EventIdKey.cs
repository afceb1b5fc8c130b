using System.Security.Cryptography;
using System.Text;

namespace Fonte;

/// <summary>The key of opaque event IDs: what the options say, or one that is made once and kept beside the log.</summary>
internal static class EventIdKey
{
    /// <summary>The file in the log's folder.</summary>
    internal const string FileName = "event-ids.key";

    /// <summary>Fewest bytes of a key in the options.</summary>
    internal const int LeastBytes = 32;

    private const int Bytes = 32;

    /// <summary>The key, 32 bytes. The log must be open: its lock keeps others from making one at the same time.</summary>
    /// <exception cref="LogUnavailableException">The file cannot be read or made, or is none of ours.</exception>
    internal static byte[] Of(FonteOptions options)
    {
        if (options.EventIdKey is { } given) return SHA256.HashData(Encoding.UTF8.GetBytes(given));
        if (options.Data == FonteOptions.InMemory) return RandomNumberGenerator.GetBytes(Bytes);
        var path = Path.Combine(Path.GetFullPath(options.Data), FileName);
        try
        {
            return File.Exists(path) ? Read(path) : Make(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LogUnavailableException($"The key of the event IDs, {path}, cannot be used: {exception.Message}", exception);
        }
    }

    private static byte[] Read(string path)
    {
        var key = File.ReadAllBytes(path);
        return key.Length == Bytes ? key : throw new IOException($"it has {key.Length} bytes, not {Bytes}; put the right file back, or delete it, and then every cursor given so far is unknown.");
    }

    private static byte[] Make(string path)
    {
        var key = RandomNumberGenerator.GetBytes(Bytes);
        DurableFiles.CreateDirectory(Path.GetDirectoryName(path)!);
        var unfinished = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(unfinished, options)) file.Write(key);
        DurableFiles.Rename(unfinished, path);
        return key;
    }
}
