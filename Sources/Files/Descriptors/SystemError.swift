import Glibc
import Kernel

/// A system call that failed, by its error number.
struct SystemError: Error, Hashable {
    let number: Int32
    /// The call, for the operator's log.
    let call: String

    /// Takes the number that the last call on this thread left.
    init(_ call: String) {
        number = errno
        self.call = call
    }

    init(number: Int32, _ call: String) {
        self.number = number
        self.call = call
    }

    /// The name is not there, or a part of the way to it is no folder; a link on the way counts as not there.
    var isAbsent: Bool { [ENOENT, ENOTDIR, ELOOP].contains(number) }

    /// What a caller is told where nothing better is known.
    var fault: Fault {
        switch number {
        case ENOSPC, EDQUOT:
            Fault(.storageFull, "The server's disk is full; nothing was kept. Free some space and try again.")
        case EMFILE, ENFILE:
            Fault(.unavailable, "The server has too many files open; try again.")
        default:
            Fault(.internalFault, "The server's file system refused \(call): \(String(cString: strerror(number))).")
        }
    }
}

extension SystemError {
    /// Runs work on files; what the system refuses becomes a fault.
    static func asFault<Value>(_ work: () async throws -> Value) async throws -> Value {
        do {
            return try await work()
        } catch let error as SystemError {
            throw error.fault
        }
    }
}
