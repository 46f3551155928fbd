public import Kernel

public typealias FlavorID = Identifier<Flavor>

/// A size of compute that work can run on; one node of it is what a price per hour buys.
public struct Flavor: Hashable, Sendable {
    /// Such as `modelarts.vm.cpu.2u`.
    public let id: FlavorID
    /// The name people see.
    public let name: String
    public let kind: FlavorKind
    public let architecture: FlavorArchitecture
    /// Thousandths of a core.
    public let cpuMillicores: Int64
    public let memoryBytes: Int64
    /// The cards of one node; nil for a CPU flavor.
    public let accelerators: FlavorAccelerators?
    /// The products that may run on it, in the book's order.
    public let products: [ProductID]

    public init(
        id: FlavorID, name: String, kind: FlavorKind, architecture: FlavorArchitecture = .x86, cpuMillicores: Int64,
        memoryBytes: Int64, accelerators: FlavorAccelerators? = nil, products: [ProductID]
    ) {
        self.id = id
        self.name = name
        self.kind = kind
        self.architecture = architecture
        self.cpuMillicores = cpuMillicores
        self.memoryBytes = memoryBytes
        self.accelerators = accelerators
        self.products = products
    }
}

/// ModelArts' `flavor_type`: what does the work.
public enum FlavorKind: String, Hashable, Sendable, CaseIterable {
    case cpu = "CPU"
    case gpu = "GPU"
    case ascend = "Ascend"
}

/// ModelArts' `arch` of a flavor's processors.
public enum FlavorArchitecture: String, Hashable, Sendable, CaseIterable {
    case x86
    case arm
}

/// The cards of one node of a flavor, all alike.
public struct FlavorAccelerators: Hashable, Sendable {
    /// The maker's name of one card, such as `Tesla V100`.
    public let model: String
    public let count: Int64
    /// Bytes of memory of one card.
    public let memoryBytes: Int64

    public init(model: String, count: Int64, memoryBytes: Int64) {
        self.model = model
        self.count = count
        self.memoryBytes = memoryBytes
    }
}
