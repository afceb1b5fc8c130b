using Fonte.AspNetCore;
using Fonte.Samples.Pages;

namespace Fonte.Samples.Echo;

public static class EchoExtensions
{
    /// <summary>Maps the session, its event stream <c>/echo/stream</c>, <c>POST /echo/</c> and the page. Needs <c>AddFonte</c>.</summary>
    public static void MapEcho(this IEndpointRouteBuilder endpoints)
    {
        var echo = endpoints.MapGroup("/echo");
        echo.MapPost("/session", Begin).RequireSameOrigin();
        echo.MapGet("/stream", Stream);
        echo.MapPost("/", EchoText.PostAsync).RequireSameOrigin();
        endpoints.MapPages("/echo", typeof(EchoExtensions).Assembly);
    }

    private static IResult Begin(HttpContext context)
    {
        if (EchoSession.Of(context.Request) is null) EchoSession.New().Keep(context);
        return Results.NoContent();
    }

    // The events are private: at the hub nobody reads them, here only who has the cookie.
    private static IResult Stream(HttpContext context)
    {
        if (EchoSession.Of(context.Request) is not { } session) return EchoText.NoSession();
        context.Request.BeginWithFirst();
        return FonteResults.EventStream(new EventStreamOptions { Topics = [session.Topic], IncludePrivate = true });
    }
}
