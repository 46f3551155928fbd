import Glibc
import Platform

/// What this machine can give to workloads.
enum MachineCapacity {
    /// Memory that the machine keeps for itself and the server.
    private static let reservedBytes: Int64 = 256 << 20

    static func measured() -> ExecutorCapacity {
        ExecutorCapacity(
            cpuMillicores: Int64(sysconf(Int32(_SC_NPROCESSORS_ONLN))) * 1_000,
            memoryBytes: max(0, memory() - reservedBytes), accelerators: accelerators())
    }

    private static func memory() -> Int64 {
        Int64(sysconf(Int32(_SC_PHYS_PAGES))) * Int64(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// Cards as `nvidia-smi` tells them; none where it does not answer.
    private static func accelerators() -> [ExecutorCapacity.Accelerator] {
        guard let output = Pipe() else { return [] }
        defer { close(output.read) }
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        let process = Spawn.run(
            ["nvidia-smi", "--query-gpu=index,name,memory.total", "--format=csv,noheader,nounits"],
            descriptors: [null, output.write, null], environment: ["PATH=/usr/local/bin:/usr/bin:/bin"],
            isOwnSession: false)
        close(output.write)
        close(null)
        guard let process else { return [] }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = read(output.read, &chunk, chunk.count)
            guard count > 0, bytes.count < 1 << 20 else { break }
            bytes += chunk[..<count]
        }
        var status: Int32 = 0
        waitpid(process, &status, 0)
        return status == 0 ? cards(String(decoding: bytes, as: UTF8.self)) : []
    }

    /// Reads lines such as `0, Tesla V100-SXM2-32GB, 32510`, the memory in MiB.
    static func cards(_ text: String) -> [ExecutorCapacity.Accelerator] {
        text.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: ",").map { field in
                String(field.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
            }
            guard fields.count == 3, let index = Int(fields[0]), let memory = Int64(fields[2]) else { return nil }
            return ExecutorCapacity.Accelerator(index: index, name: fields[1], memoryBytes: memory << 20)
        }
    }
}
