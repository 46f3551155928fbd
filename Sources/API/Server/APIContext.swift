public import Hummingbird
import Kernel

/// What is known of a request while it is answered.
public struct APIContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// 32 hexadecimal digits: the answer, the log and every error name the request by it.
    let requestID: String

    public init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        requestID = Hexadecimal.text(UInt128.random(in: .min ... .max))
    }
}
