public import Kernel
public import Money

/// One package's part in covering a use; negative where a correction gives it back.
public struct PackagePart: Hashable, Sendable {
    public let package: ResourcePackageID
    /// Counted, such as node-seconds.
    public let counted: Quantity

    public init(package: ResourcePackageID, counted: Quantity) {
        self.package = package
        self.counted = counted
    }
}

extension [PackagePart] {
    /// What they cover together.
    public var total: Quantity { reduce(.zero) { $0 + $1.counted } }

    /// One part a package, in the order in which they first stand; packages that come to nothing are left out.
    public var merged: [PackagePart] {
        guard !isEmpty else { return self }
        var sums: [(package: ResourcePackageID, counted: Quantity)] = []
        for part in self {
            if let index = sums.firstIndex(where: { $0.package == part.package }) {
                sums[index].counted += part.counted
            } else {
                sums.append((part.package, part.counted))
            }
        }
        return sums.filter { $0.counted != .zero }.map { PackagePart(package: $0.package, counted: $0.counted) }
    }

    /// These parts less others.
    public func less(_ others: [PackagePart]) -> [PackagePart] {
        (self + others.map { PackagePart(package: $0.package, counted: .zero - $0.counted) }).merged
    }

    /// As bills keep it: `package:counted`, a comma between two.
    public var text: String { map { "\($0.package):\($0.counted)" }.joined(separator: ",") }

    /// Reads what `text` wrote; nil for anything else.
    public init?(text: String) {
        var parts: [PackagePart] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let colon = part.lastIndex(of: ":"), let counted = Quantity(String(part[part.index(after: colon)...]))
            else { return nil }
            parts.append(PackagePart(package: ResourcePackageID(String(part[..<colon])), counted: counted))
        }
        self = parts
    }
}
