using Fonte.Server;

return await FonteCommand.RunAsync(args);
