import HummingbirdTesting
import Testing
@Test func builds() {}
