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
    /// - Parameter waitsForModels: whether models may still be on their way; their instances wait for them.
    /// - Throws: every fault of the definition that the installation can see; `insufficientBalance` where balance and
    ///   credit do not cover the first hour of its instances; nothing is left behind.
    public func callAsFunction(
        _ definition: ServiceDefinition, waitsForModels: Bool = false, in project: Project, caller: Caller
    ) async throws -> ServiceState {
        try caller.require(.write, in: Scope(project))
        try await ports.requireOffered(definition.configs, waitsForModels: waitsForModels, in: project)
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
            try transaction.insert(service)
            try transaction.append(
                ServiceEvent(service: service.id, at: now, text: "The service is being deployed."))
            return service
        }
        supervisor.wake(service.id)
        return ServiceState(service: service, instances: [])
    }
}

extension ServiceDefinition {
    /// Refuses what could not be read again: what is stored has the rules of what is asked for.
    func requireReadable() throws(Faults) { _ = try ServiceDefinition(json: json) }
}

extension Ports {
    /// Refuses configs that name what is not there, or what could never run; throws everything that is wrong.
    func requireOffered(
        _ configs: [ServiceConfig], waitsForModels: Bool = false, in project: Project
    ) async throws {
        var faults = Faults()
        let terms = try await store.read { try $0.requiredTerms(of: project.account) }
        let book = try catalogue.book(terms.book)
        let machine = PoolCapacity(try await executor.capacity())
        for (index, config) in configs.enumerated() {
            let path = "config[\(index)]"
            let model = try await store.read { try $0.model(ModelID(config.model)) }
            if let model, model.project == project.id {
                if model.state != .published, !(waitsForModels && model.state == .publishing) {
                    faults.add(
                        .invalidParameter,
                        "The model \(model.title) is \(model.state.rawValue); only a published "
                            + "one can be deployed.", field: "\(path).model_id")
                }
            } else {
                faults.add(
                    .invalidParameter, "There is no model \(config.model) in this project.", field: "\(path).model_id")
            }
            guard let flavor = book.flavor(config.flavor), flavor.products.contains(Product.service) else {
                let offered = book.flavors(for: Product.service).map(\.id.text).joined(separator: ", ")
                faults.add(
                    .invalidParameter,
                    offered.isEmpty
                        ? "The price book \(book.id) offers no flavor for services; add the product inference to it."
                        : "There is no flavor \(config.flavor) for services; there are \(offered).",
                    field: "\(path).specification")
                continue
            }
            do {
                try await store.read { transaction in
                    try transaction.requirePool(
                        config.pool, for: .inference, in: project.id, field: "\(path).pool_name")
                    try transaction.room(of: config.pool, machine: machine)
                        .requireFit(of: Demand(flavor, nodes: 1), field: "\(path).specification")
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
