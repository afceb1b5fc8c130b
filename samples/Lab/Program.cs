using Fonte;
using Fonte.Samples.Lab;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseUrls(builder.Configuration["urls"] ?? "http://127.0.0.1:8000");
builder.Services.AddFonte(options => options.Data = FonteOptions.InMemory);
builder.Services.AddLab();

var app = builder.Build();
app.MapFonte();
app.MapSharedPages();
app.MapLab();
app.MapGet("/", () => Results.LocalRedirect("/lab/"));
app.Run();
