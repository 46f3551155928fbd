/// What each room may import: the layers of ARCHITECTURE.md, and the libraries each adapter is there for.
///
/// No room imports Foundation: it would bring 40 MB and its own idea of dates, numbers and processes.
enum Layers {
    private static let kernel: Set = ["Kernel", "Money", "Wire", "Synchronization"]
    private static let domain = kernel.union([
        "Identity", "Pricing", "Metering", "Rating", "Ledger", "Billing", "Workloads",
    ])
    private static let system: Set = ["Glibc", "Musl", "Dispatch"]
    private static let adapter = domain.union(system).union(["Platform"])
    static let adapters = ["Store", "Executors", "Files", "Secrets", "Telemetry"]

    static let imports: [String: Set<String>] = [
        "Kernel": ["Synchronization"],
        "Money": ["Kernel"],
        "Wire": ["Kernel", "Synchronization"],
        "Identity": kernel,
        "Pricing": kernel,
        "Metering": kernel.union(["Pricing"]),
        "Rating": kernel.union(["Identity", "Pricing", "Metering"]),
        "Ledger": kernel,
        "Billing": kernel.union(["Identity", "Pricing", "Metering", "Rating", "Ledger"]),
        "Workloads": kernel.union(["Pricing"]),
        "Platform": domain,
        "Store": adapter.union(["GRDB", "GRDBSQLite", "CSQLite"]),
        "Executors": adapter,
        "Files": adapter.union(["Yams", "CZlib"]),
        "Secrets": adapter.union(["Crypto", "CryptoExtras"]),
        "Telemetry": system.union(["Kernel", "Wire", "Synchronization", "Logging", "Metrics", "CoreMetrics"]),
        "API": domain.union([
            "Platform", "Hummingbird", "HTTPTypes", "NIOCore", "NIOPosix", "NIOHTTP1", "Logging", "Metrics",
        ]),
        "Gateway": kernel.union(["Platform", "NIOCore", "NIOPosix", "NIOHTTP1", "Logging", "Metrics"]),
        "Commands": adapter.union(["ArgumentParser", "AsyncHTTPClient", "NIOCore", "NIOHTTP1"]),
        "Assembly": adapter.union(adapters).union([
            "API", "Gateway", "Commands", "ArgumentParser", "Hummingbird", "ServiceLifecycle", "Logging", "Metrics",
            "UnixSignals",
        ]),
        "atelier": system.union(["Assembly", "Commands", "Executors", "ArgumentParser"]),
        "TestKit": domain.union(["Platform"]),
    ]
}
