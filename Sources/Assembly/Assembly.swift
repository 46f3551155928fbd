// Assembly
internal import ServiceLifecycle
