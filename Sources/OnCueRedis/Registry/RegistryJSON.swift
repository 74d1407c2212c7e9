import Foundation
import OnCue

/// What the registry keeps as JSON: read by people in `redis-cli` too.
enum RegistryJSON {
    static func encode(_ value: some Encodable) throws(StoreError) -> [UInt8] {
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return Array(try encoder.encode(value))
        } catch {
            throw StoreError(.invalid, "cannot be kept as JSON: \(error)")
        }
    }

    static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws(StoreError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch {
            throw StoreError(.corrupt, "the registry holds damaged JSON; look at it with oncue doctor")
        }
    }
}

extension QueueSettings {
    /// Nothing is no settings.
    init(json: [UInt8]) throws(StoreError) {
        self = json.isEmpty ? QueueSettings() : try RegistryJSON.decode(QueueSettings.self, from: json)
    }
}
