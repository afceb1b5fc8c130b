using System.Text;

namespace Fonte.Client;

internal static class UnicodeText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Refuses a lone surrogate: URL encoding would silently replace it with U+FFFD, another text than given.</summary>
    public static void ThrowIfIllFormed(string text, string parameterName)
    {
        ArgumentNullException.ThrowIfNull(text, parameterName);
        try
        {
            _ = Strict.GetByteCount(text);
        }
        catch (EncoderFallbackException exception)
        {
            throw new ArgumentException(
                $"The text has a lone surrogate at index {exception.Index}, which UTF-8 cannot express.", parameterName);
        }
    }
}
