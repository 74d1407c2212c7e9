#if Redis
    import NIOCore
    import OnCueTesting
    import Testing

    @testable import RedisWire

    private func parse(_ text: String) throws -> [RESPToken] {
        var parser = RESPParser()
        parser.append(ByteBuffer(string: text))
        var tokens: [RESPToken] = []
        while let token = try parser.next() { tokens.append(token) }
        return tokens
    }

    private let stream =
        "+OK\r\n-NOSCRIPT No matching script\r\n:-42\r\n$5\r\na\r\nbc\r\n$0\r\n\r\n$-1\r\n*-1\r\n*0\r\n_\r\n#t\r\n,3.5\r\n"
        + "(12345678901234567890\r\n=7\r\ntxt:abc\r\n!9\r\nERR wrong\r\n*3\r\n:1\r\n*2\r\n+a\r\n$1\r\nb\r\n_\r\n"
        + "%2\r\n+a\r\n:1\r\n+b\r\n*1\r\n:2\r\n~2\r\n:1\r\n:2\r\n>3\r\n+message\r\n+c\r\n$1\r\nx\r\n"
        + "|1\r\n+ttl\r\n:9\r\n+after\r\n*2\r\n|1\r\n+k\r\n*1\r\n+v\r\n:7\r\n:8\r\n:9223372036854775807\r\n:-9223372036854775808\r\n"

    @Suite struct ProtocolTests {
        @Test func eachKindOfReplyIsRead() throws {
            let tokens = try parse(stream)
            #expect(tokens.count == 23)
            #expect(tokens[0].value == .simpleString(ByteBuffer(string: "OK")))
            #expect(tokens[1].error == RedisServerError(message: "NOSCRIPT No matching script"))
            #expect(tokens[1].error?.code == "NOSCRIPT")
            #expect(tokens[2].integer == -42)
            #expect(tokens[3].array == Array("a\r\nbc".utf8))
            #expect(tokens[4].text == "")
            #expect(!tokens[4].isNull)
            #expect(tokens[5].isNull && tokens[6].isNull && tokens[8].isNull)
            #expect(tokens[5].text == nil && tokens[6].elements == nil)
            #expect(tokens[7].elements?.count == 0)
            #expect(tokens[9].value == .boolean(true))
            #expect(tokens[10].value == .double(3.5))
            #expect(tokens[11].text == "12345678901234567890")
            #expect(tokens[12].text == "abc")
            #expect(tokens[13].error?.message == "ERR wrong")
            let nested = try #require(tokens[14].elements).map { $0 }
            #expect(nested.count == 3)
            #expect(try #require(nested[1].elements).map(\.text) == ["a", "b"])
            #expect(nested[2].isNull)
            let map = try #require(tokens[15].elements)
            #expect(map.count == 4)
            #expect(map.map(\.text) == ["a", nil, "b", nil])
            #expect(try #require(tokens[16].elements).map(\.integer) == [1, 2])
            #expect(tokens[17].isOutOfBand)
            #expect(tokens[18].isOutOfBand)
            #expect(tokens[19].text == "after")
            #expect(try #require(tokens[20].elements).map(\.integer) == [7, 8])
            #expect(tokens[21].integer == .max)
            #expect(tokens[22].integer == .min)
        }

        @Test func everySplitGivesTheSameReplies() throws {
            let whole = try parse(stream)
            let bytes = Array(stream.utf8)
            for split in 0...bytes.count {
                var parser = RESPParser()
                var tokens: [RESPToken] = []
                for part in [bytes[..<split], bytes[split...]] {
                    parser.append(ByteBuffer(bytes: part))
                    while let token = try parser.next() { tokens.append(token) }
                }
                #expect(tokens == whole)
            }
            for size in 1...5 {
                var parser = RESPParser()
                var tokens: [RESPToken] = []
                for start in stride(from: 0, to: bytes.count, by: size) {
                    parser.append(ByteBuffer(bytes: bytes[start..<min(bytes.count, start + size)]))
                    while let token = try parser.next() { tokens.append(token) }
                }
                #expect(tokens == whole)
            }
        }

        @Test(arguments: [
            "hello\r\n", "$-2\r\n", "$1\r\nab\r\n", ":x\r\n", "*1x\r\n", "$99999999999999999999\r\n", "#x\r\n", "+a\rb",
            "%-1\r\n",
        ])
        func whatIsNotRESPIsRefused(_ text: String) {
            #expect(throws: RESPError.self) { try parse(text) }
        }

        @Test func depthAndLineLengthAreBounded() {
            #expect(throws: RESPError.tooDeep) { try parse(String(repeating: "*1\r\n", count: 65)) }
            #expect(throws: RESPError.lineTooLong) { try parse("+" + String(repeating: "a", count: 70_000)) }
            #expect(throws: RESPError.tooLong) { try parse("$536870913\r\n") }
        }

        /// Bytes that look like RESP more often than not, cut anywhere: every reply that comes out can be walked.
        @Test func noBytesCrashTheParser() {
            var random = SeededRandom(seed: 0x0C0E)
            let alphabet = Array("+-:$*~%>|_#,(=!0123456789\r\n\r\n\r\nab".utf8)
            let seed = Array(stream.utf8)
            for round in 0..<20_000 {
                var bytes: [UInt8]
                if round.isMultiple(of: 2) {
                    bytes = (0..<Int.random(in: 1...60, using: &random)).map { _ in
                        alphabet.randomElement(using: &random) ?? 0
                    }
                } else {
                    bytes = seed
                    for _ in 0..<Int.random(in: 1...4, using: &random) {
                        bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
                    }
                }
                var parser = RESPParser()
                do {
                    var rest = bytes[...]
                    while !rest.isEmpty {
                        let size = Int.random(in: 1...rest.count, using: &random)
                        parser.append(ByteBuffer(bytes: rest.prefix(size)))
                        rest = rest.dropFirst(size)
                        while let token = try parser.next() { walk(token) }
                    }
                } catch {}
            }
        }

        private func walk(_ token: RESPToken) {
            _ = (token.value, token.text, token.integer, token.error, token.array)
            guard let elements = token.elements else { return }
            var count = 0
            for element in elements {
                walk(element)
                count += 1
            }
            #expect(count == elements.count)
        }

        @Test func aCommandIsAnArrayOfStrings() {
            var command = RedisCommand("SET", key: "ключ")
            command.append([0, 255, 13, 10])
            command.append(-7)
            command.append(Int64.max)
            command.append(ByteBuffer(string: "twelve bytes"))
            var buffer = ByteBuffer()
            command.write(to: &buffer)
            var expected = ByteBuffer(string: "*6\r\n$3\r\nSET\r\n$8\r\nключ\r\n$4\r\n")
            expected.writeBytes([0, 255, 13, 10])
            expected.writeString("\r\n$2\r\n-7\r\n$19\r\n9223372036854775807\r\n$12\r\ntwelve bytes\r\n")
            #expect(buffer == expected)
            #expect(command.route == .key("ключ"))
        }

        @Test func scriptsAreNamedByTheirDigest() {
            #expect(RedisScript("").sha1 == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
            #expect(RedisScript("abc").sha1 == "a9993e364706816aba3e25717850c26c9cd0d89d")
            #expect(RedisScript("return 1").sha1 == "e0e1f9fabfc9d4800c877a703b823ac0578ff8db")
            #expect(
                RedisScript("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq").sha1
                    == "84983e441c3bd26ebaae4aa1f95129e5e54670f1")
            #expect(
                RedisScript(String(repeating: "a", count: 1_000_000)).sha1 == "34aa973cd4c4daa4f61eeb2bdbad27316534016f"
            )
        }

        @Test func pausesGrowAndAreJittered() {
            let backoff = Backoff()
            #expect(backoff.delay(attempt: 1, jitter: 1) == .milliseconds(10))
            #expect(backoff.delay(attempt: 1, jitter: 0) == .milliseconds(5))
            #expect(backoff.delay(attempt: 4, jitter: 1) == .milliseconds(80))
            #expect(backoff.delay(attempt: 1_000, jitter: 1) == .seconds(2))
            #expect(backoff.delay(attempt: 1_000, jitter: 0) == .seconds(1))
        }
    }
#endif
