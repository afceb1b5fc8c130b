using Fonte.LogBench;

return await LogBenchProgram.RunAsync(args);
