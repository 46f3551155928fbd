/// Where everything durable is kept: one transaction is one business step.
///
/// A transaction's body runs synchronously, so nothing can come between its checks and its acts. Writes are durable
/// when `write` returns; concurrent writes may share one commit. A body that throws leaves nothing behind.
public protocol Store: Sendable {
    /// Reads from one snapshot.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value

    /// Reads and writes; all of it or none.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value
}

/// What one transaction can see and change, a protocol per capability.
public protocol StoreTransaction:
    IdentityRecords, WalletRecords, MeteringRecords, EventRecords, BillRecords, BenefitRecords,
    TrainingJobRecords, NotebookRecords, ImageRecords, VolumeRecords, PoolRecords, ModelRecords, ServiceRecords
{}
