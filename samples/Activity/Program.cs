using Fonte;
using Fonte.Samples.Activity;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseUrls(builder.Configuration["urls"] ?? "http://127.0.0.1:8000");
builder.Services.AddFonte(options => options.Data = FonteOptions.InMemory);
builder.Services.AddActivity();

var app = builder.Build();
app.MapFonte();
app.MapSharedPages();
app.MapActivity();
app.MapGet("/", () => Results.LocalRedirect("/activity/"));
app.Run();
