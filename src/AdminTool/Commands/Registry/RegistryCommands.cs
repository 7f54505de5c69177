using PgLocks.AdminTool.CommandLine;

namespace PgLocks.AdminTool.Commands.Registry;

/// <summary>pglocks registry …</summary>
internal sealed class RegistryCommands(CommonOptions common) : VerbGroup(
    "registry",
    "Miners, trade pairs and keys by name. Processes register what they use by themselves; this is for what they cannot know.",
    new RegistryGroup(common, RegistrySubject.Miners, "Miners by hotkey.", "5GhCSomeHotkey"),
    new RegistryGroup(common, RegistrySubject.Pairs, "Trade pairs.", "EURUSD --asset-class forex"),
    new RegistryGroup(common, RegistrySubject.Keys, "Keys: a miner's position in a pair, and its slot.", "5GhCSomeHotkey EURUSD"));

/// <summary>pglocks registry miners|pairs|keys …</summary>
internal sealed class RegistryGroup(CommonOptions common, RegistrySubject subject, string description, string example) : VerbGroup(
    subject.Name,
    description,
    new RegistryListCommand(common, subject),
    new RegistryAddCommand(common, subject, example),
    new RegistryRetireCommand(common, subject, example.Split(" --")[0]),
    new RegistryImportCommand(common, subject));
