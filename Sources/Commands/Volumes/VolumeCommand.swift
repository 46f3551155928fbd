import ArgumentParser

/// `atelier volume …`
struct VolumeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "volume", abstract: "Volumes: disks that cost by the GB and second from creation to deletion.",
        subcommands: [CreateVolume.self, ListVolumes.self, ShowVolume.self, ResizeVolume.self, DeleteVolume.self])
}
