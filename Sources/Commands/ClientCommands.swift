public import ArgumentParser

/// The verbs that talk to a server, in the groups that help shows.
public enum ClientCommands {
    public static let groups: [CommandGroup] = [
        CommandGroup(
            name: "Work",
            subcommands: [
                NotebookCommand.self, JobCommand.self, ModelCommand.self, ServiceCommand.self, ImageCommand.self,
                EngineCommand.self, FlavorCommand.self, PoolCommand.self,
            ]),
        CommandGroup(
            name: "Files",
            subcommands: [
                VolumeCommand.self, BucketCommand.self, CopyCommand.self, ListObjectsCommand.self,
                RemoveObjectsCommand.self,
            ]),
        CommandGroup(
            name: "Money",
            subcommands: [
                BillCommand.self, UsageCommand.self, AccountCommand.self, CouponCommand.self, PackageCommand.self,
                PriceCommand.self,
            ]),
        CommandGroup(name: "Access and operation", subcommands: [KeyCommand.self, ClockCommand.self]),
    ]
}
