#if Server
    import Foundation
    @testable import OnCueServer
    import Testing

    @Suite struct TraceParentTests {
        private let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

        @Test func aHeaderComesBackAsItWas() throws {
            let parent = try #require(TraceParent(header: good, state: "a=1,b=2"))
            #expect(parent.traceID.text == "0af7651916cd43dd8448eb211c80319c")
            #expect(parent.spanID == 0xb7ad_6b71_6920_3331)
            #expect(parent.isSampled)
            #expect(parent.state == "a=1,b=2")
            #expect(parent.header == good)
            let quiet = try #require(TraceParent(header: String(good.dropLast(2)) + "00", state: nil))
            #expect(!quiet.isSampled)
            #expect(quiet.header.hasSuffix("-00"))
            // A later version may have more parts and flags.
            #expect(TraceParent(header: "cc" + good.dropFirst(2) + "-more", state: nil)?.header == good)
            #expect(TraceParent(header: String(good.dropLast(2)) + "03", state: nil)?.isSampled == true)
            #expect(TraceParent(header: good, state: String(repeating: "x", count: 513))?.state == nil)
        }

        @Test(
            arguments: [
                "", "00", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
                "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333g-01",
                "0-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "00-é-b7ad6b7169203331-01",
            ])
        func whatBreaksTheRulesIsLeftOut(header: String) {
            #expect(TraceParent(header: header, state: nil) == nil)
        }

        @Test func samplersDecideAlike() throws {
            let parent = try #require(TraceParent(header: good, state: nil))
            var unsampled = parent
            unsampled.isSampled = false
            let ids = (0..<10_000).map { _ in TraceParent.TraceID.random() }
            #expect(TraceSampler.all.records(ids[0], parent: nil))
            #expect(TraceSampler.all.records(ids[0], parent: parent))
            #expect(!TraceSampler.all.records(ids[0], parent: unsampled))
            #expect(TraceSampler(ratio: 1, followsParent: false).records(ids[0], parent: unsampled))
            #expect(!TraceSampler(ratio: 0).records(ids[0], parent: nil))
            #expect(TraceSampler(ratio: 0).records(ids[0], parent: parent))
            let half = TraceSampler(ratio: 0.5)
            let recorded = ids.filter { half.records($0, parent: nil) }
            #expect((4_500...5_500).contains(recorded.count))
            #expect(recorded.allSatisfy { TraceSampler(ratio: 0.75).records($0, parent: nil) })
            #expect(TraceSampler(name: "parentbased_traceidratio", argument: "0.25") == TraceSampler(ratio: 0.25))
            #expect(
                TraceSampler(name: "always_off", argument: nil) == TraceSampler(ratio: 0, followsParent: false))
            #expect(TraceSampler(name: "sometimes", argument: nil) == nil)
        }
    }

    @Suite struct OTLPConfigurationTests {
        @Test func theEnvironmentIsRead() throws {
            let configuration = try #require(
                try OTLPConfiguration(environment: [
                    "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318/otlp/",
                    "OTEL_EXPORTER_OTLP_HEADERS": "api-key=a%20b, x=1", "OTEL_EXPORTER_OTLP_TIMEOUT": "1500",
                    "OTEL_RESOURCE_ATTRIBUTES": "service.name=no,host.name=h1", "OTEL_SERVICE_NAME": "mailer",
                    "OTEL_TRACES_SAMPLER": "always_on", "OTEL_BSP_SCHEDULE_DELAY": "250",
                    "OTEL_BSP_MAX_QUEUE_SIZE": "100", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "500",
                ]))
            #expect(configuration.endpoint.absoluteString == "http://collector:4318/otlp/v1/traces")
            #expect(configuration.headers.map(\.name) == ["api-key", "x"])
            #expect(configuration.headers.map(\.value) == ["a b", "1"])
            #expect(configuration.timeout == .milliseconds(1_500))
            #expect(configuration.resource == ["service.name": "mailer", "host.name": "h1"])
            #expect(configuration.sampler == TraceSampler(ratio: 1, followsParent: false))
            #expect(configuration.delay == .milliseconds(250))
            #expect(configuration.queueSize == 100)
            #expect(configuration.batchSize == 100)
            let own = try OTLPConfiguration(environment: [
                "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "https://c/x?k=1", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://other",
            ])
            #expect(own?.endpoint.absoluteString == "https://c/x?k=1")
        }

        @Test func itCanBeOff() throws {
            let endpoint = ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318"]
            #expect(try OTLPConfiguration(environment: [:]) == nil)
            #expect(try OTLPConfiguration(environment: ["OTEL_EXPORTER_OTLP_ENDPOINT": ""]) == nil)
            #expect(try OTLPConfiguration(environment: endpoint.merging(["OTEL_SDK_DISABLED": "TRUE"]) { $1 }) == nil)
            #expect(
                try OTLPConfiguration(environment: endpoint.merging(["OTEL_TRACES_EXPORTER": "none"]) { $1 }) == nil)
            #expect(try OTLPConfiguration(environment: endpoint) != nil)
        }

        @Test(
            arguments: [
                ("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4318"), ("OTEL_EXPORTER_OTLP_HEADERS", "hunter2"),
                ("OTEL_EXPORTER_OTLP_HEADERS", "a=hunter2%0d%0ab"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
                ("OTEL_EXPORTER_OTLP_TIMEOUT", "soon"), ("OTEL_TRACES_SAMPLER", "hunter2"),
                ("OTEL_BSP_MAX_QUEUE_SIZE", "0"),
            ])
        func mistakesAreNamedWithoutTheirValue(name: String, value: String) {
            var environment = ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318"]
            environment[name] = value
            let error = #expect(throws: OTLPConfigurationError.self) { try OTLPConfiguration(environment: environment) }
            #expect(error?.variable == name)
            #expect(error?.description.contains("hunter2") == false)
        }
    }
#endif
