using System.CommandLine;
using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Connecting;
using PgLocks.AdminTool.Queries;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Commands.Top;

/// <summary>pglocks top</summary>
internal sealed class TopCommand : DatabaseVerb
{
    private readonly Option<TimeSpan?> _interval = DurationOption.Create("--interval", "The pause between two looks. Default: 1s.");

    private readonly Option<bool> _once = new("--once") { Description = "One look, printed as plain text; so it is anyway where there is no terminal." };

    private readonly Option<int?> _frames = new("--frames") { Description = "So many looks, one after the other, printed; JSON: an object a line.", HelpName = "N" };

    private readonly Option<TopSubject> _by = new("--by")
    {
        Description = "What a row is. Default: slots.", HelpName = "slots|keys", CustomParser = EnumWord.Parse<TopSubject>,
    };

    private readonly Option<TopOrder> _sort = new("--sort")
    {
        Description = "Most first: time waited (the default), held, acquisitions, or waits because of another key of the slot.",
        HelpName = "wait|hold|acquired|collisions",
        CustomParser = EnumWord.Parse<TopOrder>,
    };

    private readonly Option<int?> _top = new("--top") { Description = "How many rows are printed at most, without a terminal. Default: 20.", HelpName = "N" };

    public TopCommand(CommonOptions common)
        : base(common, "top",
            "The live screen: which slots and keys are held and waited for now, and where time went in the last seconds. "
            + $"Keys: {TopView.Help}.",
            "pglocks top",
            "pglocks top --by keys --sort hold --interval 5s",
            "pglocks top --output json --frames 10    # for programs")
    {
        foreach (var count in new[] { _frames, _top })
        {
            count.Validators.Add(result =>
            {
                if (result.Given() < 1)
                    result.AddError($"{count.Name} is at least 1.");
            });
        }
        foreach (var option in new Option[] { _interval, _once, _frames, _by, _sort, _top })
            Add(option);
    }

    protected override async Task<int> RunAsync(Invocation call, Database database, Space space, CancellationToken cancellationToken)
    {
        var interval = call.Get(_interval) ?? TimeSpan.FromSeconds(1);
        await using var source = new TopSource(call, database, space);
        var isLive = call.Format == OutputFormat.Table && !call.Get(_once) && call.Get(_frames) is null && Consoles.CanDraw(call.Streams.Out);
        if (isLive)
            await new TopLive(call, source, new TopView { Subject = call.Get(_by), Order = call.Get(_sort) }, interval).RunAsync(cancellationToken);
        else
            await PrintAsync(call, source, interval, cancellationToken);
        return ExitCode.Done;
    }

    private async Task PrintAsync(Invocation call, TopSource source, TimeSpan interval, CancellationToken cancellationToken)
    {
        for (var left = call.Get(_once) ? 1 : call.Get(_frames) ?? 1; ; )
        {
            call.Answer(TopReport.Of(await source.ReadAsync(cancellationToken), call.Get(_by), call.Get(_sort), call.Get(_top) ?? 20));
            if (--left == 0)
                return;
            await Task.Delay(interval, call.Time, cancellationToken);
        }
    }
}
