// Secrets
internal import Crypto
internal import CryptoExtras
