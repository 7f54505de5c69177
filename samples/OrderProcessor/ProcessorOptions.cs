namespace OrderProcessor;

/// <summary>What the command line says.</summary>
/// <param name="ConnectionString">The database of the positions and of the locks.</param>
/// <param name="Orders">A file of orders; null reads standard input.</param>
/// <param name="Tasks">How many orders are in work at once.</param>
/// <param name="UseLocks">False shows what is lost without.</param>
/// <param name="Work">What an order takes besides the database.</param>
/// <param name="Acknowledge">Whether every order is answered with a line on standard output.</param>
public sealed record ProcessorOptions(string ConnectionString, FileInfo? Orders, int Tasks, bool UseLocks, TimeSpan Work, bool Acknowledge);
