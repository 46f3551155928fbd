import Identity
import Kernel
import Synchronization
import Wire
import Workloads

/// Copies the packages of models that are being published, a few at a time, installs what they need, and looks whether
/// they can be run.
public final class ModelPublisher: Sendable {
    private let ports: Ports
    /// Models that are being worked at.
    private let busy = Mutex<Set<ModelID>>([])
    private let queue: AsyncStream<ModelID>
    private let feed: AsyncStream<ModelID>.Continuation

    public init(_ ports: Ports) {
        self.ports = ports
        (queue, feed) = AsyncStream.makeStream()
    }

    /// Has a model published.
    func publish(_ model: ModelID) { feed.yield(model) }

    /// Works until its task is cancelled; takes up first what a server that went down left half done.
    public func run() async throws {
        let models = try await ports.store.read { try $0.models(in: nil) }
        do {
            try await ports.models.keep(only: Set(models.map(\.id)))
        } catch {
            ports.journal.note(.warning, "What is left of models could not be removed.", ["error": "\(error)"])
        }
        for model in models where model.state == .publishing { feed.yield(model.id) }
        await withTaskGroup(of: Void.self) { group in
            var count = 0
            for await id in queue {
                if count == Limits.publishedAtOnce {
                    await group.next()
                    count -= 1
                }
                // What is there at the start, and was asked for meanwhile, is here twice.
                guard busy.withLock({ $0.insert(id).inserted }) else { continue }
                group.addTask { await self.work(at: id) }
                count += 1
            }
        }
    }

    private func work(at id: ModelID) async {
        defer { busy.withLock { _ = $0.remove(id) } }
        do {
            try await take(id)
        } catch is CancellationError {
            // The server stops; the next one begins anew.
        } catch {
            ports.journal.note(.error, "A model could not be published.", ["model": id.text, "error": "\(error)"])
        }
    }

    private func take(_ id: ModelID) async throws {
        guard var model = try await ports.store.read({ try $0.model(id) }), model.state == .publishing else { return }
        do {
            try await gather(&model)
            model.bytes = try await ports.models.keep(id)
            model.state = .published
        } catch {
            try Task.checkCancellation()
            model.state = .failed
            let faults = (error as? Faults)?.all ?? [(error as? Fault) ?? Fault(.internalFault, "\(error)")]
            model.message = faults.map(\.description).joined(separator: " ")
            try await ports.models.remove(id)
        }
        model.updatedAt = ports.clock.now()
        let isThere = try await ports.store.write { [model] transaction in
            guard try transaction.model(id) != nil else { return false }
            try transaction.update(model)
            return true
        }
        if !isThere { try await ports.models.remove(id) }
    }

    /// Copies the package and reads what it says of itself.
    private func gather(_ model: inout Model) async throws {
        let source = try await package(at: ObjectPath(model.source, field: "source_location"), of: model.account)
        let folder = try await ports.models.begin(model.id)
        let transfer = try await ports.buckets.download(source, of: model.account, into: folder)
        guard transfer.objects > 0 else {
            throw Fault(.invalidParameter, "There is nothing in \(source).", field: "source_location")
        }
        let own = try await ports.models.read(
            ModelDefinition.configName, of: model.id, limit: Limits.modelConfigBytes)
        let text = own ?? model.definition.initialConfig.map { Array($0.utf8) }
        if let text {
            model.config = try Self.config(text)
            model.configText = String(decoding: text, as: UTF8.self)
        }
        let engine = try await engine(of: model)
        model.engine = engine.id
        try await install(for: model, engine)
    }

    private func install(for model: Model, _ engine: Engine) async throws {
        let packages: [PackageRequirement]
        do {
            packages = try model.config.requirements()
        } catch {
            throw Faults(error.all.map(Self.inConfig))
        }
        guard !packages.isEmpty else { return }
        do {
            try await ports.models.install(
                packages, of: model.id, for: engine, mayLoad: ports.settings.installsModelPackages)
        } catch let fault as Fault {
            throw Self.inConfig(fault)
        }
    }

    /// The fault with the place in the package that it is of.
    private static func inConfig(_ fault: Fault) -> Fault {
        let field = [ModelDefinition.configName, fault.field].compactMap(\.self).joined(separator: ": ")
        return Fault(fault.code, fault.message, field: field)
    }

    /// The runtime that a model names, else one that has what it needs.
    private func engine(of model: Model) async throws -> Engine {
        if let name = model.definition.runtime { return try ports.modelEngine(named: name) }
        // A name that says nothing here, such as python3.7 in a package made elsewhere, is no reason to refuse it.
        if let name = model.config.runtime, let named = try? ports.modelEngine(named: name) { return named }
        let holdsModule = try await ports.models.holds(ModelDefinition.torchScriptName, of: model.id)
        return try ports.modelEngine(
            wantsPyTorch: model.type.lowercased() == ModelDefinition.pyTorch.lowercased() || holdsModule,
            canDoWithout: model.config.command != nil)
    }

    private static func config(_ text: [UInt8]) throws -> ModelConfig {
        do {
            return try ModelConfig(json: JSONValue(parsing: text))
        } catch {
            let faults = (error as? Faults)?.all ?? [(error as? Fault) ?? Fault(.internalFault, "\(error)")]
            throw Faults(faults.map { inConfig(Fault(.invalidParameter, $0.message, field: $0.field)) })
        }
    }

    /// The folder `model` of a package where there is one, else the place itself.
    private func package(at place: ObjectPath, of account: AccountID) async throws -> ObjectPath {
        let key = place.key.isEmpty ? ModelDefinition.folder : place.key + "/" + ModelDefinition.folder
        let inner = try ObjectPath(bucket: place.bucket, key: key + "/", field: "source_location")
        let found = try await ports.buckets.list(
            inner.bucket, of: account, prefix: inner.key + "/", after: "", limit: 1)
        return found.objects.isEmpty ? place : inner
    }
}
