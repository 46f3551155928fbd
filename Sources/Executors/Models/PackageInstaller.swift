import Glibc
import Kernel
import Platform
import Wire
import Workloads

/// pip, in a sandbox of its own: it finds what an interpreter lacks of some packages, then unpacks exactly that.
///
/// Wheels only, so that nothing of a package runs while it is installed. It sees the network and the system, read-only,
/// but no files of people and nothing of the server's data.
struct PackageInstaller {
    /// The folder that it works in; what it has installed lies in `target` below it.
    let folder: String
    let python: String
    /// Folders that the interpreter needs.
    let runtimes: [String]
    /// A folder with the server's data.
    let hidden: String
    /// False where nothing may be loaded: then only what the interpreter has already will do.
    let mayLoad: Bool
    let interruption: Interruption

    /// Where the folder stands in the sandbox.
    private static let inside = "/tmp/packages"
    private static let target = "target"
    private static let environment = [
        "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_NO_INDEX", "PIP_CERT", "PIP_CLIENT_CERT",
        "PIP_TRUSTED_HOST", "PIP_PROXY", "PIP_CONFIG_FILE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "HTTP_PROXY",
        "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
    ]

    /// Installs packages; gives the folder that they lie in, nil where the interpreter lacks none of them.
    func install(_ packages: [PackageRequirement]) throws -> String? {
        guard mkdir(folder, 0o700) == 0 else { throw VolumeFolder.fault("The folder of packages cannot be made") }
        let pins = constraints(without: Set(packages.map { PackageRequirement.normalized($0.name) }))
        try write(pins, to: "constraints.txt")
        let names = packages.map(\.description)
        try pip(
            ["--dry-run", "--report", "\(Self.inside)/report.json", "-c", "\(Self.inside)/constraints.txt", "--"]
                + names, of: names)
        let lacking = try report()
        guard !lacking.isEmpty else { return nil }
        guard lacking.count <= Limits.installedPackages else {
            throw fault(
                "they bring \(lacking.count) packages along; at most \(Limits.installedPackages) are installed.")
        }
        try write(lacking, to: "requirements.txt")
        try pip(
            [
                "--no-deps", "--require-hashes", "--target", "\(Self.inside)/\(Self.target)", "-r",
                "\(Self.inside)/requirements.txt",
            ], of: names)
        return folder + "/" + Self.target
    }

    /// What the interpreter has already, so that nothing comes along in another version: two of one library do not go
    /// together. What the model itself names may differ; it stands before the interpreter's own.
    private func constraints(without named: Set<String>) -> [String] {
        let home = python.split(separator: "/").dropLast(2).map { "/" + $0 }.joined()
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(home + "/lib/python3*/site-packages/*.dist-info", 0, nil, &found) == 0 else { return [] }
        // What installs is no library of anybody's.
        let left = named.union(["pip", "setuptools", "wheel"])
        return (0..<Int(found.gl_pathc)).compactMap { index -> String? in
            guard let path = found.gl_pathv[index].map({ String(cString: $0) }),
                let parts = path.split(separator: "/").last?.dropLast(".dist-info".count).split(separator: "-"),
                parts.count == 2, !left.contains(PackageRequirement.normalized(parts[0]))
            else { return nil }
            return "\(parts[0])==\(parts[1])"
        }
    }

    /// What pip says that it would install: each at its version, with the digest of its file.
    private func report() throws -> [String] {
        guard let bytes = SmallFile.read(folder + "/report.json"), let root = try? JSONValue(parsing: bytes),
            case .object(let report) = root, case .array(let packages)? = report["install"]
        else { throw fault("what pip says of them cannot be read.") }
        return try packages.map { package in
            guard let name = package.text("metadata", "name"), let version = package.text("metadata", "version"),
                let digest = package.text("download_info", "archive_info", "hash")?.split(separator: "="),
                digest.count == 2, [name[...], version[...], digest[0], digest[1]].allSatisfy(Self.isPlain)
            else { throw fault("pip says of one of them neither version nor digest.") }
            return "\(name)==\(version) --hash=\(digest[0]):\(digest[1])"
        }
    }

    /// What a package says of itself is anybody's: nothing in it may be read as more than a word.
    private static func isPlain(_ text: Substring) -> Bool {
        !text.isEmpty && text.first != "-"
            && text.allSatisfy { character in
                character.isASCII && (character.isLetter || character.isNumber || ".-_+!".contains(character))
            }
    }

    private func write(_ lines: [String], to name: String) throws {
        let text = lines.map { $0 + "\n" }.joined()
        guard SmallFile.replace(folder + "/" + name, with: Array(text.utf8), isDurable: false) else {
            throw VolumeFolder.fault("The list of packages cannot be written")
        }
    }

    // MARK: - pip

    private func pip(_ arguments: [String], of names: [String]) throws {
        let options = [
            "--quiet", "--only-binary", ":all:", "--no-input", "--no-color", "--disable-pip-version-check",
            "--root-user-action", "ignore", "--progress-bar", "off", "--retries", "2", "--timeout", "15",
            "--cache-dir", "\(Self.inside)/cache",
        ]
        let run = WatchedCommand(
            command: limits + sandbox + [python, "-I", "-m", "pip", "install"] + options
                + (mayLoad ? [] : ["--no-index"]) + arguments,
            folder: folder, seconds: Limits.packageSeconds, bytes: Limits.packageBytes, interruption: interruption)
        switch try run.run() {
        case .ended(0, _): return
        case .ended(_, let said):
            guard mayLoad else {
                throw fault(
                    "this installation loads no packages, and the runtime lacks one of them (\(Self.reason(said))).")
            }
            throw fault("pip says: \(Self.reason(said))")
        case .tookTooLong: throw fault("it took longer than \(Limits.packageSeconds) s.")
        case .tookTooMuch: throw fault("they take more than \(Limits.packageBytes >> 20) MiB.")
        case .diskIsFull: throw Fault(.storageFull, "The server's disk has no room for the model's packages.")
        case .interrupted: throw CancellationError()
        }
    }

    private func fault(_ reason: String) -> Fault {
        Fault(.invalidParameter, "The packages cannot be installed: \(reason)", field: "dependencies")
    }

    /// The last of pip's own sentences that says what is wrong.
    static func reason(_ said: String) -> String {
        let lines = said.split(separator: "\n").filter { !$0.allSatisfy(\.isWhitespace) }
        let errors = lines.filter { $0.hasPrefix("ERROR: ") && !$0.contains("ResolutionImpossible") }
        return String((errors.last?.dropFirst("ERROR: ".count) ?? lines.last ?? "nothing").prefix(1_000))
    }

    /// util-linux' prlimit: of memory and of one file.
    private var limits: [String] {
        ["prlimit", "--as=\(Limits.packageMemoryBytes)", "--fsize=\(Limits.packageBytes)", "--core=0", "--"]
    }

    /// bubblewrap: when the server ends, however it does, so does all in it.
    private var sandbox: [String] {
        var arguments = [
            "bwrap", "--unshare-all", "--share-net", "--die-with-parent", "--new-session", "--cap-drop", "ALL",
            "--clearenv", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc",
        ]
        for place in ["/tmp", "/var/tmp", "/root", "/home", "/run", hidden] where access(place, F_OK) == 0 {
            arguments += ["--tmpfs", place]
        }
        // Where the names of hosts are looked up, on many systems.
        arguments += ["--ro-bind-try", "/run/systemd/resolve", "/run/systemd/resolve"]
        for place in runtimes { arguments += ["--ro-bind", place, place] }
        arguments += ["--bind", folder, Self.inside]
        var variables = ["PATH": "/usr/bin:/bin", "HOME": Self.inside, "TMPDIR": Self.inside, "LC_ALL": "C.UTF-8"]
        for name in Self.environment { variables[name] = getenv(name).map { String(cString: $0) } }
        for (name, value) in variables.sorted(by: { $0.key < $1.key }) { arguments += ["--setenv", name, value] }
        return arguments + ["--chdir", Self.inside, "--"]
    }
}

extension JSONValue {
    /// The text at the end of a path of names.
    fileprivate func text(_ path: String...) -> String? {
        var value = self
        for name in path {
            guard case .object(let object) = value, let next = object[name] else { return nil }
            value = next
        }
        if case .string(let text) = value { return text }
        return nil
    }
}
