#if Server
    import OnCue
    import OnCueTesting

    /// What is sent on one connection.
    struct Attack {
        var pieces: [[UInt8]]
        /// Of the requests in it, in their order, as far as they arrive as they were meant.
        var methods: [String] = []
        /// The path of a single request whose answer has to be as the API's description has it.
        var path: String?
        var finishes = true

        var text: String { String(decoding: pieces.joined().prefix(2_000), as: UTF8.self) }
    }

    /// Makes requests that are wrong in one way or another, from the API's own description: each route, each field.
    struct Attacker {
        private struct Operation {
            var method: String
            var path: String
            var query: [String]
            /// Of the body; nil: it has none.
            var schema: JSONValue?
        }

        private let document: JSONValue
        private let operations: [Operation]
        private let known: [String]
        private var random: SeededRandom

        /// - Parameter known: ids of jobs and sessions that there are.
        init(_ description: APIDescription, known: [String], seed: UInt64) {
            var operations: [Operation] = []
            for (path, item) in (description.document["paths"]?.fields ?? [:]).sorted(by: { $0.key < $1.key }) {
                for (method, operation) in item.fields.sorted(by: { $0.key < $1.key }) {
                    let schema = operation["requestBody"]?["content"]?["application/json"]?["schema"]
                    let query = (operation["parameters"]?.elements ?? []).filter { $0["in"] == .string("query") }
                    operations.append(
                        Operation(
                            method: method.uppercased(), path: path, query: query.compactMap { $0["name"]?.text },
                            schema: schema))
                }
            }
            document = description.document
            self.operations = operations
            self.known = known
            random = SeededRandom(seed: seed)
        }

        // MARK: Choosing

        private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
        private mutating func chance(_ percent: Int) -> Bool { number(1...100) <= percent }

        private mutating func one<Value>(of values: [Value]) -> Value {
            // Never asked of an empty list: those here are literals, and the description has operations.
            values[number(0...values.count - 1)]
        }

        private mutating func bytes(_ count: Int) -> [UInt8] {
            (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        }

        // MARK: Attacks

        mutating func next() -> Attack {
            switch number(0...19) {
            case 0: return Attack(pieces: [bytes(number(1...400))])
            case 1: return hugeHead()
            case 2: return oddFraming()
            case 3: return pipelined()
            case 4: return truncated()
            case 5, 6: return mutated()
            case 7: return oddMethod()
            case 8: return inPieces()
            case 9: return number(0...9) == 0 ? slow() : inPieces()
            default: return single()
            }
        }

        private mutating func single() -> Attack {
            let operation = one(of: operations)
            let path = path(of: operation)
            let body = operation.schema == nil && chance(70) ? nil : body(operation)
            return Attack(
                pieces: [request(operation.method, path, body, last: true)], methods: [operation.method], path: path)
        }

        private mutating func pipelined() -> Attack {
            var methods: [String] = []
            var whole: [UInt8] = []
            let count = number(2...20)
            for place in 1...count {
                // A stream ends its connection.
                let usable = operations.filter { !$0.path.hasSuffix("/events") }
                let operation = one(of: usable)
                let method = operation.method == "GET" && chance(20) ? "HEAD" : operation.method
                methods.append(method)
                whole += request(
                    method, path(of: operation), operation.schema == nil ? nil : body(operation), last: place == count)
            }
            return Attack(pieces: [whole], methods: methods)
        }

        private mutating func oddMethod() -> Attack {
            let method = one(of: ["HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "PATCH", "BREW", "get", "CONNECT"])
            let path = path(of: one(of: operations))
            return Attack(pieces: [request(method, path, nil, last: true)], methods: [method])
        }

        private mutating func hugeHead() -> Attack {
            let operation = one(of: operations)
            var head = "\(operation.method) \(path(of: operation)) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            switch number(0...3) {
            case 0: head += "X-Large: \(String(repeating: "a", count: number(8_000...40_000)))\r\n"
            case 1: for place in 0..<number(50...300) { head += "X-\(place): \(place)\r\n" }
            case 2: head += "X-API-Key: \(String(repeating: "k", count: number(1...20_000)))\r\n"
            default: head += "Last-Event-ID: \(String(repeating: "9", count: number(1...200)))\r\n"
            }
            return Attack(pieces: [Array((head + "\r\n").utf8)], methods: [operation.method])
        }

        private mutating func oddFraming() -> Attack {
            let head = one(of: [
                "Content-Length: -5\r\n", "Content-Length: 5\r\nContent-Length: 6\r\n", "Content-Length: 1e3\r\n",
                "Content-Length: 99999999999999999999999\r\n", "Content-Length: 11000000\r\n",
                "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "Transfer-Encoding: chunked\r\n",
                "Transfer-Encoding: gzip, chunked\r\n", "Transfer-Encoding: identity\r\n", "Expect: 100-continue\r\n",
                "Expect: something\r\nContent-Length: 2\r\n", " folded: 1\r\n", "No colon\r\n", ": nothing\r\n",
                "Host: second\r\nContent-Length: 2\r\n", "Upgrade: websocket\r\nConnection: upgrade\r\n",
                "Content-Type: multipart/form-data\r\nContent-Length: 2\r\n", "X-Zero: \0\r\nContent-Length: 2\r\n",
            ])
            let line = one(of: [
                "POST /api/v1/jobs HTTP/1.1", "POST /api/v1/jobs HTTP/9.9", "POST  /api/v1/jobs HTTP/1.1",
                "POST /api/v1/jobs", "POST http://elsewhere/api/v1/jobs HTTP/1.1", "POST * HTTP/1.1",
                "POST jobs HTTP/1.1", "POST /api/v1/jobs HTTP/1.0",
            ])
            let body = one(of: ["{}", "zz\r\n{}\r\n", "2\r\n{}\r\n0\r\n\r\n", "-1\r\n", "ffffffffffffffffff\r\n{}", ""])
            return Attack(pieces: [Array("\(line)\r\nHost: localhost\r\n\(head)\r\n\(body)".utf8)])
        }

        private mutating func truncated() -> Attack {
            let whole = single().pieces.joined()
            return Attack(pieces: [Array(whole.prefix(number(0...whole.count)))])
        }

        private mutating func mutated() -> Attack {
            var whole = Array(single().pieces.joined())
            for _ in 0..<number(1...6) where !whole.isEmpty {
                let place = number(0...whole.count - 1)
                switch number(0...3) {
                case 0: whole[place] = UInt8.random(in: .min ... .max, using: &random)
                case 1: whole.remove(at: place)
                case 2: whole.insert(contentsOf: bytes(number(1...4)), at: place)
                default: whole.replaceSubrange(place..., with: whole[place...].prefix(number(0...200)))
                }
            }
            return Attack(pieces: [whole])
        }

        private mutating func inPieces() -> Attack {
            var attack = single()
            var rest = Array(attack.pieces.joined())[...]
            attack.pieces = []
            while !rest.isEmpty {
                let count = attack.pieces.count > 30 ? rest.count : number(1...max(1, min(40, rest.count)))
                attack.pieces.append(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
            return attack
        }

        /// A body that never comes to its end.
        private mutating func slow() -> Attack {
            let head = "POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{\"type\":"
            return Attack(pieces: [Array(head.utf8)], methods: ["POST"], finishes: false)
        }

        // MARK: Pieces of requests

        private mutating func request(_ method: String, _ path: String, _ body: [UInt8]?, last: Bool) -> [UInt8] {
            var head = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n"
            if last { head += "Connection: close\r\n" }
            if chance(10) { head += "Last-Event-ID: \(one(of: ["", "x", "1-1", "99999999999999999999-0"]))\r\n" }
            if chance(10) { head += "Idempotency-Key: \(one(of: ["k", " ", String(repeating: "k", count: 300)]))\r\n" }
            if chance(10) { head += "Accept: \(one(of: ["application/json", "text/html", "*/*;q=x"]))\r\n" }
            if let body {
                let type =
                    chance(90) ? "application/json" : one(of: ["text/plain", "", "application/json; charset=x", "a"])
                if chance(95) { head += "Content-Type: \(type)\r\n" }
                head += "Content-Length: \(body.count)\r\n"
            }
            return Array((head + "\r\n").utf8) + (body ?? [])
        }

        private mutating func path(of operation: Operation) -> String {
            var path = operation.path.split(separator: "/", omittingEmptySubsequences: false)
                .map { $0.first == "{" ? parameter() : String($0) }.joined(separator: "/")
            if path.isEmpty { path = "/" }
            guard chance(50) else { return path }
            let names = operation.query + ["odd", "", "limit", "cursor", "timeout"]
            let pairs = (0..<number(1...4)).map { _ in "\(one(of: names))=\(word())" }
            return path + "?" + pairs.joined(separator: "&")
        }

        private mutating func parameter() -> String {
            chance(60)
                ? one(of: known)
                : one(of: [
                    "", "0", "default", "run", "..", ".", "%00", "%20", "%2F", "%2e%2e", "a%C3%A9", "*", "batch",
                    "00000000-0000-0000-0000-000000000000", String(repeating: "a", count: 300), "{id}", "%F0%9F%98%80",
                    "-1", "null", "18446744073709551616", "%22", "'", "%3Cscript%3E", "1-1",
                ])
        }

        private mutating func word() -> String {
            one(of: [
                "", "0", "-1", "1", "1000", "1001", "99999999999999999999", "true", "maybe", "1ms", "-5s", "1e999s",
                "x",
                "%00", "%ff", "%zz", "start", "1-1", "pending,dead", "dead,,", "a:b", ":", "=", "a=b=c", "%F0%9F%98%80",
                "2026-11-21T09:30:00Z", "2026-13-41T99:99:99Z", "%2A", "***", "default", "+", "newest", "json",
                String(repeating: "9", count: 400),
            ])
        }

        // MARK: Bodies

        private mutating func body(_ operation: Operation) -> [UInt8] {
            switch number(0...19) {
            case 0: return bytes(number(0...200))
            case 1: return Array(odd(depth: 0).utf8)
            case 2: return Array(String(repeating: "[", count: number(1...5_000)).utf8)
            case 3: return Array(String(repeating: #"{"payload":"#, count: number(400...2_000)).utf8)
            case 4:
                let depth = number(400...600)
                return Array(
                    (#"{"type":"deep","payload":"# + String(repeating: "[", count: depth)
                        + String(repeating: "]", count: depth) + "}").utf8)
            case 5:
                return Array(#"{"type":""#.utf8) + one(of: [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xf5, 0x80], [0]])
                    + Array(#""}"#.utf8)
            default:
                // A key would end what goes without one.
                guard let schema = operation.schema, !operation.path.hasSuffix("/keys") else {
                    return Array(odd(depth: 0).utf8)
                }
                return Array(value(of: schema, depth: 0).utf8)
            }
        }

        /// A value as the schema has it, but for what is wrong in it by chance.
        private mutating func value(of schema: JSONValue, depth: Int) -> String {
            let schema = schema["$ref"]?.text.flatMap(document.at) ?? schema
            if depth > 0, chance(12) { return odd(depth: depth) }
            if let choices = schema["anyOf"]?.elements, !choices.isEmpty {
                return value(of: one(of: choices), depth: depth)
            }
            if let words = schema["enum"]?.elements.compactMap(\.text), !words.isEmpty {
                return "\"\(one(of: words))\""
            }
            switch schema["type"]?.text {
            case "object": return object(schema, depth: depth)
            case "array":
                guard depth < 6 else { return "[]" }
                let element = schema["items"] ?? .object([:])
                return "["
                    + (0..<number(0...3)).map { _ in value(of: element, depth: depth + 1) }.joined(separator: ",")
                    + "]"
            case "integer": return "\(number(0...number(1...40)))"
            case "number": return one(of: ["0", "0.5", "1", "2.25"])
            case "boolean": return one(of: ["true", "false"])
            case "null": return "null"
            case "string":
                if schema["format"] == .string("uuid") || chance(20) { return "\"\(one(of: known))\"" }
                if schema["format"] == .string("date-time") { return #""2026-11-21T09:30:00Z""# }
                if schema["contentEncoding"] != nil { return one(of: [#""""#, #""AQ==""#, #""e30=""#]) }
                return one(of: [#""a""#, #""q1""#, #""0s""#, #""1s""#, #""1-0""#, #""pending""#, #""exponential""#])
            default: return one(of: ["{}", "1", "[1]", #""a""#])
            }
        }

        private mutating func object(_ schema: JSONValue, depth: Int) -> String {
            guard depth < 6 else { return "{}" }
            let required = schema["required"]?.elements.compactMap(\.text) ?? []
            var fields: [String] = []
            for (name, field) in (schema["properties"]?.fields ?? [:]).sorted(by: { $0.key < $1.key })
            where chance(required.contains(name) ? 97 : 30) {
                fields.append("\"\(name)\":\(value(of: field, depth: depth + 1))")
            }
            if let value = schema["additionalProperties"], case .object = value {
                fields.append("\"k\":\(self.value(of: value, depth: depth + 1))")
            }
            // The job's name may stand under either.
            if schema["properties"]?["payload"] != nil, chance(80) { fields.append(#""type":"a""#) }
            if chance(5) { fields.append("\"\(one(of: ["", "odd", "\\u0000"]))\":\(odd(depth: depth + 1))") }
            return "{" + fields.joined(separator: ",") + "}"
        }

        private mutating func odd(depth: Int) -> String {
            if depth < 3, chance(15) {
                return "[" + (0..<number(0...3)).map { _ in odd(depth: depth + 1) }.joined(separator: ",") + "]"
            }
            if chance(3) { return one(of: ["nul", "'a'", "01", "1.", "+1", "NaN", "{,}", "[1,]", #""\x""#, ""]) }
            return one(of: [
                "null", "true", "false", "0", "-0", "-1", "1", "2", "1.5", "1e999", "-1e999", "1E-400",
                "9223372036854775807", "9223372036854775808", "99999999999999999999999", #""""#, #""a""#, #"" ""#,
                #""\ud800""#, #""\u0000""#, #""1h""#, #""-1h""#, #""99999999999999h""#, #""1ns""#, #""0s""#, "{}", "[]",
                #""2026-11-21T09:30:00Z""#, #""0000-00-00T00:00:00Z""#, #""9999-12-31T23:59:59.999999999Z""#,
                #""é\n\t😀""#, "\"\(one(of: known))\"", "[\"\(one(of: known))\"]", "[[]]", "[null]", #"["pending"]"#,
                "\"\(String(repeating: "x", count: 300))\"",
            ])
        }
    }
#endif
