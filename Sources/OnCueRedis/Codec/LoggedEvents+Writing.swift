#if Redis
    import NIOCore
    import OnCue
    import RedisWire

    // What ``LoggedEvents`` reads, as clients hand it to the scripts. Most events of a write are of jobs of one name: it stands there
    // once.
    extension ByteBuffer {
        /// One event of a job.
        ///
        /// - Parameter name: that of the event before, in the same bytes.
        mutating func write(event job: LeasedJob, after name: inout JobName?) {
            write(atMost: 21 + job.name.rawValue.utf8.count) { writer in
                writer.write(id: job.id)
                writer.write(integer: UInt32(clamping: job.attempt))
                writer.write(job.name, after: &name)
            }
        }

        /// What scripts are told of a new job beside its body: level, nonce, name behind its length.
        ///
        /// - Parameter name: that of the mark before, in the same bytes.
        mutating func write(mark job: NewJob, nonce: UInt32, after name: inout JobName?) {
            write(atMost: 5 + job.name.rawValue.utf8.count) { writer in
                writer.write(integer: UInt32(job.priority.rawValue) << 24 | nonce)
                writer.write(job.name, after: &name)
            }
        }

        /// The same by itself.
        mutating func write(mark job: NewJob, nonce: UInt32) {
            var none: JobName?
            write(mark: job, nonce: nonce, after: &none)
        }
    }

    extension RawWriter {
        /// A name behind its length, or nothing behind a 0 where it is the last one. It is valid: it has 1 to 128 bytes.
        fileprivate mutating func write(_ name: JobName, after last: inout JobName?) {
            guard name != last else { return write(UInt8(0)) }
            last = name
            write(UInt8(truncatingIfNeeded: name.rawValue.utf8.count))
            write(name.rawValue)
        }
    }
#endif
