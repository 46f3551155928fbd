import Kernel

extension Identifier {
    /// The name of what is its own on the disk. An id is this server's own, but one that comes from elsewhere, such as
    /// a hint, is anybody's: nothing of it leads out of a folder.
    var folderName: String {
        let name = String(text.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") })
        return name.isEmpty ? "none" : name
    }
}
