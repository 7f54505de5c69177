using OrderProcessor;

return await CommandLine.RunAsync(args);
