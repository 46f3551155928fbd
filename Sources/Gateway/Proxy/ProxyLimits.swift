import Kernel
public import NIOCore
public import Wire

/// The gateway's limits as values, so that tests need not wait for them.
public struct ProxyLimits: Sendable {
    public var head = HeadLimits(
        bytes: Limits.headerListBytes, fieldBytes: Limits.headerBytes, fields: Limits.headers)
    public var headTime = TimeAmount.seconds(Limits.headSeconds)
    public var idleTime = TimeAmount.seconds(Limits.idleSeconds)
    public var stallTime = TimeAmount.seconds(Limits.stallSeconds)
    public var decisionTime = TimeAmount.seconds(Limits.decisionSeconds)
    public var heldBodyTime = TimeAmount.seconds(Limits.signedBodySeconds)
    public var heldBytes = Limits.signedBodiesBytes
    public var connectTime = TimeAmount.seconds(Limits.upstreamConnectSeconds)
    public var upstreamIdleTime = TimeAmount.seconds(Limits.upstreamIdleSeconds)
    public var lingerTime = TimeAmount.seconds(Limits.lingerSeconds)
    /// How often it is looked whether something has taken too long.
    public var tick = TimeAmount.seconds(1)
    public var waitingBytes = Limits.waitingBytes
    public var pipelinedBytes = Limits.pipelinedBytes
    public var upstreamIdleConnections = Limits.upstreamIdleConnections
    public var upstreamConnections = Limits.upstreamConnections

    public init() {}
}
