using Fonte.PeerBench;

return await PeerBenchProgram.RunAsync(args);
