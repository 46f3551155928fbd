import Platform
import Testing

@testable import Executors

@Suite struct MachineCapacityTests {
    /// Lines as `nvidia-smi --query-gpu=index,name,memory.total --format=csv,noheader,nounits` prints them.
    @Test func cardsAreReadAsTheDriverTellsThem() {
        let cards = MachineCapacity.cards("0, Tesla V100-SXM2-32GB, 32510\n1, NVIDIA A100 80GB PCIe, 81920\n")
        #expect(cards.map(\.name) == ["Tesla V100-SXM2-32GB", "NVIDIA A100 80GB PCIe"])
        #expect(cards.map(\.index) == [0, 1])
        #expect(cards.map(\.memoryBytes) == [32_510 << 20, 81_920 << 20])
    }

    @Test(arguments: ["", "No devices were found", "x, y, z", "0, name"])
    func whatIsNoCardIsNone(_ text: String) { #expect(MachineCapacity.cards(text).isEmpty) }

    @Test func thisMachineHasCoresAndMemory() {
        let capacity = MachineCapacity.measured()
        #expect(capacity.cpuMillicores >= 1_000)
        #expect(capacity.memoryBytes > 0)
    }
}
