using BuildController.Host.Commands;

using var termination = new TerminationSignal();
return await CommandRunner.RunAsync(args, Console.Out, Console.Error, termination.Token);
