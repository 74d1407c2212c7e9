#if Server
    import HTTPTypes

    /// Every route, found by its path. Immutable.
    public struct RouteTable: Sendable {
        /// In the order in which they were given.
        public let routes: [Route]
        private var root = Node()

        private struct Node: Sendable {
            var literals: [String: Node] = [:]
            /// At most one, as the only element: the part of a path that stands for a `{name}`.
            var parameter: [Node] = []
            /// Places in ``routes``, by method.
            var methods: [HTTPRequest.Method: Int] = [:]
        }

        /// Two routes of the same method and path are a programming error.
        public init(_ routes: [Route]) {
            self.routes = routes
            for (index, route) in routes.enumerated() {
                Self.insert(index, route, Self.segments(of: route.path)[...], into: &root)
            }
        }

        enum Match {
            case route(Route, parameters: [String: String])
            /// The path is there, but not for this method.
            case otherMethods([HTTPRequest.Method])
            case none
        }

        /// - Parameter segments: the parts of the path between its slashes, decoded.
        func match(_ method: HTTPRequest.Method, _ segments: [String]) -> Match {
            var values: [String] = []
            guard let node = Self.find(segments[...], in: root, &values) else { return .none }
            // HEAD is answered as GET, without the body.
            guard let index = node.methods[method] ?? (method == .head ? node.methods[.get] : nil) else {
                return .otherMethods(node.methods.keys.sorted { $0.rawValue < $1.rawValue })
            }
            let route = routes[index]
            let names = Self.segments(of: route.path).compactMap(Self.parameterName)
            return .route(route, parameters: Dictionary(zip(names, values)) { $1 })
        }

        static func segments(of path: String) -> [String] {
            path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
        }

        private static func parameterName(_ segment: String) -> String? {
            segment.first == "{" && segment.last == "}" ? String(segment.dropFirst().dropLast()) : nil
        }

        private static func insert(_ index: Int, _ route: Route, _ path: ArraySlice<String>, into node: inout Node) {
            guard let segment = path.first else {
                precondition(
                    node.methods[route.method] == nil, "\(route.method) \(route.path) stands twice in the table")
                node.methods[route.method] = index
                return
            }
            if parameterName(segment) != nil {
                if node.parameter.isEmpty { node.parameter = [Node()] }
                insert(index, route, path.dropFirst(), into: &node.parameter[0])
            } else {
                insert(index, route, path.dropFirst(), into: &node.literals[segment, default: Node()])
            }
        }

        /// A literal part goes before a `{name}`.
        private static func find(_ path: ArraySlice<String>, in node: Node, _ values: inout [String]) -> Node? {
            guard let segment = path.first else { return node.methods.isEmpty ? nil : node }
            if let next = node.literals[segment], let found = find(path.dropFirst(), in: next, &values) { return found }
            guard let parameter = node.parameter.first else { return nil }
            values.append(segment)
            if let found = find(path.dropFirst(), in: parameter, &values) { return found }
            values.removeLast()
            return nil
        }
    }
#endif
