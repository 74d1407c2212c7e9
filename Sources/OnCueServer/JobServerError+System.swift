#if Server
    import NIOCore

    #if canImport(Glibc)
        import Glibc
    #elseif canImport(Musl)
        import Musl
    #else
        import Darwin
    #endif

    extension JobServerError {
        /// What kept a server from listening, in our words; errors of ours as they are.
        static func from(_ error: any Error, _ configuration: JobServer.Configuration) -> any Error {
            let (host, port) = (configuration.host, configuration.port)
            switch error {
            case is JobServerError, is CancellationError: return error
            case let error as IOError:
                switch error.errnoCode {
                case EADDRINUSE: return JobServerError.portTaken(host: host, port: port)
                case EACCES, EPERM: return JobServerError.notPermitted(host: host, port: port)
                case EADDRNOTAVAIL: return JobServerError.noSuchAddress(host: host)
                default: return JobServerError.cannotListen(host: host, port: port, reason: "\(error)")
                }
            case is SocketAddressError, is SocketAddressError.FailedToParseIPByteBuffer:
                return JobServerError.noSuchAddress(host: host)
            default: return error
            }
        }
    }
#endif
