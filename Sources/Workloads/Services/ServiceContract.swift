import Kernel

/// What an instance of a service is started with, and what it sees.
///
/// Source: ModelArts, "Specifications for a custom image": a server on port 8080, its health at a path. The verbs:
/// `Runtimes/inference`.
public enum ServiceContract {
    /// Where the model stands.
    public static let model = "/home/ma-user/infer/model"
    /// Where packages stand that were installed for the model.
    public static let packages = "/home/ma-user/infer/packages"
    /// The folder of the instance's socket in the sandbox.
    public static let socketFolder = "/run/service"
    /// Where an instance says whether it is ready: what its package names, else what its server has.
    ///
    /// The path of the runtime's own server: Open Inference Protocol, "Server ready". A look holds a thread of the
    /// server's, so it takes `Limits.greatestHealthSeconds` at most.
    public static func health(of config: ModelConfig) -> ModelConfig.Health {
        guard let health = config.health else {
            return ModelConfig.Health(path: config.command == nil ? "/v2/health/ready" : "/health")
        }
        return ModelConfig.Health(
            path: health.path, timeoutSeconds: min(health.timeoutSeconds, Limits.greatestHealthSeconds))
    }

    /// Plans an instance.
    ///
    /// - Parameters:
    ///   - name: what callers name the model: the service's name.
    ///   - version: the model's version.
    ///   - python: the runtime's interpreter, at the same path on the host and in the sandbox.
    ///   - hasPackages: whether packages were installed for the model; they stand before the runtime's own, since they
    ///     are what it lacks, or has in another version than the model wants.
    ///   - accelerators: the indices granted.
    public static func plan(
        _ model: ModelConfig, name: String, version: String, environments: [NamedText], python: String,
        layers: [String] = [], hasPackages: Bool = false, cpuMillicores: Int64, accelerators: [Int]
    ) -> LaunchPlan {
        let cards = accelerators.map(String.init).joined(separator: ",")
        let layers = (hasPackages ? [packages] : []) + layers
        var environment = [
            "HOME": ContainerContract.home, "USER": "ma-user", "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1",
            "PATH": LaunchPlan.programs(python: python, layers: layers),
            "OMP_NUM_THREADS": String(max(1, cpuMillicores / 1_000)),
            "CUDA_VISIBLE_DEVICES": cards, "NVIDIA_VISIBLE_DEVICES": cards.isEmpty ? "void" : cards,
            "MA_MODEL_DIR": self.model, "MA_SERVICE_NAME": name, "MA_MODEL_VERSION": version,
        ]
        for variable in environments { environment[variable.name] = variable.value }
        let paths = (environment["PYTHONPATH"].map { [$0] } ?? []) + layers
        if !paths.isEmpty { environment["PYTHONPATH"] = paths.joined(separator: ":") }
        let socket = socketFolder + "/" + NotebookContract.socketName
        // -P: what lies beside the model must not stand in the way of the server's own modules.
        let server = [python, "-P", "-m", "atelier_inference"]
        let arguments =
            model.command.map { command in
                ["relay", "--socket", socket, "--port", String(model.port), "--", "/bin/bash", "-c", command]
            } ?? ["serve", "--socket", socket, "--model-folder", self.model, "--name", name, "--version", version]
        return LaunchPlan(
            command: server + arguments, environment: environment, workingDirectory: self.model, folders: [])
    }
}
