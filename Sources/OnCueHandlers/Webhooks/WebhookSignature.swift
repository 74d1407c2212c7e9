#if Server
    import Crypto
    import Foundation

    /// `v1=` and the hexadecimal HMAC-SHA-256 of the timestamp, a full stop and the body.
    enum WebhookSignature {
        static func of(_ body: [UInt8], timestamp: String, secret: Secret) -> String {
            var code = HMAC<SHA256>(key: SymmetricKey(data: Array(secret.text.utf8)))
            code.update(data: Array("\(timestamp).".utf8))
            code.update(data: body)
            let digits = Array("0123456789abcdef".utf8)
            var text = Array("v1=".utf8)
            for byte in code.finalize() {
                text.append(digits[Int(byte >> 4)])
                text.append(digits[Int(byte & 15)])
            }
            return String(decoding: text, as: UTF8.self)
        }
    }
#endif
