import GRDB
import Kernel

/// What an error of SQLite means to people.
enum SQLiteFault {
    static func fault(of error: any Error, doing what: String) -> Fault {
        guard let error = error as? DatabaseError else { return Fault(.internalFault, "\(what): \(error)") }
        switch error.extendedResultCode {
        case .SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY:
            return Fault(.conflict, "\(what): the same is there already (\(error.message ?? "a unique key")).")
        default: break
        }
        switch error.resultCode {
        case .SQLITE_FULL, .SQLITE_IOERR:
            return Fault(.storageFull, "\(what): the disk is full or failing; nothing was kept.")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            return Fault(.unavailable, "\(what): another program holds the database; try again.")
        case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM:
            return Fault(.unavailable, "\(what): \(error.message ?? "it cannot be opened").")
        case .SQLITE_NOTADB, .SQLITE_CORRUPT:
            return Fault(.internalFault, "\(what): the file is damaged or no database; restore it from a backup.")
        case .SQLITE_ERROR where error.message == "integer overflow":
            return Fault(.internalFault, "\(what): a sum is beyond what 64 bits hold.")
        default:
            return Fault(.internalFault, "\(what): \(error)")
        }
    }
}
