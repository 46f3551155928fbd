import Glibc
import Kernel

/// The folder that holds everything an installation keeps, and what lies where in it.
struct DataFolder: Sendable {
    /// An absolute path without a slash at its end.
    let root: String

    /// Takes a path; a leading `~` is the home folder, a relative path starts at the working folder.
    init(_ path: String) {
        var path = path
        if path == "~" || path.hasPrefix("~/"), let home = getenv("HOME") {
            path = String(cString: home) + path.dropFirst()
        }
        if !path.hasPrefix("/"), let working = getcwd(nil, 0) {
            path = String(cString: working) + "/" + path
            free(working)
        }
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        root = path
    }

    var database: String { root + "/atelier.sqlite" }
    var credentials: String { root + "/credentials.json" }
    var priceBooks: String { root + "/price-books" }
    var buckets: String { root + "/buckets" }
    var runs: String { root + "/runs" }
    var volumes: String { root + "/volumes" }
    var images: String { root + "/images" }
    var models: String { root + "/models" }
    var clock: String { root + "/clock" }
    var lock: String { root + "/lock" }
    var endpoint: String { root + "/endpoint" }
    var runtimes: String { root + "/runtimes" }
    var environments: String { root + "/environments" }

    /// Whether an installation has been made here.
    var isInitialised: Bool { access(credentials, F_OK) == 0 && access(database, F_OK) == 0 }

    /// Whether nothing is here yet, not even the folder.
    func isUntouched() throws(Fault) -> Bool {
        guard let stream = opendir(root) else {
            guard errno == ENOENT else {
                throw Fault(.invalidParameter, "\(root) cannot be read: \(String(cString: strerror(errno))).")
            }
            return true
        }
        defer { closedir(stream) }
        var entries = 0
        while readdir(stream) != nil { entries += 1 }
        // The folder itself and the one above it are always there.
        return entries <= 2
    }

    /// Makes the folder and those in it, readable by their owner alone.
    func make() throws(Fault) {
        try Self.makeFolders(root)
        for folder in [priceBooks, buckets, runs] { try Self.makeFolders(folder) }
    }

    /// Holds the folder for one process at a time, until the process ends; held twice by one process it is held once.
    func hold() throws(Fault) {
        let descriptor = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        var lock = Glibc.flock(
            l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: 0, l_len: 0, l_pid: 0)
        guard descriptor >= 0, fcntl(descriptor, F_SETLK, &lock) == 0 else {
            throw Fault(.conflict, "Another server works in \(root); stop it, or give another folder with --data.")
        }
    }

    private static func makeFolders(_ path: String) throws(Fault) {
        var made = ""
        for part in path.split(separator: "/") {
            made += "/" + part
            if mkdir(made, 0o700) != 0, errno != EEXIST {
                throw Fault(.unavailable, "The folder \(made) cannot be made: \(String(cString: strerror(errno))).")
            }
        }
    }
}
