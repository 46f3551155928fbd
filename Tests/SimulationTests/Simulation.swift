import Files
import Foundation
import Identity
import Kernel
import Ledger
import Metering
import Money
import Pricing
import Rating
import Secrets
import Store
import Synchronization
import TestKit
import Wire
import Workloads

@testable import Platform

/// The whole platform on a clock of its own: real use cases on a real database, played machines, seeded faults.
final class Simulation {
    let seed: UInt64
    let executor: SimulatedExecutor
    let time: SimulatedTime
    private(set) var prices: SimulatedPrices
    private(set) var accounts: [OpenAccount.Opened] = []
    /// What was put in, in 10^-8 of a dollar.
    private(set) var paidIn: Int128 = 0
    /// What was granted and sold, as acknowledged.
    private(set) var coupons: [OwnedCoupon] = []
    private(set) var packages: [OwnedPackage] = []
    /// What was used, for the oracle: events that were acknowledged, each of some tokens.
    private(set) var tokens: [AccountID: [(at: Second, count: Int128)]] = [:]
    /// A digest of everything that was done.
    private(set) var trace: UInt64 = 0xcbf2_9ce4_8422_2325
    private(set) var steps = 0
    private var planned = 0
    /// The true time, and how far the server's clock is off.
    private(set) var now = Simulation.start
    private var skew: Int64 = 0

    private var random: SeededGenerator
    private let folder: String
    private let identifiers = CountingIdentifiers()
    private let catalogue: Catalogue
    private var sqlite: SQLiteStore
    private var store: FaultyStore
    private(set) var ports: Ports
    private var actions: [(TrainingJobID, TrainingJobMachine.Action)] = []
    private var interrupted: Set<TrainingJobID> = []
    private var sent: [(id: Int, account: AccountID, at: Second, count: Int64)] = []
    private var past = SimulatedFaults()
    private var settled: Set<AttemptID> = []
    /// What was refused last.
    private var refusal = ""

    static let start = Second(1_893_456_000)

    init(seed: UInt64) async throws {
        self.seed = seed
        random = SeededGenerator(seed: seed)
        folder = NSTemporaryDirectory() + "simulation-\(seed)-\(UInt64.random(in: 0...(.max)))"
        try FileManager.default.createDirectory(atPath: folder + "/buckets", withIntermediateDirectories: true)
        time = SimulatedTime(Self.start)
        executor = SimulatedExecutor(seed: seed ^ 0xE, now: Self.start)
        prices = SimulatedPrices(from: Self.start - 100 * 86_400)
        let engine = Engine(id: "python", name: "python", version: "3", python: "/python", folders: [], summary: "")
        catalogue = Catalogue(books: try prices.books(), engines: [engine])
        sqlite = try await SQLiteStore(path: folder + "/store.sqlite")
        store = FaultyStore(sqlite, seed: seed)
        ports = try Self.ports(store, time, identifiers, executor, catalogue, folder)
        for name in ["ann", "bob"] {
            accounts.append(
                try await OpenAccount(Self.ports(sqlite, time, identifiers, executor, catalogue, folder))(
                    OpenAccount.Input(
                        name: name, userName: name, password: "password", role: .operator,
                        creditLimit: Amount(units: 2_000_000_000))))
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private static func ports(
        _ store: any Platform.Store, _ time: SimulatedTime, _ identifiers: CountingIdentifiers,
        _ executor: SimulatedExecutor, _ catalogue: Catalogue, _ folder: String
    ) throws -> Ports {
        Ports(
            store: store, clock: time, hostClock: time, identifiers: identifiers,
            secrets: CountingSecrets(counting: identifiers), executor: executor,
            buckets: try BucketFolder(path: folder + "/buckets"), folders: NoFolders(), catalogue: catalogue,
            settings: Settings(), journal: SilentJournal())
    }

    var faults: SimulatedFaults { past + store.faults + executor.faults }

    /// Goes on by so many acts, holding the laws against the books after each.
    func run(steps count: Int) async throws {
        planned += count
        for _ in 0..<count {
            steps += 1
            try await step()
            let laws = SimulatedLaws(self, store: sqlite)
            try await laws.hold(settled: &settled)
            if steps.isMultiple(of: 25) { try await laws.verify() }
        }
    }

    private func step() async throws {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<45: pass(Int64.random(in: 20...5_000, using: &random))
        case 45:
            pass(Int64.random(in: 86_400...250_000, using: &random))
            past.pauses += 1
        case 46: setClock()
        case 47..<60: try await create()
        case 60..<63: try await stop()
        case 63..<75: try await topUp()
        case 75..<77: try await changePrices()
        case 77..<92: try await sendEvents()
        case 92..<94: try await grantCoupon()
        case 94..<97: try await sellPackage()
        default: break
        }
        try await supervise()
        try await closeHours()
    }

    private func pass(_ seconds: Int64) {
        now = now + seconds
        executor.advance(to: now)
        time.move(to: now + skew)
        note("time \(now)")
    }

    /// The server's clock is set, or set right again; the machines' stays as it was.
    private func setClock() {
        skew = skew == 0 ? Int64.random(in: -9_000...9_000, using: &random) : 0
        time.move(to: now + skew)
        past.clockJumps += 1
        note("clock \(skew)")
    }

    private func create() async throws {
        let account = accounts[Int.random(in: 0..<accounts.count, using: &random)]
        let body = """
            {"kind": "job", "metadata": {"name": "job-\(steps)"},
             "algorithm": {"engine": {"engine_name": "python"}, "command": "true"},
             "spec": {"resource": {"flavor_id": "\(SimulatedPrices.flavor)", "node_count": 1}}}
            """
        let definition = try TrainingJobDefinition(json: JSONValue(parsing: Array(body.utf8)))
        try await act("create") { ports in
            let caller = Caller(account.user, requestID: "simulation")
            _ = try await CreateTrainingJob(ports, supervisor: TrainingJobSupervisor(ports))(
                definition, in: account.project, caller: caller)
        }
    }

    private func stop() async throws {
        guard let job = try await active().randomElement(using: &random) else { return }
        try await act("stop") { ports in try await self.stop(job, ports) }
    }

    private func stop(_ job: TrainingJob, _ ports: Ports) async throws {
        guard let account = accounts.first(where: { $0.account.id == job.account }) else { return }
        let applied = try await ports.store.write { transaction in
            var job = try transaction.requiredTrainingJob(job.id, in: account.project.id)
            guard job.machine.step != .ended else {
                return ApplyTrainingJobEvent.Applied(actions: [], freesResources: false)
            }
            return try transaction.stop(&job, ports: ports)
        }
        actions += applied.actions.map { (job.id, $0) }
    }

    /// Repeated with one key until it is acknowledged, as a careful caller does.
    private func topUp() async throws {
        let account = accounts[Int.random(in: 0..<accounts.count, using: &random)]
        let amount = Amount(units: Int128.random(in: 1...30_000_000_000, using: &random))
        let key = "key-\(steps)"
        try await insist("top-up") { ports in
            _ = try await TopUpAccount(ports)(
                amount, to: account.account.id, key: key, caller: Caller(account.user, requestID: "simulation"))
        }
        paidIn += amount.units
    }

    private func changePrices() async throws {
        guard prices.hourly.count < 40 else { return }
        let at = max(now + 9_000, prices.hourly.last?.from ?? now) + Int64.random(in: 1...9_000, using: &random)
        prices.change(
            at: at, hourly: Int128.random(in: 0...19_999_999_999, using: &random),
            tokens: Int128.random(in: 0...99_999_999, using: &random))
        let books = try prices.books()
        _ = try await ReplacePriceBooks(ports) { books }.replace()
        note("prices \(at)")
    }

    /// New events of any age, some sent again; repeated until they are acknowledged.
    private func sendEvents() async throws {
        let account = accounts[Int.random(in: 0..<accounts.count, using: &random)]
        let now = time.now().second
        var batch = (0..<Int.random(in: 1...6, using: &random)).map { index in
            let age = Bool.random(using: &random) ? 0 : Int64.random(in: 0...250_000, using: &random)
            return (
                id: steps * 10 + index, account: account.account.id, at: now - age,
                count: Int64.random(in: 0...90_000, using: &random)
            )
        }
        let again = sent.filter { $0.account == account.account.id }.suffix(50).randomElement(using: &random)
        if let again {
            batch.append(again)
            past.repeatedEvents += 1
        }
        let body =
            "["
            + batch.map { event in
                """
                {"specversion":"1.0","id":"\(event.id)","source":"s","type":"llm.request","subject":"service",\
                "time":"\(event.at)","data":{"n":\(event.count)}}
                """
            }.joined(separator: ",") + "]"
        try await insist("events") { ports in
            _ = try await TakeEvents(ports)(
                Array(body.utf8), project: nil, caller: Caller(account.user, requestID: "simulation"))
        }
        for event in batch where event.id != again?.id {
            sent.append(event)
            tokens[event.account, default: []].append((event.at, Int128(event.count)))
        }
    }

    /// Money for some product, from a little before now until a while after.
    private func grantCoupon() async throws {
        guard coupons.count < 40 else { return }
        let account = accounts[Int.random(in: 0..<accounts.count, using: &random)]
        let now = time.now().second
        let input = GrantCoupon.Input(
            name: "coupon", amount: Amount(units: Int128.random(in: 1...900_000_000, using: &random)),
            product: [nil, ProductID("tokens"), ProductID("training-job")].randomElement(using: &random) ?? nil,
            validFrom: now - Int64.random(in: 0...90_000, using: &random),
            validUntil: now + Int64.random(in: 1...400_000, using: &random))
        let key = "coupon-\(steps)"
        try await insist("coupon") { ports in
            self.coupons.removeAll { $0.key == key }
            self.coupons.append(
                try await GrantCoupon(ports)(
                    input, to: account.account.id, key: key, caller: Caller(account.user, requestID: "simulation")))
        }
    }

    /// Use of some product, from some hour that may long be billed until one that comes; paid for, or a gift.
    private func sellPackage() async throws {
        guard packages.count < 30 else { return }
        let account = accounts[Int.random(in: 0..<accounts.count, using: &random)]
        let hour = Second(time.now().second.value / 3_600 * 3_600)
        let (product, flavor) = [
            ("training-job", SimulatedPrices.flavor), ("tokens", SimulatedPrices.input),
            ("calls", SimulatedPrices.call),
        ][Int.random(in: 0..<3, using: &random)]
        let units = product == "calls" ? 1...20 : product == "tokens" ? 1...300 : 1...12
        let input = SellPackage.Input(
            name: "package", product: ProductID(product), flavor: Bool.random(using: &random) ? flavor : nil,
            size: Quantity(units: Int128(Int.random(in: units, using: &random)) * Quantity.one / 2),
            isMonthly: Bool.random(using: &random),
            effectiveFrom: hour - Int64.random(in: -9...90, using: &random) * 3_600,
            expiresAt: hour + Int64.random(in: 10...2_000, using: &random) * 3_600,
            price: Amount(units: Bool.random(using: &random) ? 0 : Int128.random(in: 1...99_999, using: &random)))
        let key = "package-\(steps)"
        try await insist("package", orRefused: true) { ports in
            self.packages.removeAll { $0.key == key }
            self.packages.append(
                try await SellPackage(ports)(
                    input, to: account.account.id, key: key, caller: Caller(account.user, requestID: "simulation")))
        }
    }

    private func active() async throws -> [TrainingJob] {
        let ports = self.ports
        let steps = TrainingJobMachine.Step.allCases.filter { $0 != .ended }
        return try await sqlite.read {
            _ = ports; return try $0.trainingJobs(inSteps: steps, limit: .max)
        }
    }

    /// What the supervisor does, one thing after the other.
    private func supervise() async throws {
        try await act("place") { ports in
            for placed in try await PlaceTrainingJobs(ports)() {
                self.actions += placed.actions.map { (placed.id, $0) }
            }
        }
        for job in try await active() where [.submitting, .running, .stopping].contains(job.machine.step) {
            try await act("evidence") { ports in
                if let taken = try await TakeEvidence(ports)(job.attempt) {
                    self.actions += taken.jobActions
                }
                if job.machine.step == .submitting {
                    self.actions += job.machine.resumption.map { (job.id, $0) }
                }
            }
        }
        for id in interrupted.sorted() {
            guard let job = try await sqlite.read({ try $0.trainingJob(id) }) else { continue }
            actions += job.machine.resumption.map { (id, $0) }
        }
        interrupted = []
        while !actions.isEmpty {
            let (id, action) = actions.removeFirst()
            interrupted.insert(id)
            try await act("\(action)") { ports in
                if let job = try await ports.store.read({ try $0.trainingJob(id) }),
                    let event = await TrainingJobAct(ports).perform(action, for: job)
                {
                    let applied = try await ApplyTrainingJobEvent(ports)(event, to: id)
                    self.actions += applied.actions.map { (id, $0) }
                }
                self.interrupted.remove(id)
            }
        }
    }

    private func closeHours() async throws {
        let followed = Mutex<[TakeEvidence.Taken]>([])
        try await act("close") { ports in
            defer { for taken in followed.withLock({ $0 }) { actions += taken.jobActions } }
            try await HourCloser(ports) { taken in followed.withLock { $0.append(taken) } }.closeDueHours()
        }
    }

    /// One act; a crash starts the process anew, a refusal is noted, a failure of the program is a broken law.
    private func act(_ name: String, _ body: (Ports) async throws -> Void) async throws {
        do {
            try await body(ports)
            note(name)
        } catch is Crash {
            note("\(name) crashed")
            try await restart()
        } catch let fault as Fault where fault.code != .internalFault {
            refusal = "\(fault)"
            note("\(name) refused: \(fault.code.name)")
        } catch let faults as Faults {
            refusal = "\(faults)"
            note("\(name) refused: \(faults.all.map(\.code.name))")
        } catch {
            throw broken("no act fails", "\(name): \(error)")
        }
    }

    /// The same until it is acknowledged.
    private func insist(
        _ name: String, orRefused: Bool = false, _ body: (Ports) async throws -> Void
    ) async throws {
        for _ in 0..<100 {
            var isDone = false
            try await act(name) { ports in
                do { try await body(ports) } catch let fault as Fault where fault.code == .insufficientBalance {
                    guard orRefused else { throw fault }
                }
                isDone = true
            }
            if isDone { return }
        }
        throw broken("what is repeated is done", "\(name): \(refusal)")
    }

    private func restart() async throws {
        past = past + store.faults
        try sqlite.close()
        sqlite = try await SQLiteStore(path: folder + "/store.sqlite")
        store = FaultyStore(sqlite, seed: random.next())
        ports = try Self.ports(store, time, identifiers, executor, catalogue, folder)
        actions = []
        for job in try await active() { actions += job.machine.resumption.map { (job.id, $0) } }
    }

    /// Ends everything, lets all be heard and billed, and holds every law against the books.
    func finish() async throws -> String {
        store.calm()
        executor.settle()
        skew = 0
        for job in try await active() { try await act("stop") { try await self.stop(job, $0) } }
        for _ in 0..<8 {
            pass(7_200)
            executor.settle()
            try await supervise()
            try await closeHours()
        }
        let left = try await active()
        guard left.isEmpty else {
            throw broken("12, recover", "never ended: \(left.map { "\($0.machine) \(executor.run($0.attempt))" })")
        }
        return try await SimulatedLaws(self, store: sqlite).check()
    }

    func broken(_ law: String, _ what: String) -> LawBroken {
        LawBroken(seed: seed, step: steps, planned: planned, law: law, what: what)
    }

    private func note(_ text: String) {
        for byte in text.utf8 { trace = (trace ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }
}

/// A law that did not hold, and how to see it again.
struct LawBroken: Error, CustomStringConvertible {
    let seed: UInt64
    let step: Int
    /// How many steps the run was to have.
    let planned: Int
    let law: String
    let what: String

    var description: String {
        "Law \(law) is broken at step \(step) of seed \(seed): \(what). See it again with "
            + "ATELIER_SIMULATION_SEED=\(seed) ATELIER_SIMULATION_STEPS=\(planned) swift test --filter theLawsHold"
    }
}

extension TakeEvidence.Taken {
    /// What is to be done for the job; the simulation has no notebooks.
    fileprivate var jobActions: [(TrainingJobID, TrainingJobMachine.Action)] {
        guard case .trainingJob(let job, let actions) = actions else { return [] }
        return actions.map { (job, $0) }
    }
}
