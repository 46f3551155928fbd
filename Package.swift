// swift-tools-version:6.2
import PackageDescription

/// The manifest is the architecture: a target imports only what its list names (see ARCHITECTURE.md).
enum House {
    static var settings: [SwiftSetting] {
        [
            .swiftLanguageMode(.v6),
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("MemberImportVisibility"),
            .enableUpcomingFeature("InternalImportsByDefault"),
        ] + (Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)])
    }

    static var domain: [Target.Dependency] {
        ["Kernel", "Money", "Wire", "Identity", "Pricing", "Metering", "Rating", "Ledger", "Billing", "Workloads"]
    }

    static func room(
        _ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []
    ) -> Target {
        .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
    }

    /// One suite a room, named after it.
    static var suites: [Target] {
        let adapters = domain + ["Platform", "TestKit"]
        return [
            suite("KernelTests", ["Kernel", "TestKit"]),
            suite("MoneyTests", ["Kernel", "Money", "TestKit"]),
            suite("WireTests", ["Kernel", "Wire", "TestKit"]),
            suite("IdentityTests", ["Kernel", "Wire", "Identity", "Secrets", "TestKit"], fixtures: ["Fixtures"]),
            suite("PricingTests", ["Kernel", "Money", "Pricing", "Files", "Secrets", "TestKit"]),
            suite("MeteringTests", domain + ["TestKit"]),
            suite("RatingTests", domain + ["TestKit"]),
            suite("BillingTests", domain + ["TestKit"]),
            suite("WorkloadsTests", domain + ["TestKit"]),
            suite("StoreTests", adapters + ["Store", Library.grdb]),
            suite("ExecutorTests", adapters + ["Executors", "atelier"]),
            suite("FilesTests", adapters + ["Files", "Secrets"]),
            suite("SecretsTests", adapters + ["Secrets"]),
            suite(
                "TelemetryTests",
                ["Kernel", "Wire", "Telemetry", Library.logging, Library.metrics, Library.coreMetrics]),
            suite("APITests", adapters + ["API", "Store", "Files", "Secrets", Library.hummingbirdTesting]),
            suite(
                "GatewayTests",
                adapters + [
                    "Gateway", Library.nioCore, Library.nioPosix, Library.nioHTTP1, Library.logging,
                    Library.hummingbird,
                ]),
            suite("CommandTests", adapters + ["Commands", Library.argumentParser]),
            suite("SimulationTests", adapters + ["Store", "Files", "Secrets"]),
            suite("TidyTests", ["Kernel", "TestKit"]),
        ]
    }

    static func suite(_ name: String, _ dependencies: [Target.Dependency], fixtures: [String] = []) -> Target {
        .testTarget(name: name, dependencies: dependencies, exclude: fixtures, swiftSettings: settings)
    }
}

enum Library {
    static var argumentParser: Target.Dependency { .product(name: "ArgumentParser", package: "swift-argument-parser") }
    static var crypto: Target.Dependency { .product(name: "Crypto", package: "swift-crypto") }
    static var cryptoExtras: Target.Dependency { .product(name: "CryptoExtras", package: "swift-crypto") }
    static var grdb: Target.Dependency { .product(name: "GRDB", package: "GRDB.swift") }
    static var sqlite: Target.Dependency { .product(name: "GRDBSQLite", package: "GRDB.swift") }
    static var httpClient: Target.Dependency { .product(name: "AsyncHTTPClient", package: "async-http-client") }
    static var httpTypes: Target.Dependency { .product(name: "HTTPTypes", package: "swift-http-types") }
    static var hummingbird: Target.Dependency { .product(name: "Hummingbird", package: "hummingbird") }
    static var hummingbirdTesting: Target.Dependency { .product(name: "HummingbirdTesting", package: "hummingbird") }
    static var lifecycle: Target.Dependency { .product(name: "ServiceLifecycle", package: "swift-service-lifecycle") }
    static var logging: Target.Dependency { .product(name: "Logging", package: "swift-log") }
    static var metrics: Target.Dependency { .product(name: "Metrics", package: "swift-metrics") }
    static var coreMetrics: Target.Dependency { .product(name: "CoreMetrics", package: "swift-metrics") }
    static var nioCore: Target.Dependency { .product(name: "NIOCore", package: "swift-nio") }
    static var nioPosix: Target.Dependency { .product(name: "NIOPosix", package: "swift-nio") }
    static var nioHTTP1: Target.Dependency { .product(name: "NIOHTTP1", package: "swift-nio") }
    static var yams: Target.Dependency { .product(name: "Yams", package: "Yams") }
}

let package = Package(
    name: "atelier",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "atelier", targets: ["atelier"]),
        // The billing engine without the platform: prices, cutting, rating.
        .library(name: "Rating", targets: ["Kernel", "Money", "Pricing", "Metering", "Rating"]),
        // The reverse proxy without the platform.
        .library(name: "Gateway", targets: ["Kernel", "Wire", "Platform", "Gateway"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // Kernel: the standard library only.
        House.room("Kernel"),
        House.room("Money", ["Kernel"]),
        House.room("Wire", ["Kernel"]),

        // Domain: pure rules; no I/O, no clock, no Foundation.
        House.room("Identity", ["Kernel", "Money", "Wire"]),
        House.room("Pricing", ["Kernel", "Money", "Wire"]),
        House.room("Metering", ["Kernel", "Money", "Wire", "Pricing"]),
        House.room("Rating", ["Kernel", "Money", "Wire", "Identity", "Pricing", "Metering"]),
        House.room("Ledger", ["Kernel", "Money", "Wire"]),
        House.room(
            "Billing", ["Kernel", "Money", "Wire", "Identity", "Pricing", "Metering", "Rating", "Ledger"]
        ),
        House.room("Workloads", ["Kernel", "Money", "Wire", "Pricing"]),

        // Use cases.
        House.room("Platform", House.domain),

        // Adapters: never import each other.
        House.room("Store", House.domain + ["Platform", "CSQLite", Library.grdb, Library.sqlite]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        House.room("Executors", House.domain + ["Platform"]),
        House.room("Files", House.domain + ["Platform", "CZlib", Library.yams]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        House.room("Secrets", House.domain + ["Platform", Library.crypto, Library.cryptoExtras]),
        House.room("Telemetry", ["Kernel", "Wire", Library.logging, Library.metrics, Library.coreMetrics]),

        // Faces.
        House.room(
            "API",
            House.domain + [
                "Platform", Library.hummingbird, Library.httpTypes, Library.nioCore, Library.nioPosix,
                Library.nioHTTP1, Library.logging, Library.metrics,
            ]
        ),
        House.room(
            "Gateway",
            House.domain + [
                "Platform", Library.nioCore, Library.nioPosix, Library.nioHTTP1, Library.logging, Library.metrics,
            ]
        ),
        House.room(
            "Commands",
            House.domain + [
                "Platform", Library.argumentParser, Library.httpClient, Library.nioCore, Library.nioHTTP1,
            ]
        ),

        // Root.
        House.room(
            "Assembly",
            House.domain + [
                "Platform", "Store", "Executors", "Files", "Secrets", "Telemetry", "API", "Gateway", "Commands",
                Library.argumentParser, Library.hummingbird, Library.lifecycle, Library.logging, Library.metrics,
            ],
            resources: [.embedInCode("PriceBooks/default.yaml"), .embedInCode("PriceBooks/llm.yaml")]
        ),
        .executableTarget(
            name: "atelier", dependencies: ["Assembly", "Executors", Library.argumentParser],
            swiftSettings: House.settings),

        // Tests.
        House.room("TestKit", House.domain + ["Platform"]),
    ] + House.suites
)
