using Fonte;
using Fonte.Samples.Echo;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseUrls(builder.Configuration["urls"] ?? "http://127.0.0.1:8000");
builder.Services.AddFonte(options => options.Data = FonteOptions.InMemory);

var app = builder.Build();
app.MapFonte();
app.MapSharedPages();
app.MapEcho();
app.MapGet("/", () => Results.LocalRedirect("/echo/"));
app.Run();
