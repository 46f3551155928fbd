public import Identity
public import Kernel
public import Workloads

/// What the notebooks and jobs of one project can run in: the installation's runtimes and what the project has saved.
public struct OfferedImages: Sendable {
    /// Runtimes first, each by id.
    public let engines: [Engine]
    /// Those that notebooks can run, by name.
    public let images: [NotebookImage]

    /// The image of an id; the runtime's own id, a name, and `namespace/name:tag` are understood too.
    public func image(_ name: String) throws(Fault) -> NotebookImage {
        if let image = images.first(where: { [$0.id, $0.engine.id, $0.engine.imagePath].contains(name) }) {
            return image
        }
        // What somebody saves under a runtime's name does not change what the name means.
        for named in [images.filter { $0.saved == nil }, images].map({ $0.filter { $0.engine.name == name } })
        where named.count == 1 { return named[0] }
        let offered = images.map { "\($0.id) (\($0.engine.imagePath))" }.joined(separator: ", ")
        throw Fault(
            .invalidParameter,
            offered.isEmpty
                ? "No runtime here can run notebooks; prepare one with scripts/runtime.sh jupyterlab."
                : "There is no image \(name) for notebooks; there are \(offered).", field: "image_id")
    }

    /// The engine a job asks for: by id or `namespace/name:tag`, by name and version, or by name alone where only one
    /// has it.
    public func engine(_ reference: EngineReference) throws(Fault) -> Engine {
        let matches = engines.filter { engine in
            (reference.id.map { $0 == engine.id || $0 == engine.imagePath } ?? true)
                && (reference.name.map { $0 == engine.name } ?? true)
                && (reference.version.map { $0 == engine.version } ?? true)
        }
        let isNamed = reference.id != nil || reference.name != nil
        // What somebody saves under a runtime's name does not change what the name means.
        for found in [matches.filter(\.isOwn), matches] where isNamed && found.count == 1 { return found[0] }
        let offered = engines.map { $0.isOwn ? $0.id : $0.imagePath }.joined(separator: ", ")
        let asked = reference.id ?? reference.name ?? "none named"
        let problem = matches.count > 1 && isNamed ? "names more than one engine" : "is not an engine here"
        throw Fault(
            .invalidParameter, "\(asked) \(problem); the engines are \(offered).",
            field: reference.id == nil ? "algorithm.engine.engine_name" : "algorithm.engine.engine_id")
    }
}

extension Ports {
    /// What a project's notebooks and jobs can run in now.
    public func offeredImages(in project: ProjectID) async throws -> OfferedImages {
        try await store.read { try $0.offeredImages(in: project, ports: self) }
    }

    /// What a job runs, to be shown; nil where it is there no more. Saved images are looked up where no runtime has
    /// the name.
    public func engine(_ reference: EngineReference, in project: ProjectID) async throws -> Engine? {
        let own = OfferedImages(engines: catalogue.engines, images: [])
        if let engine = try? own.engine(reference) { return engine }
        return try? await offeredImages(in: project).engine(reference)
    }
}

extension StoreTransaction {
    func offeredImages(in project: ProjectID, ports: Ports) throws -> OfferedImages {
        let runtimes = ports.catalogue.engines.sorted { $0.id < $1.id }
        let saved = try savedImages(in: project).compactMap { image -> NotebookImage? in
            guard image.state == .active, let runtime = runtimes.first(where: { $0.id == image.runtime }) else {
                return nil
            }
            return NotebookImage(
                image,
                engine: Engine(
                    image, over: runtime, layers: ports.notebooks.images.layers(of: image.id, count: image.layers)))
        }
        let own = runtimes.filter(\.servesNotebooks).map {
            NotebookImage(runtime: $0, digests: ports.secrets.digests)
        }
        return OfferedImages(
            engines: runtimes + saved.map(\.engine),
            images: own.sorted { ($0.engine.name, $0.engine.id) < ($1.engine.name, $1.engine.id) } + saved)
    }
}

extension Engine {
    /// A runtime with the packages that were saved over it.
    fileprivate init(_ image: SavedImage, over runtime: Engine, layers: [String]) {
        self.init(
            id: image.id.text, name: image.definition.name, version: image.definition.tag, python: runtime.python,
            folders: runtime.folders + layers, summary: image.definition.description,
            servesNotebooks: runtime.servesNotebooks, layers: layers, namespace: image.definition.namespace)
    }
}
