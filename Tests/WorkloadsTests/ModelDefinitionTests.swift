import Kernel
import Testing
import Wire

@testable import Workloads

/// What can be taken up as a model, and what a package says of itself.
struct ModelDefinitionTests {
    private func read(_ text: String) throws -> ModelDefinition {
        try ModelDefinition(json: JSONValue(parsing: Array(text.utf8)))
    }

    private func fields(_ body: () throws -> Void) throws -> [String?] {
        do {
            try body()
            return []
        } catch let faults as Faults {
            return faults.all.map(\.field)
        }
    }

    @Test func aBucketsAddressIsAPlace() throws {
        let model = try read(
            """
            {"model_name": "mnist", "model_version": "1.0.0", "model_type": "TensorFlow",
             "source_location": "https://models.obs.xxxxx.com/mnist", "model_metrics": {"f1": 0.5}}
            """)
        #expect(model.source == "obs://models/mnist")
        #expect(model.metrics == #"{"f1":0.5}"#)
        #expect(try ModelDefinition(json: model.json) == model)
    }

    @Test func kindsAreKnownInAnyCase() throws {
        let model = try read(
            #"{"model_name": "a", "model_version": "0.0.10", "model_type": "pytorch", "source_location": "/b/c"}"#)
        #expect(model.type == "PyTorch")
    }

    @Test func everyFaultIsToldAtOnce() throws {
        #expect(
            try fields {
                _ = try read(
                    #"{"model_name": "a b", "model_version": "1.0", "model_type": "Image", "template": {"x": 1}}"#)
            } == ["model_name", "model_version", "source_location", "model_type", "template"])
        #expect(
            try fields {
                _ = try read(
                    """
                    {"model_name": "a", "model_version": "01.0.0", "source_location": "here", "initial_config": "{",
                     "model_metrics": 5}
                    """)
            } == ["model_version", "source_location", "model_metrics", "initial_config"])
    }

    @Test func aJobIsEnough() throws {
        let model = try read(#"{"model_name": "a", "model_version": "1.0.0", "source_job_id": "j"}"#)
        #expect(model.source == nil && model.sourceJob == "j")
    }

    /// The shape of ModelArts' own page on `config.json`.
    @Test func aPackageSaysWhatItIs() throws {
        let text = """
            {"model_algorithm": "image_classification", "model_type": "Scikit_Learn", "runtime": "python3.6",
             "apis": [{"protocol": "http", "url": "/", "method": "post"}],
             "metrics": {"f1": 0.345294}, "health": {"url": "/ping", "protocol": "http", "timeout_seconds": 5},
             "dependencies": [{"installer": "pip", "packages": [
                {"package_name": "numpy", "package_version": "1.15.0", "restraint": "EXACT"}]}]}
            """
        let config = try ModelConfig(json: JSONValue(parsing: Array(text.utf8)))
        #expect(config.health?.path == "/ping" && config.health?.timeoutSeconds == 5)
        #expect(config.dependencies.map(\.name) == ["numpy"])
        #expect(config.port == 8_080 && config.command == nil)
        #expect(ServiceContract.health(of: config).path == "/ping")
        #expect(ServiceContract.health(of: ModelConfig()).path == "/v2/health/ready")
    }

    @Test func aPackagesFaultsAreTold() throws {
        let text = """
            {"port": 0, "health": {"url": "ping", "protocol": "ws"}, "dependencies": [
                {"installer": "conda", "packages": [{"restraint": "LATEST"}]}]}
            """
        #expect(
            try fields { _ = try ModelConfig(json: JSONValue(parsing: Array(text.utf8))) } == [
                "port", "health.url", "health.protocol", "dependencies[0].installer",
                "dependencies[0].packages[0].package_name", "dependencies[0].packages[0].restraint",
            ])
    }

    @Test func aCommandIsRunBehindARelay() {
        var config = ModelConfig()
        config.command = "python app.py"
        config.port = 9_000
        let plan = ServiceContract.plan(
            config, name: "echo", version: "1.0.0", environments: [NamedText(name: "A", value: "1")],
            python: "/p/bin/python",
            cpuMillicores: 500, accelerators: [])
        #expect(
            plan.command == [
                "/p/bin/python", "-P", "-m", "atelier_inference", "relay", "--socket", "/run/service/j", "--port",
                "9000",
                "--", "/bin/bash", "-c", "python app.py",
            ])
        #expect(plan.environment["A"] == "1" && plan.environment["OMP_NUM_THREADS"] == "1")
    }
}
