using Fonte;
using Fonte.Samples.Transports;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseUrls(builder.Configuration["urls"] ?? "http://127.0.0.1:8000");
builder.Services.AddFonte(options => options.Data = FonteOptions.InMemory);
builder.Services.AddTransports();

var app = builder.Build();
app.UseTransportMeter();
app.MapFonte();
app.MapFontePoll();
app.MapFonteSocket();
app.MapSharedPages();
app.MapTransports();
app.MapGet("/", () => Results.LocalRedirect("/transports/"));
app.Run();
