#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A job whose payload is a Swift type: its properties are what is enqueued.
///
/// ```swift
/// struct SendReceipt: Job {
///     static let name: JobName = "email.receipt"
///     static let options = JobOptions(queue: "mail", maxAttempts: 8, timeout: .seconds(30))
///     var orderID: String
/// }
/// ```
public protocol Job: Codable, Sendable {
    /// Says which handler runs it. Part of what is stored: renaming the type does not change it.
    static var name: JobName { get }
    /// What holds for every job of the type. Its queue and priority are taken at the enqueue, all else when the job runs,
    /// by a worker that has registered the type: after the job's own settings and the handler's. Default: nothing set.
    static var options: JobOptions { get }
}

extension Job {
    public static var options: JobOptions { JobOptions() }
}

extension NewJob {
    /// A typed job as a store takes it, in the queue and with the priority of its type unless `options` says otherwise.
    ///
    /// - Throws: ``StoreError/Code/invalid`` when the job cannot be encoded as JSON.
    public init<J: Job>(_ job: J, options: [EnqueueOption] = []) throws(StoreError) {
        self.init(
            name: J.name, queue: J.options.queue ?? .default, priority: J.options.priority ?? .normal,
            payload: try PayloadCoding.encode(job))
        for option in options { option.apply(to: &self) }
    }

    /// A job by name with a payload that is encoded as JSON.
    ///
    /// - Throws: ``StoreError/Code/invalid`` when the payload cannot be encoded.
    public init(_ name: JobName, payload: some Encodable, options: [EnqueueOption] = []) throws(StoreError) {
        self.init(name, bytes: try PayloadCoding.encode(payload), options: options)
    }

    /// A job by name with a payload that is stored as it is.
    ///
    /// - Parameter contentType: what the bytes are; nil means `application/json`.
    public init(_ name: JobName, bytes: [UInt8] = [], contentType: String? = nil, options: [EnqueueOption] = []) {
        self.init(name: name, payload: bytes, contentType: contentType)
        for option in options { option.apply(to: &self) }
    }
}

/// Swift values to JSON bytes and back, the same at the enqueue, in the worker and for outputs.
public enum PayloadCoding {
    /// - Throws: ``StoreError/Code/invalid`` with the field and the reason.
    public static func encode(_ value: some Encodable, field: String = "payload") throws(StoreError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        do {
            return [UInt8](try encoder.encode(value))
        } catch {
            throw StoreError(.invalid, "\(type(of: value)) cannot be written as JSON: \(error)", field: field)
        }
    }

    /// - Throws: ``StoreError/Code/invalid`` with the field and the reason.
    public static func decode<T: Decodable>(
        _ type: T.Type, from bytes: [UInt8], field: String = "payload"
    ) throws(StoreError) -> T {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch {
            throw StoreError(.invalid, "is not the JSON of \(type): \(error)", field: field)
        }
    }
}
