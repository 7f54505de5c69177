using System.Globalization;

namespace PgLocks.Postgres;

/// <summary>A yield request as text: <c>slot,slot,… sender</c>; without a sender it is meant for every instance.</summary>
internal sealed class RequestFormat(Guid instanceId, int slotCount)
{
    /// <summary>A notification carries fewer than 8,000 bytes.</summary>
    internal const int MostSlots = 1000;

    private readonly string _sender = instanceId.ToString("N");

    internal string Write(IEnumerable<int> slots, bool toAll = false)
    {
        string list = string.Join(',', slots.Select(slot => slot.ToString(CultureInfo.InvariantCulture)));
        return toAll ? list : $"{list} {_sender}";
    }

    /// <summary>The slots of a request by another instance; none for one's own and for what is no request.</summary>
    internal List<int> ReadOthers(ReadOnlySpan<char> payload)
    {
        List<int> slots = [];
        int end = payload.IndexOf(' ');
        if (end >= 0 && payload[(end + 1)..].SequenceEqual(_sender))
            return slots;
        ReadOnlySpan<char> list = end < 0 ? payload : payload[..end];
        foreach (Range part in list.Split(','))
        {
            if (int.TryParse(list[part], NumberStyles.None, CultureInfo.InvariantCulture, out int slot) && slot < slotCount)
                slots.Add(slot);
        }
        return slots;
    }
}
