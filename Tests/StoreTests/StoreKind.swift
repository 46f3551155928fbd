import Foundation
import Platform
import Store

/// The stores that the contract is held against.
enum StoreKind: String, CaseIterable, Sendable {
    case sqlite

    func open(in folder: String) async throws -> any Platform.Store {
        switch self {
        case .sqlite: try await SQLiteStore(path: folder + "/store.sqlite")
        }
    }
}

/// An empty store in a folder of its own, removed with the test.
final class TestStore: Sendable {
    let kind: StoreKind
    let folder: String
    let store: any Platform.Store

    init(_ kind: StoreKind = .sqlite) async throws {
        self.kind = kind
        folder = NSTemporaryDirectory() + "store-\(UInt64.random(in: 0...(.max)))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        store = try await kind.open(in: folder)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// A store with the sample accounts, projects and users.
    static func populated(_ kind: StoreKind = .sqlite) async throws -> TestStore {
        let test = try await TestStore(kind)
        try await test.store.write { try Sample.populate($0) }
        return test
    }

    /// What a machine that lost its power at this moment would find on its disk: the files, without their memory.
    func afterPowerLoss() async throws -> any Platform.Store {
        let copy = folder + "/after-power-loss-\(UInt64.random(in: 0...(.max)))"
        try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
        for name in ["store.sqlite", "store.sqlite-wal"] {
            try FileManager.default.copyItem(atPath: "\(folder)/\(name)", toPath: "\(copy)/\(name)")
        }
        return try await kind.open(in: copy)
    }
}
