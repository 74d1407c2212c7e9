#if Server
    public import Foundation

    /// A variable of the environment that cannot be understood. Its value is not repeated: it may hold a secret.
    public struct OTLPConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
        public var variable: String
        public var message: String

        public var description: String { "\(variable) \(message)" }
    }

    /// Where spans go, and how.
    public struct OTLPConfiguration: Sendable {
        /// The collector's address for traces, as in `http://localhost:4318/v1/traces`.
        public var endpoint: URL
        /// Sent with every export: keys of collectors, for example.
        public var headers: [(name: String, value: String)] = []
        /// How long one export may take.
        public var timeout: Duration = .seconds(10)
        /// What the resource is; `service.name` is among it.
        public var resource: [String: String] = ["service.name": "oncue"]
        public var sampler: TraceSampler = .all
        /// How long spans wait at most before they are exported.
        public var delay: Duration = .seconds(5)
        /// Spans that wait at most; more are dropped.
        public var queueSize = 2_048
        /// Spans of one export at most.
        public var batchSize = 512

        public init(endpoint: URL) {
            self.endpoint = endpoint
        }

        /// Reads the variables of OpenTelemetry: `OTEL_EXPORTER_OTLP_ENDPOINT`, `…_HEADERS` and `…_TIMEOUT` (each also as
        /// `OTEL_EXPORTER_OTLP_TRACES_…`), `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_TRACES_SAMPLER` with
        /// `…_ARG`, `OTEL_BSP_SCHEDULE_DELAY`, `OTEL_BSP_MAX_QUEUE_SIZE`, `OTEL_BSP_MAX_EXPORT_BATCH_SIZE`,
        /// `OTEL_SDK_DISABLED` and `OTEL_TRACES_EXPORTER=none`. Nil when no endpoint is set or it is switched off.
        public init?(environment: [String: String]) throws(OTLPConfigurationError) {
            func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
            func either(_ end: String) -> (name: String, value: String)? {
                for name in ["OTEL_EXPORTER_OTLP_TRACES_\(end)", "OTEL_EXPORTER_OTLP_\(end)"] {
                    if let value = value(name) { return (name, value) }
                }
                return nil
            }
            func number(_ name: String, _ text: String) throws(OTLPConfigurationError) -> Int {
                guard let number = Int(text), number > 0, number <= 1_000_000_000 else {
                    throw OTLPConfigurationError(variable: name, message: "takes a whole number from 1")
                }
                return number
            }
            if value("OTEL_SDK_DISABLED")?.lowercased() == "true" || value("OTEL_TRACES_EXPORTER") == "none" {
                return nil
            }
            guard let (name, address) = either("ENDPOINT") else { return nil }
            guard var url = URL(string: address), ["http", "https"].contains(url.scheme?.lowercased()),
                url.host()?.isEmpty == false
            else {
                throw OTLPConfigurationError(variable: name, message: "takes an address such as http://localhost:4318")
            }
            // The common address is that of the collector, the one for traces is taken as it stands.
            if name == "OTEL_EXPORTER_OTLP_ENDPOINT" { url.append(path: "v1/traces") }
            self.init(endpoint: url)
            if let (name, protocolName) = either("PROTOCOL"), protocolName != "http/json" {
                // Collectors take JSON and protobuf at the same address; only gRPC is another port.
                guard protocolName == "http/protobuf" else {
                    throw OTLPConfigurationError(variable: name, message: "takes http/json")
                }
            }
            if let (name, text) = either("HEADERS") { headers = try Self.pairs(text, variable: name) }
            if let (name, text) = either("TIMEOUT") { timeout = .milliseconds(try number(name, text)) }
            if let text = value("OTEL_RESOURCE_ATTRIBUTES") {
                for (key, value) in try Self.pairs(text, variable: "OTEL_RESOURCE_ATTRIBUTES") { resource[key] = value }
            }
            if let text = value("OTEL_SERVICE_NAME") { resource["service.name"] = text }
            if let text = value("OTEL_TRACES_SAMPLER") {
                guard let sampler = TraceSampler(name: text, argument: value("OTEL_TRACES_SAMPLER_ARG")) else {
                    throw OTLPConfigurationError(
                        variable: "OTEL_TRACES_SAMPLER",
                        message: "takes always_on, always_off or traceidratio, also with parentbased_ in front")
                }
                self.sampler = sampler
            }
            if let text = value("OTEL_BSP_SCHEDULE_DELAY") {
                delay = .milliseconds(try number("OTEL_BSP_SCHEDULE_DELAY", text))
            }
            if let text = value("OTEL_BSP_MAX_QUEUE_SIZE") { queueSize = try number("OTEL_BSP_MAX_QUEUE_SIZE", text) }
            if let text = value("OTEL_BSP_MAX_EXPORT_BATCH_SIZE") {
                batchSize = try number("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", text)
            }
            batchSize = min(batchSize, queueSize)
        }

        /// `key=value,key=value`, percent-encoded.
        private static func pairs(
            _ text: String, variable: String
        ) throws(OTLPConfigurationError) -> [(name: String, value: String)] {
            var pairs: [(name: String, value: String)] = []
            for part in text.split(separator: ",") {
                let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                    .map { $0.trimmingCharacters(in: .whitespaces).removingPercentEncoding }
                guard sides.count == 2, let name = sides[0], !name.isEmpty, let value = sides[1],
                    !(name + value).utf8.contains(where: { $0 < 0x20 || $0 == 0x7f })
                else {
                    throw OTLPConfigurationError(
                        variable: variable, message: "takes key=value pairs with commas between")
                }
                pairs.append((name, value))
            }
            return pairs
        }
    }
#endif
