using Fonte;
using Fonte.Samples.Sensors;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseUrls(builder.Configuration["urls"] ?? "http://127.0.0.1:8000");
builder.Services.AddFonte(options => options.Data = FonteOptions.InMemory);
builder.Services.AddSensors();

var app = builder.Build();
app.MapFonte();
app.MapSharedPages();
app.MapSensors();
app.MapGet("/", () => Results.LocalRedirect("/sensors/"));
app.Run();
