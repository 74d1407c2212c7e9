package import OnCue

/// What a heartbeat answers: how many jobs the session holds (`held`), whether it is to claim no more (`quiet`) or to end
/// (`stop`), and in `cancel` the jobs that are to stop, each with its `id`, a `reason` where there is one, and `taken_away`:
/// true when its outcome will not be taken any more.
package enum WorkNews {
    package static func write(_ news: SessionNews, to json: inout JSONWriter) {
        json.object { json in
            json.field("held", news.held)
            json.field("quiet", news.isQuiet)
            json.field("stop", news.isStopping)
            json.array("cancel") { json in
                for cancellation in news.cancellations {
                    json.object { json in
                        json.field("id", cancellation.job.description)
                        json.field(ifPresent: "reason", cancellation.reason)
                        json.field("taken_away", cancellation.isTakenAway)
                    }
                }
            }
        }
    }
}
