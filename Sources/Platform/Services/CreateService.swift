public import Identity
import Kernel
import Ledger
import Money
import Pricing
public import Workloads

/// Deploys a service: answers at once, and the supervisor does the rest.
public struct CreateService: Sendable {
    private let ports: Ports
    private let supervisor: ServiceSupervisor

    public init(_ ports: Ports, supervisor: ServiceSupervisor) {
        self.ports = ports
        self.supervisor = supervisor
    }

    /// The service as taken, `deploying`.
    ///
    /// - Parameters:
    ///   - taken: models that are taken up with it.
    ///   - naming: how a request names what is wrong with a config.
    ///   - waitsForModels: whether models may still be on their way; their instances wait for them.
    /// - Throws: every fault of the definition that the installation can see; `insufficientBalance` where balance and
    ///   credit do not cover the first hour of its instances; nothing is left behind.
    public func callAsFunction(
        _ definition: ServiceDefinition, taking taken: TakenModels = .none, naming: ConfigNaming = .first,
        waitsForModels: Bool = false, in project: Project, caller: Caller
    ) async throws -> ServiceState {
        try caller.require(.write, in: Scope(project))
        try await ports.requireOffered(
            definition.configs, taking: taken, naming: naming, waitsForModels: waitsForModels, in: project)
        try definition.requireReadable()
        let ports = self.ports
        let service = try await ports.store.write { transaction in
            if try transaction.service(named: definition.name, in: project.id) != nil {
                throw Fault(
                    .duplicateName, "The project has a service named \(definition.name) already; choose another name.",
                    field: "service_name")
            }
            guard try transaction.serviceCount(in: project.id) < Limits.services else {
                throw Fault(
                    .quotaExceeded, "The project has \(Limits.services) services; delete some that nobody needs.")
            }
            try transaction.requireFirstHour(of: definition.configs, in: project, ports: ports)
            let now = ports.clock.now()
            var service = Service(
                id: ports.identifiers.uuid(), account: project.account, project: project.id, user: caller.user,
                createdAt: now, updatedAt: now, definition: definition)
            service.begin(at: now)
            let numbered = ServiceConfig.numbered(definition.configs, present: [], recorded: { _ in [] })
            service.definition.configs = numbered.configs
            try transaction.take(taken, in: project, caller: caller, ports: ports)
            try transaction.insert(service)
            try transaction.record(numbered.new, of: service.id, at: now)
            try transaction.append(
                ServiceEvent(service: service.id, at: now, text: "The service is being deployed."))
            return service
        }
        taken.publish()
        supervisor.wake(service.id)
        return ServiceState(service: service, instances: [])
    }
}

extension ServiceDefinition {
    /// Refuses what could not be read again: what is stored has the rules of what is asked for.
    func requireReadable() throws(Faults) { _ = try ServiceDefinition(json: json) }
}

/// How a request names the fields of a config.
public enum ConfigNaming: Hashable, Sendable {
    /// As the first API, `config[0].model_id`.
    case first
    /// As the second, `group_configs[0].model.asset_id`.
    case second
    /// As the second where a request is of the one deployment at this place, `model.asset_id`.
    case deployment(Int)

    fileprivate func fields(of index: Int) -> (model: String, flavor: String, pool: String) {
        switch self {
        case .first:
            return ("config[\(index)].model_id", "config[\(index)].specification", "config[\(index)].pool_name")
        case .second, .deployment:
            let prefix = self == .deployment(index) ? "" : "group_configs[\(index)]."
            return ("\(prefix)model.asset_id", "\(prefix)unit_configs[0].flavor", "\(prefix)pool_id")
        }
    }
}

extension Ports {
    /// Refuses configs that name what is not there, or what could never run; throws everything that is wrong.
    func requireOffered(
        _ configs: [ServiceConfig], taking taken: TakenModels = .none, naming: ConfigNaming = .first,
        waitsForModels: Bool = false, in project: Project
    ) async throws {
        var faults = taken.faults
        let terms = try await store.read { try $0.requiredTerms(of: project.account) }
        let book = try catalogue.book(terms.book)
        let machine = PoolCapacity(try await executor.capacity())
        for (index, config) in configs.enumerated() {
            let fields = naming.fields(of: index)
            let model = try await store.read { try $0.model(ModelID(config.model)) }
            if taken.contains(config.model) {
                // It is stored together with what names it.
            } else if let model, model.project == project.id {
                if model.state != .published, !(waitsForModels && model.state == .publishing) {
                    faults.add(
                        .invalidParameter,
                        "The model \(model.title) is \(model.state.rawValue); only a published "
                            + "one can be deployed.", field: fields.model)
                }
            } else {
                faults.add(
                    .invalidParameter, "There is no model \(config.model) in this project.", field: fields.model)
            }
            guard let flavor = book.flavor(config.flavor), flavor.products.contains(Product.service) else {
                let offered = book.flavors(for: Product.service).map(\.id.text).joined(separator: ", ")
                faults.add(
                    .invalidParameter,
                    offered.isEmpty
                        ? "The price book \(book.id) offers no flavor for services; add the product inference to it."
                        : "There is no flavor \(config.flavor) for services; there are \(offered).",
                    field: fields.flavor)
                continue
            }
            do {
                try await store.read { transaction in
                    try transaction.requirePool(config.pool, for: .inference, in: project.id, field: fields.pool)
                    try transaction.room(of: config.pool, machine: machine)
                        .requireFit(of: Demand(flavor, nodes: 1), field: fields.flavor)
                }
            } catch let fault as Fault { faults.append(fault) }
        }
        try faults.check()
    }
}

extension StoreTransaction {
    /// Refuses instances whose first hour balance and credit do not cover.
    func requireFirstHour(of configs: [ServiceConfig], in project: Project, ports: Ports) throws {
        let terms = try requiredTerms(of: project.account)
        let now = ports.clock.now()
        let amount = try configs.filter { $0.instanceCount > 0 }.reduce(Amount.zero) { sum, config in
            let hour = try ports.firstHour(
                of: Product.service, config.flavor, quantity: 1, pool: config.pool, book: terms.book,
                project: project, at: now)
            return (0..<config.instanceCount).reduce(sum) { sum, _ in sum + hour }
        }
        try spendableWallet(of: project.account, ports: ports).requireRoom(for: amount, currency: terms.currency)
    }

    func requiredService(_ id: ServiceID, in project: ProjectID) throws -> Service {
        guard let service = try service(id), service.project == project else {
            throw Fault(.notFound, "There is no service \(id) in this project.", field: "service_id")
        }
        return service
    }
}
