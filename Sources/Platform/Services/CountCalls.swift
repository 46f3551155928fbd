import Identity
import Kernel
import Pricing
import Wire
import Workloads

/// Stores what services were asked since the last time, and has it metered where the account's price book wants that.
///
/// One event stands for all calls of a model in a minute since the last one, so that no call waits for it. What a
/// killed server had not stored yet, a second's calls at most, is not billed (law 8).
struct CountCalls: Sendable {
    private let ports: Ports
    private let events: TakeEvents

    /// The type of the events; see `docs/services.md`.
    static let eventType = "modelarts.service.calls"

    init(_ ports: Ports, events: TakeEvents) {
        self.ports = ports
        self.events = events
    }

    func callAsFunction(_ routes: [ServiceRoute]) async {
        for route in routes {
            let minutes = route.takeMinutes()
            guard !minutes.isEmpty else { continue }
            do {
                try await meter(minutes, id: nil, of: Metered(route))
            } catch {
                // Nothing of it counts yet; it is tried again with what comes.
                route.giveBack(minutes)
                ports.journal.note(.error, "Calls of a service could not be metered.", ["error": "\(error)"])
                continue
            }
            do {
                try await store(minutes, of: route)
            } catch {
                // They are metered, and must not be twice.
                ports.journal.note(.error, "Calls of a service could not be stored.", ["error": "\(error)"])
            }
        }
    }

    /// Has one call metered that is known by an id, once however often that is asked for.
    func meter(_ counts: CallMinute, id: String, model: ModelID, of service: Service) async throws {
        let key = ServiceRoute.CallKey(minute: ports.clock.now().second.minute, model: model)
        try await meter([key: counts], id: id, of: Metered(service))
    }

    private func store(_ minutes: [ServiceRoute.CallKey: CallMinute], of route: ServiceRoute) async throws {
        try await ports.store.write { transaction in
            guard try transaction.service(route.id) != nil else { return }
            for (key, counts) in minutes {
                try transaction.add(counts, of: route.id, model: key.model, minute: key.minute)
            }
            try transaction.count(
                calls: minutes.values.reduce(0) { $0 + $1.calls },
                failures: minutes.values.reduce(0) { $0 + $1.failures }, of: route.id)
        }
    }

    /// Whose calls are metered.
    private struct Metered {
        let id: ServiceID
        let account: AccountID
        let project: ProjectID
        let name: String

        init(_ route: ServiceRoute) {
            (id, account, project, name) = (route.id, route.account, route.project, route.name)
        }

        init(_ service: Service) {
            (id, account, project) = (service.id, service.account, service.project)
            name = service.definition.name
        }
    }

    private func meter(
        _ minutes: [ServiceRoute.CallKey: CallMinute], id: String?, of service: Metered
    ) async throws {
        let billed = minutes.filter { $0.value.successes > 0 }
        guard !billed.isEmpty else { return }
        let (terms, user) = try await ports.store.read { transaction in
            (try transaction.requiredTerms(of: service.account), try transaction.service(service.id)?.user)
        }
        let book = try ports.catalogue.book(terms.book)
        guard let user, book.meters.contains(where: { $0.eventType == Self.eventType }) else { return }
        let body = JSONValue.array(billed.map { event(of: service, id, $0.key, $0.value) })
        let caller = Caller(
            account: service.account, user: user, role: .member, project: service.project, requestID: "service-calls")
        _ = try await events(body.bytes(), project: service.project, caller: caller)
    }

    private func event(
        of service: Metered, _ id: String?, _ key: ServiceRoute.CallKey, _ counts: CallMinute
    ) -> JSONValue {
        [
            "specversion": "1.0", "id": .string(id ?? ports.identifiers.uuid(Attempt.self).text),
            "source": .string("/v1/\(service.project)/services"), "type": .string(Self.eventType),
            "subject": .string(service.id.text), "time": .string("\(key.minute)"),
            "data": [
                "calls": JSONValue(counts.successes), "prompt_tokens": JSONValue(counts.tokens.prompt),
                "completion_tokens": JSONValue(counts.tokens.completion), "service": .string(service.name),
                "model": .string(key.model.text),
            ],
        ]
    }
}
