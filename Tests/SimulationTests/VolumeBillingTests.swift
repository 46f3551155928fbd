import Billing
import Identity
import Kernel
import Metering
import Money
import Pricing
import Store
import Testing
import Workloads

@testable import Platform

/// What volumes cost, to the second, on a clock that the test moves.
@Suite struct VolumeBillingTests {
    /// A bill as a test writes it: seconds of GiB, and what is due.
    static func words(_ lines: [BillLine]) -> [String] {
        lines.map { "\($0.from - VolumeBench.start)+\($0.seconds) x \($0.quantity) = \($0.due)" }
    }

    /// Source of the price: 0.00017 USD per GB and hour, EX-28 (DeductMont_faq_200010).
    @Test func createGrowDeleteIsBilledToTheSecond() async throws {
        let bench = try await VolumeBench()
        bench.at(10)
        let volume = try await bench.create(10)
        #expect(volume.machine.state == .available)
        bench.at(10 + 25 * 60)
        let grown = try await bench.grow(volume.id, to: 40)
        #expect(grown.capacity == 40 && grown.machine.state == .available)
        bench.at(3_600 + 20)
        try await bench.close()
        bench.at(7_200 + 61)
        #expect(try await bench.delete(volume.id).machine.state == .deleted)
        bench.at(4 * 3_600)
        try await bench.close()
        #expect(
            Self.words(try await bench.lines()) == [
                // 1,500 s × 10 GB, 2,090 s × 40 GB: growth ends one stretch and begins the next at the same second.
                "10+1500 x 10 = 0.00070833", "1510+2090 x 40 = 0.00394777",
                "3600+3600 x 40 = 0.0068", "7200+61 x 40 = 0.00011522",
            ])
        #expect(try await bench.held() == .zero)
        let resource = volume.resource
        let verified = try await bench.store.read { transaction in
            try transaction.meteredSegments(of: resource).map { try transaction.facts(of: $0.segment.id).map(\.kind) }
        }
        #expect(verified == [[.started, .ended], [.started, .alive, .ended]])
    }

    /// Nobody is asked, so nothing has to be waited for: the hour closes at its first look.
    @Test func anHourClosesOnTheServersOwnWord() async throws {
        let bench = try await VolumeBench()
        let volume = try await bench.create(5, type: "SATA", for: "notebook")
        #expect(volume.machine.state == .inUse && volume.attachment == ResourceID("notebook"))
        bench.at(3_600 + 15)
        try await bench.close()
        #expect(Self.words(try await bench.lines()) == ["0+3600 x 5 = 0.00032"])
        // Stopped notebooks pay for their volumes: a day later there are 25 lines.
        bench.at(25 * 3_600 + 15)
        try await bench.close()
        let lines = try await bench.lines()
        #expect(lines.count == 25 && lines.reduce(0) { $0 + $1.seconds } == 25 * 3_600)
    }

    @Test func aReservationGoesWithEachStretchAndNothingIsLeft() async throws {
        let bench = try await VolumeBench()
        let change = try await bench.take(10)
        #expect(try await bench.held().description == "0.0017")
        let volume = try await bench.carryOut(change)
        bench.at(1_800)
        _ = try await bench.grow(volume.id, to: 20)
        // The new hour, and what the first stretch used and no bill shows yet.
        #expect(try await bench.held().description == "0.00425")
        bench.at(3_615)
        try await bench.close()
        #expect(try await bench.held().description == "0.0034")
        bench.at(3_700)
        _ = try await bench.delete(volume.id)
        #expect(try await bench.held().description == "0.00009444")
        bench.at(7_300)
        try await bench.close()
        #expect(try await bench.held() == .zero)
    }

    @Test func withoutMoneyNothingIsMadeOrGrown() async throws {
        let bench = try await VolumeBench(cash: "0")
        let refused = await #expect(throws: Fault.self) { _ = try await bench.take(10) }
        #expect(refused?.code == .insufficientBalance)
        #expect(try await bench.held() == .zero && bench.disks.acts == 0)
        try await bench.topUp("0.002")
        let volume = try await bench.create(10)
        let grown = await #expect(throws: Fault.self) { _ = try await bench.grow(volume.id, to: 100) }
        #expect(grown?.code == .insufficientBalance)
        let project = bench.project.id
        let after = try await bench.store.read { try $0.requiredVolume(volume.id, in: project) }
        #expect(after.machine.state == .available && after.wantedCapacity == 10)
        // Two hours cost more than there is: the rest is owed, and in arrears nothing more is made.
        bench.at(2 * 3_600 + 15)
        try await bench.close()
        let owing = await #expect(throws: Fault.self) { _ = try await bench.take(5) }
        #expect(owing?.code == .insufficientBalance && owing?.message.contains("owes") == true)
        // Deleting is always possible, and ends it.
        #expect(try await bench.delete(volume.id).machine.state == .deleted)
        bench.at(5 * 3_600)
        try await bench.close()
        #expect(try await bench.lines().last?.until == VolumeBench.start + 7_215)
    }

    @Test func whatCouldNotBeMadeCostsNothing() async throws {
        let bench = try await VolumeBench()
        bench.disks.failNext(Fault(.storageFull, "the disk is full"))
        let volume = try await bench.create(10)
        #expect(volume.machine.state == .error && volume.machine.message == "the disk is full")
        #expect(try await bench.held() == .zero)
        #expect(try await bench.delete(volume.id).machine.state == .deleted)
        bench.at(2 * 3_600)
        try await bench.close()
        #expect(try await bench.lines().isEmpty)
    }

    @Test func aGrowthThatFailedIsNotBilledAndCanBeAskedForAgain() async throws {
        let bench = try await VolumeBench()
        let volume = try await bench.create(10)
        bench.at(600)
        bench.disks.failNext(Fault(.storageFull, "the disk is full"))
        let failed = try await bench.grow(volume.id, to: 20)
        #expect(failed.machine.state == .errorExtending && failed.capacity == 10 && failed.wantedCapacity == 10)
        #expect(try await bench.held().description == "0.0017")
        bench.at(1_200)
        #expect(try await bench.grow(volume.id, to: 20).machine.state == .available)
        bench.at(3_700)
        try await bench.close()
        #expect(Self.words(try await bench.lines()) == ["0+1200 x 10 = 0.00056666", "1200+2400 x 20 = 0.00226666"])
    }

    /// What fails to go costs nothing from the moment that its end was asked for.
    @Test func aDeletionThatFailsEndsTheBillAllTheSame() async throws {
        let bench = try await VolumeBench()
        let volume = try await bench.create(10)
        bench.at(60)
        bench.disks.failNext(Fault(.unavailable, "busy"))
        #expect(try await bench.delete(volume.id).machine.state == .errorDeleting)
        bench.at(120)
        #expect(try await bench.delete(volume.id).machine.state == .deleted)
        bench.at(2 * 3_600)
        try await bench.close()
        #expect(try await bench.lines().map(\.seconds) == [60])
    }

    @Test func aVolumeInUseIsDeletedOnlyByItsNotebook() async throws {
        let bench = try await VolumeBench()
        let volume = try await bench.create(10, for: "notebook")
        let refused = await #expect(throws: Fault.self) { _ = try await bench.delete(volume.id) }
        #expect(refused?.code == .conflict && refused?.message.contains("notebook") == true)
        #expect(try await bench.delete(volume.id, by: "notebook").machine.state == .deleted)
    }

    @Test func sizesAndTypesThatNobodyOffersAreRefused() async throws {
        let bench = try await VolumeBench(room: 100)
        for (capacity, type, code) in [
            (4, "SSD", FaultCode.invalidParameter), (5_000, "SSD", .invalidParameter),
            (10, "TAPE", .invalidParameter), (101, "SSD", .doesNotFit),
        ] as [(Int64, String, FaultCode)] {
            do {
                _ = try await bench.take(capacity, type: type)
                Issue.record("\(capacity) GB of \(type) were taken")
            } catch let fault as Fault {
                #expect(fault.code == code, "\(fault)")
            } catch let faults as Faults {
                #expect(faults.all.first?.code == code, "\(faults)")
            }
        }
        let volume = try await bench.create(60)
        let shrunk = await #expect(throws: Fault.self) { _ = try await bench.grow(volume.id, to: 50) }
        #expect(shrunk?.message.contains("can only grow") == true)
        let oversold = await #expect(throws: Fault.self) { _ = try await bench.take(50) }
        #expect(oversold?.message.contains("room for 40 GB more") == true)
        #expect(try await bench.held().description == "0.0102")
    }
}
