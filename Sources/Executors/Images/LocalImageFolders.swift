import Glibc
public import Kernel
public import Platform

/// Saved images on this machine's disk: `FOLDER/<image>/<layer>`, the newest layer 0.
///
/// What is copied belongs to somebody who may change it meanwhile, so it is copied in a sandbox that sees that volume
/// and nothing else: a link put in the way leads nowhere. Layers beneath are shared by hard links, since nothing
/// writes to them.
public final class LocalImageFolders: ImageFolders {
    private let folders: KeptFolders

    /// Works in a folder, which it makes.
    public init(path: String) throws(Fault) { folders = try KeptFolders(path: path, of: "image") }

    public func layers(of image: ImageID, count: Int) -> [String] { (0..<count).map { folder(image) + "/\($0)" } }

    public func save(
        _ image: ImageID, folder: String, of volume: String, over layers: [String]
    ) async throws -> Int64 {
        let (root, place) = (folders.root, self.folder(image))
        return try await folders.queue.perform {
            if access(place, F_OK) == 0 { return try Self.bytes(of: "/to", in: Self.sandbox(place + "/0", at: "/to")) }
            let new = place + ".new"
            do {
                guard FolderRemoval.remove(new), mkdir(new, 0o700) == 0, mkdir(new + "/0", 0o700) == 0 else {
                    throw VolumeFolder.fault("The folder of the image cannot be made")
                }
                let bytes = try Self.copy("/from/" + folder, of: volume, to: new + "/0", beside: root)
                for (number, layer) in layers.enumerated() {
                    try HostCommand.run(["cp", "-al", "--", layer, new + "/\(number + 1)"])
                }
                try HostCommand.run(["sync", "-f", new])
                guard rename(new, place) == 0 else {
                    throw VolumeFolder.fault("The image cannot be kept")
                }
                SmallFile.sync(folder: root)
                return bytes
            } catch {
                // What could not be saved takes no space.
                _ = FolderRemoval.remove(new)
                throw error
            }
        }
    }

    public func remove(_ image: ImageID) async throws { try await folders.remove(image.folderName) }

    public func keep(only images: Set<ImageID>) async throws {
        try await folders.keep(only: Set(images.map(\.folderName)))
    }

    /// Copies what lies in a folder of a volume; nothing where it is not there.
    private static func copy(
        _ folder: String, of volume: String, to place: String, beside root: String
    ) throws -> Int64 {
        let sandbox = sandbox(volume, at: "/from") + ["--bind", place, "/to"]
        let exists = (try? HostCommand.run(sandbox + ["/usr/bin/test", "-d", folder])) != nil
        guard exists else { return 0 }
        let bytes = try bytes(of: folder, in: sandbox)
        guard bytes <= VolumeFolder.freeBytes(beside: root) - VolumeFolder.spareBytes else {
            throw Fault(.storageFull, "The server's disk has no room for the \(bytes >> 20) MiB of the image.")
        }
        try HostCommand.run(
            sandbox + ["/usr/bin/cp", "-a", "--no-preserve=ownership,xattr", "--", folder + "/.", "/to"])
        return bytes
    }

    private static func bytes(of folder: String, in sandbox: [String]) throws -> Int64 {
        let said = try HostCommand.run(sandbox + ["/usr/bin/du", "-s", "-B1", "--", folder])
        return said.split(separator: "\t").first.flatMap { Int64($0) } ?? 0
    }

    /// bubblewrap's beginning: the system's programs, and one folder to read.
    private static func sandbox(_ folder: String, at place: String) -> [String] {
        [
            "bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv",
            "--ro-bind", "/usr", "/usr", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64",
            "--ro-bind", folder, place,
        ]
    }

    private func folder(_ image: ImageID) -> String { folders.path(image.folderName) }
}
