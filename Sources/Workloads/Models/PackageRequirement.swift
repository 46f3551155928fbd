public import Kernel

/// A package that is to be installed, as pip is told of it: a name and a version, and nothing that pip could take for
/// an address, an option or a path.
public struct PackageRequirement: Hashable, Sendable, CustomStringConvertible {
    public let name: String
    /// Such as `==1.2`; empty where any version will do.
    public let specifier: String

    public var description: String { name + specifier }

    /// - Throws: `invalidParameter` where name or version are not what the packages of Python are called.
    public init(_ dependency: ModelConfig.Dependency) throws(Fault) {
        guard Self.isName(dependency.name) else {
            throw Fault(
                .invalidParameter,
                "\(dependency.name) is no name of a package; it has letters, digits, and single "
                    + "characters of . - _ between them.", field: "package_name")
        }
        name = dependency.name
        guard let version = dependency.version else {
            specifier = ""
            return
        }
        guard Self.isVersion(version) else {
            throw Fault(
                .invalidParameter, "\(version) is no version of a package; write one such as 1.2.3.",
                field: "package_version")
        }
        specifier =
            switch dependency.restraint {
            case "ATLEAST": ">=" + version
            case "ATMOST": "<=" + version
            default: "==" + version
            }
    }

    /// The name by which two ways of writing it are one.
    ///
    /// Source: PEP 503, "Normalized Names".
    public static func normalized(_ name: some StringProtocol) -> String {
        name.lowercased().split { "-_.".contains($0) }.joined(separator: "-")
    }

    /// Source: PEP 508, "Names"; two marks in a row are one too many, though pip would take them.
    private static func isName(_ text: String) -> Bool {
        let parts = text.utf8.split(omittingEmptySubsequences: false) { "-_.".utf8.contains($0) }
        return (1...Limits.modelNameCharacters).contains(text.utf8.count)
            && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { isLetter($0) || isDigit($0) } }
    }

    /// Source: PEP 440, "Public version identifiers" and "Local version identifiers", in their normal form.
    private static func isVersion(_ text: String) -> Bool {
        var rest = text.utf8[...]
        guard text.utf8.count <= Limits.modelNameCharacters, takeNumber(&rest) else { return false }
        if take("!", &rest), !takeNumber(&rest) { return false }
        while rest.first == UInt8(ascii: "."), rest.dropFirst().first.map(isDigit) ?? false {
            rest.removeFirst()
            guard takeNumber(&rest) else { return false }
        }
        for marks in [["a", "b", "rc"], [".post"], [".dev"]] {
            if marks.contains(where: { take($0, &rest) }), !takeNumber(&rest) { return false }
        }
        guard take("+", &rest) else { return rest.isEmpty }
        return rest.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty && part.allSatisfy { isLetter($0) || isDigit($0) }
        }
    }

    private static func takeNumber(_ rest: inout Substring.UTF8View) -> Bool {
        let digits = rest.prefix(while: isDigit)
        rest.removeFirst(digits.count)
        return !digits.isEmpty
    }

    private static func take(_ mark: String, _ rest: inout Substring.UTF8View) -> Bool {
        guard rest.starts(with: mark.utf8) else { return false }
        rest.removeFirst(mark.utf8.count)
        return true
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}

extension ModelConfig {
    /// What is to be installed for it; throws everything that cannot be.
    ///
    /// It is no rule of reading: a package that was taken up before there was this rule is still read.
    public func requirements() throws(Faults) -> [PackageRequirement] {
        var faults = Faults()
        var requirements: [PackageRequirement] = []
        for dependency in dependencies {
            do { requirements.append(try PackageRequirement(dependency)) } catch { faults.append(error) }
        }
        try faults.check()
        return requirements
    }
}
