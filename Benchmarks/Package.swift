// swift-tools-version:6.2
import PackageDescription

// A package of its own: what only benchmarks need is not in the product's build.
let package = Package(
    name: "benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "atelier", path: ".."),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    ],
    targets: [
        .executableTarget(name: "bare", dependencies: [.product(name: "Hummingbird", package: "hummingbird")]),
        .executableTarget(
            name: "gateway",
            dependencies: [
                .product(name: "Gateway", package: "atelier"), .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]),
        .executableTarget(name: "kernel", dependencies: [.product(name: "Rating", package: "atelier")]),
    ]
)
