public import Kernel
public import Pricing

extension Product {
    /// What a training job's compute is billed as; a price book that offers training has a product of this id.
    public static let trainingJob = ProductID("training-job")
    /// What a notebook's compute is billed as.
    public static let notebook = ProductID("notebook")
    /// What the instances of services are billed as.
    public static let service = ProductID("inference")
    /// What the nodes of dedicated pools are billed as.
    public static let dedicatedPool = ProductID("dedicated-pool")
    /// What volumes are billed as; their types are the product's variants.
    public static let volume = ProductID("evs")
}
