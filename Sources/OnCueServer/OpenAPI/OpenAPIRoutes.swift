#if Server
    import HTTPTypes
    import NIOCore
    import OnCue
    import Synchronization

    extension Route {
        /// The description of `routes` and of itself.
        ///
        /// It needs no key: it says nothing that the documentation does not say, and tools that make clients have none.
        static func openAPI(describing routes: [Route]) -> Route {
            let path = "/api/v1/openapi.json"
            let doc = RouteDoc(.ok(.openObject([.required("openapi", .text)]), "An OpenAPI 3.1 document."))
            let summary = "This description."
            let described = Route(.get, path, nil, summary, doc: doc) { _ in .noContent }
            let rendered = RenderedDocument(routes + [described])
            return Route(.get, path, nil, summary, doc: doc) { _ in
                APIResponse(
                    status: .ok, headers: [.contentType: "application/json", .cacheControl: "max-age=60"],
                    body: .bytes(rendered.bytes))
            }
        }
    }

    /// Written when it is first asked for.
    private final class RenderedDocument: Sendable {
        private let document: OpenAPIDocument
        private let rendered = Mutex<ByteBuffer?>(nil)

        init(_ routes: [Route]) {
            document = OpenAPIDocument(routes)
        }

        var bytes: ByteBuffer {
            rendered.withLock { rendered in
                if let rendered { return rendered }
                let bytes = ByteBuffer(bytes: document.bytes)
                rendered = bytes
                return bytes
            }
        }
    }
#endif
