public import Kernel

/// Where the packages of saved images lie: folders that nothing writes to once they are made.
public protocol ImageFolders: Sendable {
    /// Copies a folder of a volume, with the layers beneath it; an image that is there is left as it is.
    ///
    /// - Parameters:
    ///   - folder: a path in the volume; one that is not there is an empty layer.
    ///   - volume: the host's path of the mounted volume, which its user may change meanwhile.
    ///   - layers: host paths of the layers beneath, the newest first.
    /// - Returns: the bytes of the new layer.
    /// - Throws: `storageFull` where the disk has not got the room; nothing is left of it then.
    func save(_ image: ImageID, folder: String, of volume: String, over layers: [String]) async throws -> Int64
    /// Host paths of an image's layers, the newest first.
    func layers(of image: ImageID, count: Int) -> [String]
    func remove(_ image: ImageID) async throws
    /// Removes what belongs to no image.
    func keep(only images: Set<ImageID>) async throws
}

/// Where no images are kept.
public struct NoImageFolders: ImageFolders {
    public init() {}

    public func save(
        _ image: ImageID, folder: String, of volume: String, over layers: [String]
    ) async throws -> Int64 { throw Fault(.unavailable, "This installation keeps no images.") }
    public func layers(of image: ImageID, count: Int) -> [String] { [] }
    public func remove(_ image: ImageID) async throws {}
    public func keep(only images: Set<ImageID>) async throws {}
}
