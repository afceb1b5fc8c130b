using Fonte;
using Fonte.Samples.Clock;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseUrls(builder.Configuration["urls"] ?? "http://127.0.0.1:8000");
builder.Services.AddFonte(options => options.Data = FonteOptions.InMemory);
builder.Services.AddClock();

var app = builder.Build();
app.MapFonte();
app.MapSharedPages();
app.MapClock();
app.MapGet("/", () => Results.LocalRedirect("/clock/"));
app.Run();
