import Glibc
import Platform

/// What an attempt sees of the machine: the system's programs, its own folders, and nothing of anybody else.
///
/// bubblewrap makes it: namespaces of users, processes, mounts, network, names. The command is user 1000 in it.
struct Sandbox {
    let spec: AttemptSpec
    let folder: AttemptFolder

    /// The user and group in the sandbox, as ModelArts containers have them.
    static let user = 1_000

    /// bubblewrap's arguments, without the command.
    func arguments() -> [String] {
        var arguments = [
            "--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-uts", "--unshare-cgroup-try",
            "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--uid", "\(Self.user)", "--gid",
            "\(Self.user)", "--hostname", "worker-\(spec.rank)", "--clearenv",
        ]
        if !spec.sharesNetwork { arguments.append("--unshare-net") }
        arguments += system() + etc() + processes() + ["--dev", "/dev", "--tmpfs", "/tmp"]
        for mount in spec.mounts {
            arguments += [mount.isWritable ? "--bind" : "--ro-bind", mount.hostPath, mount.sandboxPath]
        }
        arguments += cards()
        for (name, value) in spec.environment.sorted(by: { $0.key < $1.key }) {
            arguments += ["--setenv", name, value]
        }
        return arguments + ["--chdir", spec.workingDirectory]
    }

    /// The system's own programs and libraries, which nobody can write.
    private func system() -> [String] {
        var arguments = ["--ro-bind", "/usr", "/usr"]
        for name in ["bin", "sbin", "lib", "lib32", "lib64"] {
            if let target = Self.target(ofLink: "/" + name) {
                arguments += ["--symlink", target, "/" + name]
            } else {
                arguments += ["--ro-bind-try", "/" + name, "/" + name]
            }
        }
        return arguments
    }

    private static func target(ofLink path: String) -> String? {
        var target = [CChar](repeating: 0, count: 256)
        let count = readlink(path, &target, target.count)
        return count > 0 ? String(decoding: target[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }

    /// `/proc` of the sandbox's own processes. Where the server is root, the kernel takes the sandbox's user for the
    /// owner of its switches, whatever its capabilities: what containers make read-only or hide is so here, too.
    private func processes() -> [String] {
        var arguments = ["--proc", "/proc"]
        for name in ["bus", "fs", "irq", "sys", "sysrq-trigger"] {
            arguments += ["--ro-bind-try", "/proc/" + name, "/proc/" + name]
        }
        for name in ["acpi", "asound", "scsi"] where access("/proc/" + name, F_OK) == 0 {
            arguments += ["--tmpfs", "/proc/" + name]
        }
        for name in ["kcore", "keys", "latency_stats", "mtrr", "sched_debug", "timer_list"]
        where access("/proc/" + name, F_OK) == 0 {
            arguments += ["--ro-bind", "/dev/null", "/proc/" + name]
        }
        return arguments
    }

    /// Of `/etc` only what programs need to start; names of users are the sandbox's own.
    private func etc() -> [String] {
        let names = ["ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "ssl", "localtime", "mime.types"]
        var arguments = names.flatMap { ["--ro-bind-try", "/etc/" + $0, "/etc/" + $0] }
        for name in Self.etcFiles.keys.sorted() { arguments += ["--ro-bind", folder.etc + "/" + name, "/etc/" + name] }
        if spec.sharesNetwork { arguments += ["--ro-bind-try", "/etc/resolv.conf", "/etc/resolv.conf"] }
        return arguments
    }

    private static let etcFiles: [String: String] = [
        "passwd": "root:x:0:0:root:/root:/usr/sbin/nologin\nma-user:x:1000:1000::/home/ma-user:/bin/bash\n",
        "group": "root:x:0:\nma-group:x:1000:\n",
        "hosts": "127.0.0.1 localhost\n::1 localhost\n",
        "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
    ]

    /// Writes the files that `/etc` shows.
    static func writeEtc(into folder: AttemptFolder) -> Bool {
        guard mkdir(folder.etc, 0o755) == 0 || errno == EEXIST else { return false }
        return etcFiles.allSatisfy { name, text in
            SmallFile.replace(folder.etc + "/" + name, with: Array(text.utf8), isDurable: false)
                && chmod(folder.etc + "/" + name, 0o644) == 0
        }
    }

    /// The cards granted, and no others.
    private func cards() -> [String] {
        guard !spec.accelerators.isEmpty else { return [] }
        let shared = ["/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/nvidia-uvm-tools", "/dev/nvidia-modeset"]
        let devices = shared + spec.accelerators.map { "/dev/nvidia\($0)" }
        return devices.flatMap { ["--dev-bind-try", $0, $0] }
    }
}
