import Files
import Foundation
import Kernel
import Platform
import Testing

@Suite struct RuntimeFolderTests {
    static let description = "id: scikit-learn-1\nname: scikit-learn\nversion: \"1.7\"\nsummary: Trees and more.\n"

    static func read(_ folder: TemporaryFolder) throws -> (engines: [Engine], notes: [String]) {
        try RuntimeFolder.read(path: folder.path + "/Runtimes", environments: folder.path + "/environments")
    }

    static func prepare(_ name: String, in folder: TemporaryFolder) throws {
        try folder.write("#!/bin/sh\n", to: "environments/\(name)/bin/python")
        try #require(chmod(folder.path + "/environments/\(name)/bin/python", 0o755) == 0)
    }

    @Test func aPreparedRuntimeIsAnEngine() throws {
        let folder = try TemporaryFolder()
        try folder.write(Self.description, to: "Runtimes/scikit-learn/runtime.yaml")
        try folder.write("not a runtime", to: "Runtimes/README.md")
        try Self.prepare("scikit-learn", in: folder)
        let (engines, notes) = try Self.read(folder)
        let home = folder.path + "/environments/scikit-learn"
        #expect(notes.isEmpty)
        #expect(
            engines == [
                Engine(
                    id: "scikit-learn-1", name: "scikit-learn", version: "1.7", python: home + "/bin/python",
                    folders: [home], summary: "Trees and more.")
            ])
    }

    @Test func whatAnEnvironmentHoldsIsSeen() throws {
        let folder = try TemporaryFolder()
        try folder.write(Self.description, to: "Runtimes/r/runtime.yaml")
        try Self.prepare("r", in: folder)
        let packages = "environments/r/lib/python3.11/site-packages"
        func seen() throws -> [Bool] {
            let engine = try #require(try Self.read(folder).engines.first)
            return [engine.servesModels, engine.hasPyTorch, engine.servesNotebooks]
        }
        #expect(try seen() == [false, false, false])
        try folder.write("", to: "\(packages)/torch/version.py")
        #expect(try seen() == [false, true, false])
        try folder.write("", to: "\(packages)/atelier_inference/__main__.py")
        #expect(try seen() == [true, true, false])
    }

    @Test func anUnpreparedRuntimeIsNoted() throws {
        let folder = try TemporaryFolder()
        try folder.write(Self.description, to: "Runtimes/scikit-learn/runtime.yaml")
        let (engines, notes) = try Self.read(folder)
        #expect(engines.isEmpty && notes.count == 1 && notes[0].contains("scikit-learn-1"))
    }

    @Test func noFolderIsNoRuntime() throws {
        let (engines, notes) = try Self.read(TemporaryFolder())
        #expect(engines.isEmpty && notes.isEmpty)
    }

    /// An interpreter outside `/usr` must be seen in the sandbox as well as the environment that links to it.
    @Test func theInstallationBehindALinkIsSeenToo() throws {
        let folder = try TemporaryFolder()
        try folder.write(Self.description, to: "Runtimes/r/runtime.yaml")
        try Self.prepare("r", in: folder)
        try FileManager.default.moveItem(
            atPath: folder.path + "/environments/r/bin/python", toPath: try folder.makeFolder("opt/bin") + "/python3")
        try folder.link("environments/r/bin/python", to: folder.path + "/opt/bin/python3")
        #expect(
            try Self.read(folder).engines.first?.folders == [folder.path + "/environments/r", folder.path + "/opt"])
        try FileManager.default.removeItem(atPath: folder.path + "/environments/r/bin/python")
        try folder.link("environments/r/bin/python", to: "/usr/bin/env")
        #expect(try Self.read(folder).engines.first?.folders == [folder.path + "/environments/r"])
    }

    @Test func mistakesAreToldWithTheirLines() throws {
        let folder = try TemporaryFolder()
        try folder.write("id: a b\nnames: x\nversion: [1]\nsummary: s\n", to: "Runtimes/one/runtime.yaml")
        try folder.write("", to: "Runtimes/two/runtime.yaml")
        for name in ["x", "y"] {
            try folder.write(Self.description, to: "Runtimes/\(name)/runtime.yaml")
            try Self.prepare(name, in: folder)
        }
        let faults = #expect(throws: Faults.self) { _ = try Self.read(folder) }
        #expect(
            (faults?.all ?? []).map { $0.field ?? "" } == [
                "one/runtime.yaml:2: names", "one/runtime.yaml:1: name", "one/runtime.yaml:1: id",
                "one/runtime.yaml:3: version", "two/runtime.yaml", "y/runtime.yaml: id",
            ])
    }
}
