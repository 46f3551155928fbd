import Glibc

/// How volumes lie on this machine's disk, the best first.
public enum VolumeFormat: String, Sendable, CaseIterable {
    /// An image with a file system of its own, on a loop device: the kernel enforces its capacity, a writer that has
    /// used it up is told that no space is left, and it grows while it is used.
    case xfs
    /// The same; it grows while it is used only where the kernel lets this process.
    case ext4
    /// A plain folder: its capacity is checked now and then, and nothing enforces it.
    case folder

    /// The best that this machine allows to this process.
    public static func best() -> VolumeFormat {
        guard geteuid() == 0, hasLoopDevices, mayMount, HostCommand.has("mount"), HostCommand.has("losetup") else {
            return .folder
        }
        let known = SmallFile.text("/proc/filesystems") ?? ""
        for format in [VolumeFormat.xfs, .ext4]
        where known.contains("\t\(format.rawValue)\n") && format.tools.allSatisfy(HostCommand.has) {
            return format
        }
        return .folder
    }

    private var tools: [String] {
        switch self {
        case .xfs: ["mkfs.xfs", "xfs_growfs"]
        case .ext4: ["mkfs.ext4", "resize2fs", "e2fsck"]
        case .folder: []
        }
    }

    private static var hasLoopDevices: Bool {
        let control = open("/dev/loop-control", O_RDWR | O_CLOEXEC)
        if control >= 0 { close(control) }
        return control >= 0
    }

    /// Tries it on a folder of its own, which is gone afterwards.
    private static var mayMount: Bool {
        let folder = "/tmp/atelier-mount-\(getpid())"
        guard mkdir(folder, 0o700) == 0 else { return false }
        defer { rmdir(folder) }
        guard Glibc.mount("none", folder, "tmpfs", 0, nil) == 0 else { return false }
        return umount2(folder, 0) == 0
    }

    /// Makes an empty file system in an image, owned by this process's user.
    func make(in image: String) throws(HostCommand.Failure) {
        switch self {
        case .xfs: try HostCommand.run(["mkfs.xfs", "-q", "-f", "-K", image])
        case .ext4:
            try HostCommand.run(["mkfs.ext4", "-q", "-F", "-m", "0", "-E", "nodiscard,lazy_itable_init=1", image])
        case .folder: break
        }
    }

    /// Gives a mounted file system all that its device has.
    func extend(device: String, mountedAt folder: String) throws(HostCommand.Failure) {
        switch self {
        case .xfs: try HostCommand.run(["xfs_growfs", folder])
        case .ext4: try HostCommand.run(["resize2fs", device])
        case .folder: break
        }
    }

    /// Gives a file system that is not mounted all that its image has.
    func extend(unmounted image: String) throws(HostCommand.Failure) {
        do throws(HostCommand.Failure) {
            try HostCommand.run(["e2fsck", "-f", "-p", image])
        } catch {
            // 1: something small was put in order.
            guard error.code == 1 else { throw error }
        }
        try HostCommand.run(["resize2fs", image])
    }

    /// What an operator should know at the start.
    var note: StaticString {
        switch self {
        case .xfs: "Volumes are XFS images on loop devices; the kernel enforces their capacity, and they grow in use."
        case .ext4: "Volumes are ext4 images on loop devices; the kernel enforces their capacity."
        case .folder:
            "Volumes are plain folders: capacity is checked, not enforced, which takes root, loop devices and xfsprogs."
        }
    }
}
