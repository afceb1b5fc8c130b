using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace Fonte.AspNetCore;

/// <summary>A key of Ed25519 (RFC 8032, RFC 8037), which .NET does not have by itself. Thread-safe.</summary>
internal sealed class Ed25519Key : AsymmetricSecurityKey
{
    /// <summary>The names that the algorithm has: the one that all use, and the one that says it whole (RFC 9864).</summary>
    internal const string Algorithm = "EdDSA";
    internal const string FullAlgorithm = "Ed25519";

    internal const string KeyType = "OKP";
    internal const string Curve = "Ed25519";

    // What stands before the key in SubjectPublicKeyInfo and PKCS #8 (RFC 8410): nothing in them varies.
    private static readonly byte[] PublicHead = Convert.FromHexString("302A300506032B6570032100");
    private static readonly byte[] PrivateHead = Convert.FromHexString("302E020100300506032B657004220420");

    /// <summary>The one of these names that the key says is its own, where it does.</summary>
    internal string? Own { get; private set; }

    private readonly byte[] _public;
    private readonly byte[]? _private;

    private Ed25519Key(byte[] publicKey, byte[]? privateKey)
    {
        (_public, _private) = (publicKey, privateKey);
        CryptoProviderFactory = new() { CustomCryptoProvider = new Provider(), CacheSignatureProviders = false };
    }

    public override int KeySize => Ed25519.PublicKeySize * 8;

    public override PrivateKeyStatus PrivateKeyStatus => _private is null ? PrivateKeyStatus.DoesNotExist : PrivateKeyStatus.Exists;

    [Obsolete("The base class has it.")]
    public override bool HasPrivateKey => _private is not null;

    /// <summary>The public key of these bytes, or <see langword="null"/> if they are none, or one with which anybody could sign.</summary>
    internal static Ed25519Key? OfPublic(byte[] key) => key.Length == Ed25519.PublicKeySize && Ed25519.ValidatePublicKeyFull(key, 0) ? new(key, null) : null;

    /// <summary>The private key of these bytes, or <see langword="null"/> if they are none.</summary>
    internal static Ed25519Key? OfPrivate(byte[] key)
    {
        if (key.Length != Ed25519.SecretKeySize) return null;
        var publicKey = new byte[Ed25519.PublicKeySize];
        Ed25519.GeneratePublicKey(key, 0, publicKey, 0);
        return new(publicKey, key);
    }

    /// <summary>The key of a block of PEM, or <see langword="null"/> if it is of another kind.</summary>
    internal static Ed25519Key? OfPem(string label, ReadOnlySpan<byte> content) => label switch
    {
        "PUBLIC KEY" when content.StartsWith(PublicHead) => OfPublic(content[PublicHead.Length..].ToArray()),
        "PRIVATE KEY" when content.StartsWith(PrivateHead) => OfPrivate(content[PrivateHead.Length..].ToArray()),
        _ => null,
    };

    /// <summary>The key of a JWK of this type and curve (RFC 8037, section 2), or <see langword="null"/> if it is none.</summary>
    internal static Ed25519Key? OfJwk(JsonWebKey jwk)
    {
        try
        {
            var key = OfPublic(Base64UrlEncoder.DecodeBytes(jwk.X));
            if (key is not null && !string.IsNullOrEmpty(jwk.D))
            {
                var pair = OfPrivate(Base64UrlEncoder.DecodeBytes(jwk.D));
                key = pair is not null && pair._public.AsSpan().SequenceEqual(key._public) ? pair : null;
            }
            if (key is not null) (key.KeyId, key.Own) = (jwk.KeyId, jwk.Alg);
            return key;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            return null;
        }
    }

    internal static bool IsAlgorithm(string algorithm) => algorithm is Algorithm or FullAlgorithm;

    private byte[] Sign(byte[] input)
    {
        if (_private is null) throw new CryptographicException("There is no private key.");
        var signature = new byte[Ed25519.SignatureSize];
        Ed25519.Sign(_private, 0, input, 0, input.Length, signature, 0);
        return signature;
    }

    private bool Verify(byte[] input, int offset, int length, byte[] signature, int signatureOffset, int signatureLength) =>
        signatureLength == Ed25519.SignatureSize && Ed25519.Verify(signature, signatureOffset, _public, 0, input, offset, length);

    private sealed class Provider : ICryptoProvider
    {
        public object Create(string algorithm, params object[] args) => new Signatures((Ed25519Key)args[0], algorithm);

        public bool IsSupportedAlgorithm(string algorithm, params object[] args) => IsAlgorithm(algorithm) && args is [Ed25519Key, ..];

        public void Release(object cryptoInstance)
        {
        }
    }

    private sealed class Signatures(Ed25519Key key, string algorithm) : SignatureProvider(key, algorithm)
    {
        public override byte[] Sign(byte[] input) => key.Sign(input);

        public override bool Sign(ReadOnlySpan<byte> data, Span<byte> destination, out int bytesWritten)
        {
            var signature = key.Sign(data.ToArray());
            bytesWritten = signature.AsSpan().TryCopyTo(destination) ? signature.Length : 0;
            return bytesWritten > 0;
        }

        public override bool Verify(byte[] input, byte[] signature) => key.Verify(input, 0, input.Length, signature, 0, signature.Length);

        public override bool Verify(byte[] input, int inputOffset, int inputLength, byte[] signature, int signatureOffset, int signatureLength) =>
            key.Verify(input, inputOffset, inputLength, signature, signatureOffset, signatureLength);

        protected override void Dispose(bool disposing)
        {
        }
    }
}
