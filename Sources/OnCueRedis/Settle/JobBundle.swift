#if Redis
    import NIOCore
    import OnCue
    import RedisWire

    /// Plain jobs of one level that were completed together and are kept together: see ``Scripts/bundles``.
    struct JobBundle {
        /// A bundle has at most so many jobs, and so many bytes unless one job alone has more: to look a job up costs the server
        /// a look at all ids of its bundle and a copy of all bodies.
        static let mostJobs = 128
        static let mostBytes = 16_384
        /// A bundle is found by the spans of so many milliseconds in which its jobs were enqueued.
        private static let span: UInt64 = 16

        private(set) var count = 0
        private var spans: [UInt64] = []
        /// Behind which byte of the bodies each ends.
        private var stops = ByteBuffer()
        private var bodies = ByteBuffer()

        /// The fewest bundles that hold the jobs.
        ///
        /// - Parameter jobs: in the order of their ids.
        static func bundles(of jobs: some Sequence<(id: StoreMadeID, job: LeasedJob)>) -> [JobBundle] {
            var bundles: [JobBundle] = []
            for (id, job) in jobs {
                if bundles.last?.hasRoom(for: job) != true { bundles.append(JobBundle()) }
                bundles[bundles.count - 1].add(job, id)
            }
            return bundles
        }

        private func hasRoom(for job: LeasedJob) -> Bool {
            count < Self.mostJobs && bodies.readableBytes + job.payload.count <= Self.mostBytes
        }

        private mutating func add(_ job: LeasedJob, _ id: StoreMadeID) {
            count += 1
            let span = id.position.milliseconds / Self.span
            if spans.last != span { spans.append(span) }
            let extra = job.details.map(JobExtra.init) ?? JobExtra()
            bodies.write(
                bodyNamed: job.name, nonce: id.nonce, packedExtra: extra == JobExtra() ? [] : extra.encoded(),
                payload: job.payload)
            stops.writeInteger(UInt32(truncatingIfNeeded: bodies.readableBytes))
        }

        /// How many jobs it has, its spans, and its bodies behind where each ends.
        func write(into arguments: inout RedisArguments) {
            arguments.append(count)
            arguments.append(spans.map(String.init).joined(separator: " "))
            var bytes = stops
            bytes.writeImmutableBuffer(bodies)
            arguments.append(bytes)
        }
    }

    extension JobExtra {
        fileprivate init(_ details: LeasedJob.Details) {
            self.init()
            contentType = details.contentType
            options = details.options
            options.queue = nil
            options.priority = nil
            tags = details.tags
            correlationID = details.correlationID
            headers = details.headers
            unique = details.unique
            parent = details.parent
        }
    }
#endif
