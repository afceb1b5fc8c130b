using System.Text;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.SystemTextJson;
using Microsoft.Data.Sqlite;

namespace Fonte.Services;

/// <summary>An effect: changes of the service's state and the events that tell of it, all or nothing.</summary>
public sealed class ServiceTransaction
{
    private const int LongestKey = 1024;
    private const int LongestType = 255;
    private static readonly JsonEventFormatter Formatter = new();

    internal ServiceTransaction(SqliteTransaction transaction) => Transaction = transaction;

    /// <summary>The transaction; commands of the service take part in it.</summary>
    public SqliteTransaction Transaction { get; }

    /// <summary>The connection that it is of.</summary>
    public SqliteConnection Connection => Transaction.Connection!;

    /// <summary>Runs a statement of the service.</summary>
    /// <returns>How many rows it has changed.</returns>
    public int Execute(string sql, params ReadOnlySpan<(string Name, object Value)> values) => Transaction.Run(sql, values);

    /// <summary>Asks for one value; <see langword="null"/> where there is no row.</summary>
    public object? Scalar(string sql, params ReadOnlySpan<(string Name, object Value)> values)
    {
        using var command = Connection.Command(sql, values);
        command.Transaction = Transaction;
        return command.ExecuteScalar() is { } value and not DBNull ? value : null;
    }

    /// <summary>Has an event sent once the effect is durable, in the order in which they are given.</summary>
    /// <param name="outgoing">A CloudEvent with a type, a source, an ID and a subject.</param>
    /// <exception cref="ArgumentException">Something of these is missing, is too long or has control characters, which not everything that carries events would take.</exception>
    public void Send(CloudEvent outgoing)
    {
        ArgumentNullException.ThrowIfNull(outgoing);
        if (!outgoing.IsValid || string.IsNullOrEmpty(outgoing.Subject)) throw new ArgumentException("The event needs a type, a source, an ID and a subject.", nameof(outgoing));
        ThrowIfLong(outgoing.Subject, LongestKey, nameof(outgoing));
        ThrowIfLong(outgoing.Type!, LongestType, nameof(outgoing));
        var envelope = Formatter.EncodeStructuredModeMessage(outgoing, out _);
        Execute(
            "INSERT INTO fonte_outbox (source, id, type, key, envelope) VALUES (@source, @id, @type, @key, @envelope)",
            ("@source", outgoing.Source!.ToString()), ("@id", outgoing.Id!), ("@type", outgoing.Type!), ("@key", outgoing.Subject), ("@envelope", envelope.ToArray()));
        ServiceStore.Count(Transaction, "sent", outgoing.Type!);
    }

    /// <summary>A CloudEvent; <see langword="null"/> for what is none.</summary>
    internal static CloudEvent? TryRead(ReadOnlyMemory<byte> envelope)
    {
        try
        {
            return Read(envelope);
        }
        catch (ImpossibleEventException)
        {
            return null;
        }
    }

    private static void ThrowIfLong(string text, int most, string parameter)
    {
        if (Encoding.UTF8.GetByteCount(text) > most || text.Any(char.IsControl)) throw new ArgumentException($"Subject and type of an event have at most {LongestKey} and {LongestType} bytes and no control characters.", parameter);
    }

    /// <summary>Reads a CloudEvent.</summary>
    /// <exception cref="ImpossibleEventException">It is none.</exception>
    internal static CloudEvent Read(ReadOnlyMemory<byte> envelope)
    {
        try
        {
            // Refused instead of replaced.
            _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetCharCount(envelope.Span);
            return Formatter.DecodeStructuredModeMessage(envelope, new("application/cloudevents+json"), extensionAttributes: null);
        }
        catch (Exception exception) when (exception is ArgumentException or System.Text.Json.JsonException or InvalidOperationException or FormatException)
        {
            throw new ImpossibleEventException($"It is no CloudEvent: {exception.Message}", exception);
        }
    }
}
