#if Server
    import OnCue

    /// Which key has submitted a job. It stands among the job's headers, where it stays as long as the job.
    enum JobOwner {
        static let header = "oncue-submitted-by"

        /// Says who submits. What the job says of that itself counts for nothing.
        static func sign(_ job: inout NewJob, by principal: Principal) {
            job.headers[header] = principal.isKey ? principal.id : nil
        }

        static func isOwner(_ principal: Principal, of job: JobRecord) -> Bool {
            principal.isKey && job.headers[header] == principal.id
        }
    }
#endif
