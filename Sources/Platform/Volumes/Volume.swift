public import Identity
public import Kernel
import Ledger
public import Metering
public import Pricing
public import Workloads

/// A volume: a disk of a stated capacity that outlives whoever mounts it.
public struct Volume: Hashable, Sendable {
    public let id: VolumeID
    public let account: AccountID
    public let project: ProjectID
    /// The name of the user who made it.
    public let userName: String
    public var name: String
    public var description: String
    /// The disk type, which its price depends on.
    public let type: FlavorID
    public let zone: String
    /// What its maker noted of it.
    public let metadata: [NamedText]
    public let createdAt: Instant
    public var updatedAt: Instant

    public var machine: VolumeMachine
    /// GiB it has.
    public var capacity: Int64
    /// GiB it has when what goes on is done.
    public var wantedCapacity: Int64
    /// Who has it, or will have it: a notebook's id.
    public var attachment: ResourceID?
    public var attachedAt: Instant?
    /// How many stretches of a constant capacity have begun.
    public var stretches: Int64
    /// GiB of the stretch that goes on; nil where it costs nothing.
    public var billedCapacity: Int64?

    public init(
        id: VolumeID, account: AccountID, project: ProjectID, userName: String, name: String, description: String = "",
        type: FlavorID, zone: String, metadata: [NamedText] = [], createdAt: Instant, updatedAt: Instant,
        machine: VolumeMachine = VolumeMachine(), capacity: Int64, wantedCapacity: Int64, attachment: ResourceID? = nil,
        attachedAt: Instant? = nil, stretches: Int64 = 0, billedCapacity: Int64? = nil
    ) {
        self.id = id
        self.account = account
        self.project = project
        self.userName = userName
        self.name = name
        self.description = description
        self.type = type
        self.zone = zone
        self.metadata = metadata
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.machine = machine
        self.capacity = capacity
        self.wantedCapacity = wantedCapacity
        self.attachment = attachment
        self.attachedAt = attachedAt
        self.stretches = stretches
        self.billedCapacity = billedCapacity
    }

    public var resource: ResourceID { ResourceID(id.text) }
}

public typealias VolumeID = Identifier<Volume>

/// A volume after a change, and what is now to be done for it: hand it to `VolumeSupervisor.carryOut` when the
/// transaction is over.
public struct VolumeChange: Hashable, Sendable {
    public let volume: Volume
    public let actions: [VolumeMachine.Action]
}

/// What somebody wants a volume to be.
public struct VolumeWish: Hashable, Sendable {
    public var name: String
    public var description: String
    public var type: FlavorID
    /// GiB.
    public var capacity: Int64
    public var metadata: [NamedText]

    public init(
        name: String, description: String = "", type: FlavorID = .standardVolume, capacity: Int64,
        metadata: [NamedText] = []
    ) {
        self.name = name
        self.description = description
        self.type = type
        self.capacity = capacity
        self.metadata = metadata
    }
}

extension FlavorID {
    /// The disk type of notebooks' volumes, and of a wish that names none.
    public static let standardVolume = FlavorID("SSD")
}
