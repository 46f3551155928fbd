public import Kernel

/// What ModelArts promises to the program inside a training container: folders, variables, arguments.
///
/// Source: ModelArts, "Environment variables of a training container" and "Preparing the code".
public enum ContainerContract {
    public static let home = "/home/ma-user"
    /// What `MA_JOB_DIR` says.
    public static let jobFolder = home + "/modelarts/user-job-dir"
    public static let cache = "/cache"

    /// Plans a job of one node.
    ///
    /// - Parameters:
    ///   - python: the engine's interpreter, at the same path on the host and in the container.
    ///   - layers: folders of packages that the engine has beside its interpreter's.
    ///   - accelerators: the indices granted.
    public static func plan(
        for job: TrainingJobDefinition, job id: String, python: String, layers: [String] = [], cpuMillicores: Int64,
        accelerators: [Int]
    ) throws(Fault) -> LaunchPlan {
        let algorithm = job.algorithm
        let code = algorithm.codeFolderName.isEmpty ? jobFolder : jobFolder + "/" + algorithm.codeFolderName
        let channels = channels("inputs", algorithm.inputs) + channels("outputs", algorithm.outputs)
        let arguments =
            algorithm.parameters.flatMap { ["--" + $0.name, $0.value] }
            + channels.filter { $0.channel.access == .parameter }.flatMap { ["--" + $0.channel.name, $0.path] }
        let command: [String]
        if let boot = algorithm.bootFilePath {
            command = [python, code + "/" + boot] + arguments
        } else if let text = algorithm.command {
            // The arguments are the shell's own: a command that wants them says "$@".
            command = ["/bin/bash", "-c", text, "bash"] + arguments
        } else {
            throw Fault(.invalidParameter, "The job has nothing to run.", field: "algorithm.boot_file")
        }
        var environment = environment(
            python: python, layers: layers, job: id, cpuMillicores: cpuMillicores, accelerators: accelerators)
        let reserved = environment.keys.filter(isReserved)
        for place in channels where place.channel.access == .environment && !reserved.contains(place.channel.name) {
            environment[place.channel.name] = place.path
        }
        for variable in algorithm.environments where !reserved.contains(variable.name) {
            environment[variable.name] = variable.value
        }
        return LaunchPlan(
            command: command, environment: environment,
            workingDirectory: algorithm.codeDirectory == nil ? home : code,
            folders: folders(of: algorithm, code: code, channels: channels))
    }

    private struct Place {
        let name: String
        let path: String
        let channel: TrainingChannel
        let isInput: Bool
    }

    private static func channels(_ kind: String, _ channels: [TrainingChannel]) -> [Place] {
        channels.enumerated().map { index, channel in
            Place(
                name: "\(kind)-\(index)",
                path: path(kind, index, channel), channel: channel, isInput: kind == "inputs")
        }
    }

    /// Where a channel lies in the container; `kind` is `inputs` or `outputs`.
    static func path(_ kind: String, _ index: Int, _ channel: TrainingChannel) -> String {
        channel.localDirectory ?? "\(home)/modelarts/\(kind)/\(channel.name)_\(index)"
    }

    /// Whether a variable is the contract's own, which a job reads and does not set.
    static func isReserved(_ name: String) -> Bool { name.hasPrefix("MA_") || name.hasPrefix("VC_") }

    private static func folders(of algorithm: TrainingAlgorithm, code: String, channels: [Place]) -> [LaunchPlan.Folder]
    {
        let own = [LaunchPlan.Folder("home", at: home), LaunchPlan.Folder("cache", at: cache)]
        let sources =
            algorithm.codeDirectory.map { [LaunchPlan.Folder("code", at: code, from: $0)] }
            ?? [LaunchPlan.Folder("code", at: jobFolder)]
        let data = channels.map { place in
            LaunchPlan.Folder(
                place.name, at: place.path, from: place.isInput ? place.channel.url : nil,
                to: place.isInput ? nil : place.channel.url)
        }
        let folders = own + sources + data
        // Mounted in this order, a folder must not cover one that lies inside it.
        let depths = folders.map { BucketURL.parts(of: $0.sandboxPath.utf8).count }
        return folders.indices.sorted { (depths[$0], $0) < (depths[$1], $1) }.map { folders[$0] }
    }

    private static func environment(
        python: String, layers: [String], job: String, cpuMillicores: Int64, accelerators: [Int]
    ) -> [String: String] {
        let cards = accelerators.map(String.init).joined(separator: ",")
        let own = layers.isEmpty ? [:] : ["PYTHONPATH": layers.joined(separator: ":")]
        return own.merging([
            "HOME": home, "USER": "ma-user", "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1",
            "PATH": LaunchPlan.programs(python: python, layers: layers),
            "OMP_NUM_THREADS": String(max(1, cpuMillicores / 1_000)),
            "CUDA_VISIBLE_DEVICES": cards, "NVIDIA_VISIBLE_DEVICES": cards.isEmpty ? "void" : cards,
            "MA_JOB_DIR": jobFolder, "MA_JOB_ID": job, "MA_NUM_HOSTS": "1", "MA_NUM_GPUS": String(accelerators.count),
            "MA_TASK_NAME": "worker", "MA_CURRENT_IP": "127.0.0.1", "VC_WORKER_NUM": "1",
            "VC_WORKER_HOSTS": "127.0.0.1", "VC_TASK_INDEX": "0",
        ]) { _, contract in contract }
    }
}
