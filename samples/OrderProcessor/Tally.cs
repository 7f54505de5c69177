namespace OrderProcessor;

/// <summary>Counts what became of the orders, and says so: answers on standard output when asked for, complaints on standard error.</summary>
public sealed class Tally(bool acknowledge, TextWriter output, TextWriter errors)
{
    private int _applied;
    private int _repeated;
    private int _failed;
    private int _malformed;

    public int Applied => _applied;

    /// <summary>Not one malformed line, not one order that could not be applied.</summary>
    public bool IsClean => _failed + _malformed == 0;

    /// <summary>The transaction of the order is committed.</summary>
    public void AddApplied(Order order) => Add(ref _applied, "applied", order);

    /// <summary>The order had been applied before; nothing was changed.</summary>
    public void AddRepeated(Order order) => Add(ref _repeated, "repeated", order);

    public void AddFailed(Order order, Exception reason)
    {
        errors.WriteLine(ConsoleLine.Of($"Order {order.OrderUuid} of {order.Key()} was not applied: {reason.Message}"));
        Add(ref _failed, "failed", order);
    }

    public void AddMalformed(OrderLine line)
    {
        Interlocked.Increment(ref _malformed);
        errors.WriteLine(ConsoleLine.Of($"Line {line.Number} is not an order: {line.Error}"));
    }

    public override string ToString() => $"{_applied} orders applied, {_repeated} applied before, {_failed} failed, {_malformed} malformed lines.";

    private void Add(ref int count, string answer, Order order)
    {
        Interlocked.Increment(ref count);
        if (acknowledge)
            output.WriteLine($"{answer} {order.OrderUuid}");
    }
}
