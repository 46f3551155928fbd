import Kernel
import Pricing
import TestKit
import Testing
import Wire
import Workloads

@Suite struct TrainingJobDefinitionTests {
    /// A request as ModelArts' SDK sends it, with fields that change nothing here.
    static let request = """
        {"kind": "job",
         "metadata": {"name": "mnist-1", "workspace_id": "0", "description": "first",
                      "annotations": {"a": "b", "c": 2}},
         "algorithm": {
           "id": "", "code_dir": "obs://demo/code/mnist/", "boot_file": "obs://demo/code/mnist/src/train.py",
           "engine": {"engine_id": "python-3.11", "engine_name": "Python", "engine_version": "3.11", "image_url": ""},
           "parameters": [{"name": "epochs", "value": "3", "description": "", "constraint": {"type": "Integer"}}],
           "inputs": [{"name": "data", "remote": {"obs": {"obs_url": "/demo/data/"}}, "remote_constraint": []}],
           "outputs": [{"name": "model", "access_method": "env", "local_dir": "/cache/model",
                        "remote": {"obs": {"obs_url": "obs://demo/out/"}}}],
           "environments": {"SEED": "7", "DEBUG": true}, "policies": {"auto_search": null}},
         "spec": {"resource": {"flavor_id": "modelarts.vm.cpu.2u", "node_count": 1, "policy": "regular"},
                  "log_export_path": {"obs_url": "obs://demo/logs"}, "volumes": [],
                  "auto_stop": {"time_unit": "HOURS", "duration": 2}}}
        """

    static func read(_ text: String) throws -> TrainingJobDefinition {
        try TrainingJobDefinition(json: JSONValue(parsing: Array(text.utf8)))
    }

    /// The request with one member set to another value; `path` names members, and numbers index lists.
    static func request(_ path: String, _ text: String) throws -> JSONValue {
        let value = try JSONValue(parsing: Array(text.utf8))
        let steps = path.split(separator: ".").map(String.init)
        return try set(value, at: steps[...], in: JSONValue(parsing: Array(request.utf8)))
    }

    private static func set(_ value: JSONValue, at path: ArraySlice<String>, in tree: JSONValue) throws -> JSONValue {
        guard let step = path.first else { return value }
        if var list = tree.array, let index = Int(step) {
            list[index] = try set(value, at: path.dropFirst(), in: list[index])
            return .array(list)
        }
        var object = try #require(tree.object)
        object[step] = try set(value, at: path.dropFirst(), in: object[step] ?? .object([:]))
        return .object(object)
    }

    static func faults(_ json: JSONValue) -> [Fault] {
        do {
            _ = try TrainingJobDefinition(json: json)
            return []
        } catch {
            return error.all
        }
    }

    @Test func aRequestIsRead() throws {
        let job = try Self.read(Self.request)
        #expect(job.name == "mnist-1" && job.workspace == "0" && job.description == "first")
        #expect(job.annotations == [NamedText(name: "a", value: "b"), NamedText(name: "c", value: "2")])
        #expect(job.resource == TrainingResource(flavor: FlavorID("modelarts.vm.cpu.2u"), nodeCount: 1))
        #expect(job.logPath == "obs://demo/logs" && job.autoStopHours == 2)
        let algorithm = job.algorithm
        #expect(algorithm.engine == EngineReference(id: "python-3.11", name: "Python", version: "3.11"))
        #expect(algorithm.bootFilePath == "src/train.py" && algorithm.codeFolderName == "mnist")
        #expect(algorithm.bootFileURL == "obs://demo/code/mnist/src/train.py")
        #expect(algorithm.parameters == [NamedText(name: "epochs", value: "3")])
        #expect(algorithm.inputs == [TrainingChannel(name: "data", url: "/demo/data/")])
        #expect(
            algorithm.outputs
                == [
                    TrainingChannel(
                        name: "model", url: "obs://demo/out/", localDirectory: "/cache/model", access: .environment)
                ])
        #expect(
            algorithm.environments == [NamedText(name: "SEED", value: "7"), NamedText(name: "DEBUG", value: "true")])
    }

    /// Source: `Job` and its parts in the ModelArts SDK; each refusal names the field as the caller wrote it.
    @Test(arguments: [
        ("kind", "\"edge_job\"", "kind"), ("metadata.name", "\"\"", "metadata.name"),
        ("metadata.name", "null", "metadata.name"), ("metadata.name", "\"a b\"", "metadata.name"),
        ("metadata.name", "\"\(String(repeating: "n", count: 300))\"", "metadata.name"),
        ("metadata.name", "7", "metadata.name"), ("metadata.workspace_id", "0", "metadata.workspace_id"),
        ("metadata.description", "\"\(String(repeating: "d", count: 257))\"", "metadata.description"),
        ("algorithm.id", "\"0e8bf3\"", "algorithm.id"),
        ("algorithm.subscription_id", "\"s\"", "algorithm.subscription_id"),
        ("algorithm.working_dir", "\"/tmp\"", "algorithm.working_dir"),
        ("algorithm.local_code_dir", "\"/tmp\"", "algorithm.local_code_dir"),
        ("algorithm.engine", "{}", "algorithm.engine.engine_id"), ("algorithm.engine", "null", "algorithm.engine"),
        ("algorithm.code_dir", "null", "algorithm.code_dir"),
        ("algorithm.code_dir", "\"demo/code\"", "algorithm.code_dir"),
        ("algorithm.code_dir", "\"obs://demo/../code\"", "algorithm.code_dir"),
        ("algorithm.code_dir", "\"obs:///code\"", "algorithm.code_dir"),
        ("algorithm.boot_file", "null", "algorithm.boot_file"),
        ("algorithm.boot_file", "\"obs://demo/code/other/train.py\"", "algorithm.boot_file"),
        ("algorithm.boot_file", "\"obs://demo/code/mnist2/train.py\"", "algorithm.boot_file"),
        ("algorithm.boot_file", "\"obs://demo/code/mnist/\"", "algorithm.boot_file"),
        ("algorithm.boot_file", "\"../train.py\"", "algorithm.boot_file"),
        ("algorithm.boot_file", "\"../\\u0301/train.py\"", "algorithm.boot_file"),
        ("algorithm.boot_file", "\"src/\"", "algorithm.boot_file"),
        ("algorithm.command", "\"python a.py\"", "algorithm.command"),
        ("algorithm.parameters.0.name", "null", "algorithm.parameters[0].name"),
        ("algorithm.parameters.0.value", "3", "algorithm.parameters[0].value"),
        ("algorithm.parameters", "[{\"name\": \"a\"}, {\"name\": \"a\"}]", "algorithm.parameters[1].name"),
        ("algorithm.inputs.0.name", "\"a/b\"", "algorithm.inputs[0].name"),
        ("algorithm.inputs.0.access_method", "\"file\"", "algorithm.inputs[0].access_method"),
        ("algorithm.inputs.0.remote.dataset", "{\"id\": \"d\"}", "algorithm.inputs[0].remote.dataset"),
        ("algorithm.inputs.0.remote", "{}", "algorithm.inputs[0].remote.obs"),
        ("algorithm.inputs.0.remote.obs.obs_url", "\"demo\"", "algorithm.inputs[0].remote.obs.obs_url"),
        ("algorithm.inputs.0.remote.obs.obs_url", "\"/demo/../other/\"", "algorithm.inputs[0].remote.obs.obs_url"),
        ("algorithm.outputs.0.local_dir", "\"/etc\"", "algorithm.outputs[0].local_dir"),
        ("algorithm.outputs.0.local_dir", "\"/cache/\"", "algorithm.outputs[0].local_dir"),
        ("algorithm.outputs.0.local_dir", "\"/cache/../etc\"", "algorithm.outputs[0].local_dir"),
        ("algorithm.outputs.0.local_dir", "\"/cache/../\\u0301etc\"", "algorithm.outputs[0].local_dir"),
        (
            "algorithm.outputs.0.local_dir", "\"/home/ma-user/modelarts/inputs/data_0/\"",
            "algorithm.outputs[0].local_dir"
        ),
        (
            "algorithm.outputs.0.local_dir", "\"/home/ma-user/modelarts/user-job-dir/x\"",
            "algorithm.outputs[0].local_dir"
        ),
        ("algorithm.outputs.0.name", "\"MA_JOB_DIR\"", "algorithm.outputs[0].name"),
        ("algorithm.environments", "{\"A=B\": \"1\"}", "algorithm.environments"),
        ("algorithm.environments.A", "[]", "algorithm.environments.A"),
        ("spec.resource.flavor_id", "null", "spec.resource.flavor_id"),
        ("spec.resource.node_count", "2", "spec.resource.node_count"),
        ("spec.resource.node_count", "0", "spec.resource.node_count"),
        ("spec.resource.pool_id", "7", "spec.resource.pool_id"),
        (
            "spec.resource.main_container_customized_flavor", "{\"cpu\": 1}",
            "spec.resource.main_container_customized_flavor"
        ),
        ("spec.volumes", "[{\"nfs\": {}}]", "spec.volumes"), ("spec.volumes", "{\"nfs\": {}}", "spec.volumes"),
        ("spec.log_export_path.obs_url", "\"logs\"", "spec.log_export_path.obs_url"),
        ("spec.auto_stop.time_unit", "\"WEEKS\"", "spec.auto_stop.time_unit"),
        ("spec.auto_stop.duration", "0", "spec.auto_stop.duration"),
        ("spec.auto_stop.duration", "9223372036854775807", "spec.auto_stop.duration"),
    ])
    func whatIsWrongIsNamed(_ path: String, _ value: String, _ field: String) throws {
        let faults = Self.faults(try Self.request(path, value))
        #expect(faults.map(\.field).contains(field))
        #expect(faults.allSatisfy { !$0.message.isEmpty })
    }

    @Test func everythingWrongIsToldAtOnce() {
        let faults = Self.faults(["metadata": [:], "spec": ["resource": ["node_count": 4]]])
        #expect(
            Set(faults.map { $0.field ?? "" }) == [
                "metadata.name", "algorithm", "algorithm.engine", "algorithm.engine.engine_id", "algorithm.boot_file",
                "spec.resource.flavor_id", "spec.resource.node_count",
            ])
    }

    @Test(arguments: ["null", "[]", "\"job\"", "7"])
    func aBodyThatIsNoObjectIsRefused(_ text: String) throws {
        #expect(!Self.faults(try JSONValue(parsing: Array(text.utf8))).isEmpty)
    }

    @Test(arguments: [
        ("algorithm.boot_file", "\"/demo/code/mnist/src/train.py\""), ("algorithm.boot_file", "\"src/train.py\""),
        ("algorithm.code_dir", "\"/demo/code/mnist\""),
        ("algorithm.local_code_dir", "\"/home/ma-user/modelarts/user-job-dir\""),
        ("algorithm.inputs.0.local_dir", "\"/home/ma-user/modelarts/inputs/data_0\""),
        ("spec.resource.pool_id", "\"\""), ("spec.resource.node_count", "null"), ("spec.volumes", "null"),
        ("spec.surprise", "{\"a\": 1}"), ("algorithm.outputs", "null"),
    ])
    func bothFormsAndEmptyFieldsAreTaken(_ path: String, _ value: String) throws {
        let job = try TrainingJobDefinition(json: Self.request(path, value))
        #expect(job.algorithm.bootFilePath == "src/train.py")
    }

    @Test func anEmptyLogPathIsNone() throws {
        #expect(try TrainingJobDefinition(json: Self.request("spec.log_export_path.obs_url", "\"\"")).logPath == nil)
    }

    @Test func daysAreHours() throws {
        let stop = try Self.request("spec.auto_stop", "{\"time_unit\": \"DAYS\", \"duration\": 30}")
        #expect(try TrainingJobDefinition(json: stop).autoStopHours == 720)
    }

    /// What is stored gives the definition back, and writing that gives the same bytes.
    @Test func theRoundTripIsExact() throws {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<500 {
            let job = Self.anyJob(&generator)
            let text = job.json.text()
            let read = try TrainingJobDefinition(json: JSONValue(parsing: Array(text.utf8)))
            #expect(read == job)
            #expect(read.json.text() == text)
        }
    }

    private static func anyJob(_ generator: inout SeededGenerator) -> TrainingJobDefinition {
        func words(_ prefix: String, _ generator: inout SeededGenerator) -> [NamedText] {
            let values = ["", "1", "a b", "\"\\\n", "é😀", "true", "/x/../y"]
            return (0..<Int.random(in: 0...3, using: &generator)).map {
                NamedText(name: "\(prefix)\($0)", value: values.randomElement(using: &generator) ?? "")
            }
        }
        func channels(_ kind: String, _ generator: inout SeededGenerator) -> [TrainingChannel] {
            (0..<Int.random(in: 0...3, using: &generator)).map { index in
                TrainingChannel(
                    name: "\(kind)-\(index)", url: Bool.random(using: &generator) ? "obs://b/k \(index)/" : "/b",
                    localDirectory: Bool.random(using: &generator) ? "/cache/\(kind)/\(index)" : nil,
                    access: TrainingChannel.Access.allCases.randomElement(using: &generator) ?? .parameter)
            }
        }
        let hasBoot = Bool.random(using: &generator)
        let hasCode = hasBoot || Bool.random(using: &generator)
        let isByID = Bool.random(using: &generator)
        let algorithm = TrainingAlgorithm(
            codeDirectory: hasCode ? "obs://b/code" : nil, bootFile: hasBoot ? "/b/code/x.py" : nil,
            command: hasBoot ? nil : "echo \"$@\"; é",
            engine: EngineReference(
                id: isByID ? "e" : nil, name: isByID ? nil : "Python", version: isByID ? nil : "3.11"),
            parameters: words("p", &generator), inputs: channels("in", &generator),
            outputs: channels("out", &generator),
            environments: words("E", &generator))
        return TrainingJobDefinition(
            name: "j_\(Int.random(in: 0...99, using: &generator))", workspace: "0", description: "é \"",
            annotations: words("a", &generator), algorithm: algorithm,
            resource: TrainingResource(flavor: FlavorID("f"), nodeCount: 1),
            logPath: Bool.random(using: &generator) ? "obs://b/logs/" : nil,
            autoStopHours: Bool.random(using: &generator) ? .random(in: 1...720, using: &generator) : nil)
    }
}
