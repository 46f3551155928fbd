public import Identity
import Kernel

/// What verbs need that the root of the program gives them.
public enum CommandEnvironment {
    /// The digests that requests are signed with.
    @TaskLocal public static var digests: (any Digests)?

    static func requiredDigests() throws(Fault) -> any Digests {
        guard let digests else { throw Fault(.internalFault, "The program was started without its digests.") }
        return digests
    }
}
