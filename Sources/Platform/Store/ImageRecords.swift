public import Identity
public import Kernel

/// Images that were saved; one that is deleted is not there any more.
public protocol ImageRecords {
    func insert(_ image: SavedImage) throws
    /// Writes everything that can change of an image.
    func update(_ image: SavedImage) throws
    func delete(_ image: ImageID) throws
    func savedImage(_ id: ImageID) throws -> SavedImage?
    /// Those of a project, by name; of all projects where it is nil.
    func savedImages(in project: ProjectID?) throws -> [SavedImage]
}
