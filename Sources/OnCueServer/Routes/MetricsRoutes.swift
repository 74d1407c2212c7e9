#if Server
    import HTTPTypes
    import NIOCore
    import OnCue
    import OnCuePrometheus

    extension Route {
        static func metrics(_ context: RouteContext) -> [Route] {
            let routes = MetricsRoutes(context: context)
            return [
                Route(
                    .get, "/metrics", .read,
                    "Figures as Prometheus reads them; as JSON with Accept: application/json or ?format=json.",
                    doc: RouteDoc(
                        parameters: [.query("format", .word("json", "prometheus", "text"), "Goes before Accept.")],
                        RouteDoc.Answer(
                            .ok, "The figures.", content: [("text/plain", .text), ("application/json", .metrics)])),
                    handler: { try await routes.metrics($0) })
            ]
        }
    }

    private struct MetricsRoutes: Sendable {
        let context: RouteContext

        func metrics(_ request: APIRequest) async throws -> APIResponse {
            let metrics = context.configuration.metrics
            if try wantsJSON(request) {
                return APIResponse(
                    status: .ok, headers: [.contentType: "application/json"],
                    body: .bytes(ByteBuffer(bytes: try await metrics.json(of: context.store))))
            }
            return APIResponse(
                status: .ok, headers: [.contentType: PrometheusText.contentType],
                body: .bytes(ByteBuffer(bytes: try await metrics.text(of: context.store))))
        }

        /// Scrapers say that they take anything; only who asks for JSON and not for text gets it.
        private func wantsJSON(_ request: APIRequest) throws(APIError) -> Bool {
            if let format = request.query["format"] {
                switch format {
                case "json": return true
                case "prometheus", "text": return false
                default:
                    throw APIError(
                        .unprocessableContent, "validation_error", "format: takes json or prometheus", field: "format")
                }
            }
            let accepted = request.header(.accept)?.lowercased() ?? ""
            return accepted.contains("application/json") && !accepted.contains("text/plain")
        }
    }
#endif
