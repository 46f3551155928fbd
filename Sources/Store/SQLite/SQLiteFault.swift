import GRDB
import Kernel

/// What an error of SQLite means to people.
enum SQLiteFault {
    static func fault(of error: any Error, doing what: String) -> Fault {
        guard let error = error as? DatabaseError else { return Fault(.internalFault, "\(what): \(error)") }
        switch error.resultCode {
        case .SQLITE_FULL, .SQLITE_IOERR:
            return Fault(.storageFull, "\(what): the disk is full or failing; nothing was kept.")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            return Fault(.unavailable, "\(what): another program holds the database; try again.")
        case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM:
            return Fault(.unavailable, "\(what): \(error.message ?? "it cannot be opened").")
        default:
            return Fault(.internalFault, "\(what): \(error)")
        }
    }
}
