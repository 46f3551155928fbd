import Kernel
import Pricing
import Testing
import Workloads

/// Source: ModelArts, environment variables and folders of a training container.
@Suite struct ContainerContractTests {
    static func job(_ change: (inout TrainingAlgorithm) -> Void = { _ in }) -> TrainingJobDefinition {
        var algorithm = TrainingAlgorithm(
            codeDirectory: "obs://demo/code/mnist/", bootFile: "obs://demo/code/mnist/src/train.py",
            engine: EngineReference(id: "python-3.11"), parameters: [NamedText(name: "epochs", value: "3")],
            inputs: [TrainingChannel(name: "data", url: "obs://demo/data/")],
            outputs: [TrainingChannel(name: "model", url: "obs://demo/out/", access: .environment)])
        change(&algorithm)
        return TrainingJobDefinition(
            name: "j", algorithm: algorithm, resource: TrainingResource(flavor: FlavorID("f"), nodeCount: 1))
    }

    static func plan(
        _ job: TrainingJobDefinition, cpu: Int64 = 2_000, cards: [Int] = []
    ) throws -> LaunchPlan {
        try ContainerContract.plan(
            for: job, job: "id-1", python: "/opt/py/bin/python3", cpuMillicores: cpu, accelerators: cards)
    }

    static let jobFolder = "/home/ma-user/modelarts/user-job-dir"

    @Test func aBootFileIsRunByTheEngine() throws {
        let plan = try Self.plan(Self.job())
        #expect(
            plan.command == [
                "/opt/py/bin/python3", Self.jobFolder + "/mnist/src/train.py", "--epochs", "3", "--data",
                "/home/ma-user/modelarts/inputs/data_0",
            ])
        #expect(plan.workingDirectory == Self.jobFolder + "/mnist")
        #expect(plan.environment["model"] == "/home/ma-user/modelarts/outputs/model_0")
    }

    @Test func aCommandIsRunByTheShellAndMayReadTheArguments() throws {
        let plan = try Self.plan(Self.job { ($0.bootFile, $0.command) = (nil, "python a.py \"$@\"") })
        #expect(plan.command.prefix(4) == ["/bin/bash", "-c", "python a.py \"$@\"", "bash"])
        #expect(plan.command.dropFirst(4).first == "--epochs")
    }

    @Test func aCommandNeedsNoCode() throws {
        let plan = try Self.plan(Self.job { ($0.bootFile, $0.codeDirectory, $0.command) = (nil, nil, "true") })
        #expect(plan.workingDirectory == "/home/ma-user")
        #expect(plan.folders.contains { $0.sandboxPath == Self.jobFolder && $0.sourceURL == nil })
    }

    @Test func nothingToRunIsRefused() {
        let fault = #expect(throws: Fault.self) { try Self.plan(Self.job { $0.bootFile = nil }) }
        #expect(fault?.field == "algorithm.boot_file")
    }

    @Test func valuesReachTheProgramAsTheyAre() throws {
        let value = "a b; rm -rf $HOME '\""
        let plan = try Self.plan(
            Self.job { $0.parameters = [NamedText(name: "x", value: value), NamedText(name: "y", value: "")] })
        #expect(plan.command.dropFirst(2).prefix(4) == ["--x", value, "--y", ""])
    }

    @Test(arguments: [
        ("MA_JOB_DIR", jobFolder), ("MA_JOB_ID", "id-1"), ("MA_NUM_HOSTS", "1"), ("MA_NUM_GPUS", "2"),
        ("MA_TASK_NAME", "worker"), ("MA_CURRENT_IP", "127.0.0.1"), ("VC_WORKER_NUM", "1"),
        ("VC_WORKER_HOSTS", "127.0.0.1"), ("VC_TASK_INDEX", "0"), ("OMP_NUM_THREADS", "8"),
        ("CUDA_VISIBLE_DEVICES", "1,3"), ("NVIDIA_VISIBLE_DEVICES", "1,3"), ("HOME", "/home/ma-user"),
        ("PATH", "/opt/py/bin:/usr/local/bin:/usr/bin:/bin"),
    ])
    func variablesAreModelArts(_ name: String, _ value: String) throws {
        #expect(try Self.plan(Self.job(), cpu: 8_000, cards: [1, 3]).environment[name] == value)
    }

    @Test func withoutCardsNoneIsSeen() throws {
        let environment = try Self.plan(Self.job(), cpu: 500).environment
        #expect(environment["CUDA_VISIBLE_DEVICES"] == "" && environment["NVIDIA_VISIBLE_DEVICES"] == "void")
        #expect(environment["MA_NUM_GPUS"] == "0" && environment["OMP_NUM_THREADS"] == "1")
    }

    @Test func theUserSetsVariablesButNotTheContracts() throws {
        let environment = try Self.plan(
            Self.job { algorithm in
                algorithm.environments = ["MA_JOB_DIR", "VC_TASK_INDEX", "OMP_NUM_THREADS", "MINE", "MA_MINE"].map {
                    NamedText(name: $0, value: "u")
                }
                algorithm.inputs = [TrainingChannel(name: "MA_NUM_HOSTS", url: "/b", access: .environment)]
            }
        ).environment
        #expect(environment["MA_JOB_DIR"] == Self.jobFolder && environment["VC_TASK_INDEX"] == "0")
        #expect(environment["MA_NUM_HOSTS"] == "1")
        for name in ["OMP_NUM_THREADS", "MINE", "MA_MINE"] { #expect(environment[name] == "u") }
    }

    @Test func inputsComeAndOutputsGo() throws {
        let folders = try Self.plan(Self.job()).folders
        func folder(_ path: String) -> LaunchPlan.Folder? { folders.first { $0.sandboxPath == path } }
        let input = folder("/home/ma-user/modelarts/inputs/data_0")
        let output = folder("/home/ma-user/modelarts/outputs/model_0")
        #expect(input?.sourceURL == "obs://demo/data/" && input?.targetURL == nil)
        #expect(output?.sourceURL == nil && output?.targetURL == "obs://demo/out/")
        #expect(folder(Self.jobFolder + "/mnist")?.sourceURL == "obs://demo/code/mnist/")
        #expect(folder("/cache") != nil && folder("/home/ma-user") != nil)
        #expect(Set(folders.map(\.name)).count == folders.count)
    }

    @Test func noFolderCoversOneInsideIt() throws {
        let plan = try Self.plan(
            Self.job { algorithm in
                algorithm.inputs = ["/cache/a/b/c", "/cache/a", "/home/ma-user/modelarts"].enumerated().map {
                    index, path in
                    TrainingChannel(name: "i\(index)", url: "/b", localDirectory: path)
                }
            })
        let paths = plan.folders.map(\.sandboxPath)
        for (index, path) in paths.enumerated() {
            #expect(!paths[..<index].contains { $0.hasPrefix(path + "/") })
        }
    }
}
