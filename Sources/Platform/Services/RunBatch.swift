import Identity
import Kernel
import Synchronization
import Wire
import Workloads

/// Goes through a batch: each input is a call to one of the service's instances, and its answer an object.
///
/// What became of an input is stored before the next is begun, so that a batch which was broken off goes on behind it;
/// an input that was under way is asked again. It ends when everything has an answer or an error.
struct RunBatch: Sendable {
    private let ports: Ports
    private let counter: CountCalls

    /// Calls that each instance answers at the same time.
    private static let callsPerInstance = 2
    /// Times that an input is asked where there is no answer at all.
    private static let tries = 3
    /// Characters of an answer that says no, which are kept.
    private static let errorCharacters = 500

    init(_ ports: Ports, counter: CountCalls) {
        self.ports = ports
        self.counter = counter
    }

    func callAsFunction(_ id: ServiceID) async throws {
        guard let state = try await state(of: id), let batch = state.service.definition.batch else { return }
        let inputs: [Input]
        do {
            inputs = try await self.inputs(of: batch, account: state.service.account)
        } catch let fault as Fault where ![.unavailable, .storageFull, .internalFault].contains(fault.code) {
            // What cannot be read now cannot be read later; trying again would only cost.
            return try await fail(id, because: fault.message)
        }
        let done = Set(try await ports.store.read { try $0.batchItems(of: id) }.map(\.source))
        let rest = Rest(inputs.filter { !done.contains($0.source.description) })
        let ready = state.instances.count { $0.machine.step == .ready }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<(ready * Self.callsPerInstance) {
                group.addTask {
                    while let input = rest.next() {
                        guard try await self.answer(input, batch, of: id, worker: number) else { return }
                    }
                }
            }
            try await group.waitForAll()
        }
        try await finish(id, batch, inputs: inputs.count)
    }

    /// An object that is read, and what its answer's place is named by.
    private struct Input: Sendable {
        let source: ObjectPath
        let name: String
    }

    /// The inputs that nobody has taken, in order.
    private final class Rest: Sendable {
        private let inputs: Mutex<[Input]>

        init(_ inputs: [Input]) { self.inputs = Mutex(inputs.reversed()) }

        func next() -> Input? { inputs.withLock { $0.popLast() } }
    }

    private func state(of id: ServiceID) async throws -> ServiceState? {
        try await ports.store.read { transaction in
            try transaction.service(id).flatMap { service in
                service.wish == .running ? try transaction.state(service) : nil
            }
        }
    }

    // MARK: - Inputs

    private func inputs(of batch: BatchWork, account: AccountID) async throws -> [Input] {
        let place = try ObjectPath(batch.source, field: "src_path")
        if place.key.hasSuffix(".manifest") { return try await manifest(place, account) }
        let prefix = place.key.isEmpty ? "" : place.key + "/"
        var inputs: [Input] = []
        var marker: String? = ""
        while let after = marker {
            let page = try await ports.buckets.list(
                place.bucket, of: account, prefix: prefix, after: after, limit: Limits.listedObjects)
            for object in page.objects where batch.rule == nil || object.key.hasSuffix(".csv") {
                inputs.append(
                    Input(
                        source: try ObjectPath(bucket: place.bucket, key: object.key),
                        name: String(object.key.dropFirst(prefix.count))))
            }
            try Self.requireFew(inputs.count)
            marker = page.next
        }
        guard inputs.isEmpty, !place.key.isEmpty else { return inputs }
        return [Input(source: place, name: place.parts.last ?? place.key)]
    }

    /// A line of JSON for each input, with its place as `source`.
    private func manifest(_ place: ObjectPath, _ account: AccountID) async throws -> [Input] {
        let text = try await read(place, account)
        try Self.requireFew(text.count { $0 == UInt8(ascii: "\n") })
        return try text.split(separator: UInt8(ascii: "\n")).enumerated().map { index, line in
            guard let source = try JSONValue(parsing: Array(line))["source"]?.string else {
                throw Fault(.invalidParameter, "Line \(index + 1) of \(place) names no source.", field: "src_path")
            }
            let object = try ObjectPath(source, field: "src_path")
            return Input(source: object, name: object.key)
        }
    }

    private static func requireFew(_ inputs: Int) throws(Fault) {
        guard inputs <= Limits.stagedObjects else {
            throw Fault(.invalidParameter, "A batch has at most \(Limits.stagedObjects) inputs; make several of it.")
        }
    }

    private func read(_ object: ObjectPath, _ account: AccountID) async throws -> [UInt8] {
        let content = try await ports.buckets.get(object, of: account, from: 0)
        guard content.info.bytes <= Limits.callBytes else {
            throw Fault(.bodyTooLarge, "\(object) has more than \(Limits.callBytes) bytes.")
        }
        var bytes: [UInt8] = []
        for try await chunk in content.chunks { bytes += chunk }
        return bytes
    }

    // MARK: - Answers

    /// False where the service is not to go on.
    private func answer(
        _ input: Input, _ batch: BatchWork, of id: ServiceID, worker: Int
    ) async throws -> Bool {
        guard let service = try await state(of: id)?.service else { return false }
        let item: BatchItem
        var counts = CallMinute()
        do {
            let body = try await read(input.source, service.account)
            guard let told = try await ask(body, input, batch, of: id, worker: worker) else { return false }
            counts = told.counts
            item = try await keep(told, of: input, batch, service.account)
        } catch let fault as Fault where fault.code != .storageFull {
            item = BatchItem(source: input.source.description, isSuccess: false, error: fault.message)
        }
        try await meter(counts, of: item, service)
        let minute = ports.clock.now().second.minute
        try await ports.store.write { [counts] transaction in
            guard let service = try transaction.service(id) else { return }
            try transaction.append(item, of: id)
            try transaction.count(calls: item.isSuccess ? 1 : 0, failures: item.isSuccess ? 0 : 1, of: id)
            try transaction.add(counts, of: id, model: service.batchModel, minute: minute)
        }
        return true
    }

    /// An input whose calls are metered is not metered again when the batch goes on behind a crash.
    private func meter(_ counts: CallMinute, of item: BatchItem, _ service: Service) async throws {
        let run = service.begunAt?.milliseconds ?? 0
        do {
            try await counter.meter(
                counts, id: "\(service.id)/\(run)/\(item.source)", model: service.batchModel, of: service)
        } catch let fault as Fault where fault.code == .conflict {
        } catch let faults as Faults where faults.all.contains(where: { $0.code == .conflict }) {
        }
    }

    /// The answer's text, and what is wrong with it.
    private struct Told {
        var text: [UInt8] = []
        var errors: [String] = []
        var counts = CallMinute()
    }

    private func ask(
        _ body: [UInt8], _ input: Input, _ batch: BatchWork, of id: ServiceID, worker: Int
    ) async throws -> Told? {
        guard batch.rule != nil else {
            let type = input.name.hasSuffix(".json") ? "application/json" : "application/octet-stream"
            return try await call(body, type: type, batch, of: id, worker: worker)
        }
        var told = Told()
        var number = 0
        var rows = CSVRows(body)
        while let fields = try rows.next() {
            number += 1
            let row: Told
            do {
                let body = try batch.body(of: fields)
                guard
                    let answer = try await call(
                        body.bytes(), type: "application/json", batch, of: id, worker: worker)
                else { return nil }
                row = answer
            } catch let fault as Fault {
                row = Told(errors: [fault.message])
            }
            told.text += row.text.filter { $0 != UInt8(ascii: "\n") } + [UInt8(ascii: "\n")]
            told.errors += row.errors.map { "row \(number): \($0)" }
            told.counts.add(row.counts)
        }
        return told
    }

    private static func told(_ answer: SocketAnswer, after began: Instant, at now: Instant) -> Told {
        var counts = CallMinute(calls: 1)
        counts.latencies.record(microseconds: (now.milliseconds - began.milliseconds) * 1_000)
        guard !(200..<300).contains(answer.status) else {
            counts.successes = 1
            counts.tokens = TokenUse(inEndOf: answer.body.suffix(2_048).map(\.self)) ?? TokenUse()
            return Told(text: answer.body, counts: counts)
        }
        if answer.status >= 500 { (counts.calls, counts.failures) = (0, 1) }
        let words = String(decoding: answer.body.prefix(errorCharacters), as: UTF8.self)
        return Told(errors: ["it answered \(answer.status): \(words)"], counts: counts)
    }

    /// Asks an instance that is ready, another one where there is no answer; nil where the service is not to go on.
    private func call(
        _ body: [UInt8], type: String, _ batch: BatchWork, of id: ServiceID, worker: Int
    ) async throws -> Told? {
        var failure = ""
        var failures = 0
        while failures < Self.tries {
            guard let state = try await state(of: id) else { return nil }
            let ready = state.instances.filter { $0.machine.step == .ready }
            guard !ready.isEmpty else {
                try await Task.sleep(for: .milliseconds(100))
                continue
            }
            let instance = ready[(worker + failures) % ready.count]
            let began = ports.hostClock.now()
            do {
                let answer = try await ports.sockets.post(
                    body, type: type, path: batch.path, to: instance.attempt,
                    seconds: state.service.definition.limits.answerSeconds ?? Limits.upstreamAnswerSeconds)
                return Self.told(answer, after: began, at: ports.hostClock.now())
            } catch {
                failures += 1
                failure = "\(error)"
            }
        }
        throw Fault(.upstreamUnavailable, "There was no answer, \(Self.tries) times: \(failure).")
    }

    private func keep(_ told: Told, of input: Input, _ batch: BatchWork, _ account: AccountID) async throws -> BatchItem
    {
        let source = input.source.description
        var location = ""
        if told.text.contains(where: { $0 != UInt8(ascii: "\n") }) {
            let object = try place(input.name + "_result.txt", in: batch)
            _ = try await ports.buckets.put(object, of: account, content: OnePiece(told.text))
            location = object.description
        }
        let first = told.errors.first ?? ""
        let more = told.errors.count > 1 ? " (and \(told.errors.count - 1) more)" : ""
        return BatchItem(source: source, isSuccess: told.errors.isEmpty, location: location, error: first + more)
    }

    private func place(_ name: String, in batch: BatchWork) throws -> ObjectPath {
        let folder = try ObjectPath(batch.target, field: "dest_path")
        return try ObjectPath(bucket: folder.bucket, key: folder.key.isEmpty ? name : folder.key + "/" + name)
    }

    // MARK: - The end

    private func fail(_ id: ServiceID, because why: String) async throws {
        let now = ports.clock.now()
        try await ports.store.write { transaction in
            guard var service = try transaction.service(id), service.wish == .running else { return }
            (service.wish, service.stopAt, service.updatedAt) = (.failed, nil, now)
            service.reason = "its inputs cannot be read: \(why)"
            try transaction.update(service)
        }
    }

    private func finish(_ id: ServiceID, _ batch: BatchWork, inputs: Int) async throws {
        guard let service = try await state(of: id)?.service else { return }
        let items = try await ports.store.read { try $0.batchItems(of: id) }
        let lines = items.flatMap { item in
            JSONValue.object(
                JSONObject(
                    [
                        ("source", JSONValue.string(item.source)),
                        ("result", .string(item.isSuccess ? "SUCCESSFUL" : "FAILED")),
                    ] + (item.location.isEmpty ? [] : [("inference-loc", .string(item.location))])
                        + (item.error.isEmpty ? [] : [("error", .string(item.error))]))
            ).bytes() + [UInt8(ascii: "\n")]
        }
        let manifest = try place("infer-result-\(id).manifest", in: batch)
        _ = try await ports.buckets.put(manifest, of: service.account, content: OnePiece(lines))
        let (now, failed) = (ports.clock.now(), items.count { !$0.isSuccess })
        try await ports.store.write { transaction in
            guard var service = try transaction.service(id), service.wish == .running else { return }
            (service.wish, service.stopAt, service.updatedAt) = (.finished, nil, now)
            service.reason = failed > 0 ? "\(failed) of \(inputs) inputs failed; see \(manifest)" : ""
            try transaction.update(service)
            try transaction.append(
                ServiceEvent(
                    service: id, at: now, isProblem: failed > 0,
                    text: "\(items.count - failed) of \(inputs) inputs are answered; \(manifest) lists them."))
        }
    }
}

/// Bytes as an object's content.
private struct OnePiece: AsyncSequence, Sendable {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    struct AsyncIterator: AsyncIteratorProtocol {
        var rest: [UInt8]?

        mutating func next() async throws -> [UInt8]? {
            defer { rest = nil }
            return rest
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(rest: bytes.isEmpty ? nil : bytes) }
}

extension Service {
    /// The one model of a batch.
    fileprivate var batchModel: ModelID { ModelID(definition.configs.first?.model ?? "") }
}
