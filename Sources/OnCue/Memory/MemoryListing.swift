/// The ids of all jobs in order, for listings. Ids mostly come in order; what does not is sorted in when someone looks.
struct MemoryListing {
    private var ids: [JobID] = []
    private var isSorted = true
    /// Ids in the list whose jobs are gone.
    private var gone = 0

    mutating func add(_ id: JobID) {
        if let last = ids.last, last >= id { isSorted = false }
        ids.append(id)
    }

    /// A job is gone; its id stays in the list until a third of them are such.
    mutating func removedOne(remaining slots: [JobID: Int]) {
        gone += 1
        guard gone > 1_024, gone > ids.count / 3 else { return }
        ids.removeAll { slots[$0] == nil }
        gone = 0
    }

    /// The ids after `cursor` in the order asked for; some may be gone.
    mutating func ids(_ order: JobOrder, after cursor: JobID?) -> any Sequence<JobID> {
        sortIfNeeded()
        switch order {
        case .oldestFirst:
            let start = cursor.map { position(of: $0, after: true) } ?? ids.startIndex
            return ids[start...]
        case .newestFirst:
            let end = cursor.map { position(of: $0, after: false) } ?? ids.endIndex
            return ids[..<end].reversed()
        }
    }

    private mutating func sortIfNeeded() {
        guard !isSorted else { return }
        ids.sort()
        // An id that was given again after its job was deleted stands there twice.
        var unique: [JobID] = []
        unique.reserveCapacity(ids.count)
        for id in ids where unique.last != id { unique.append(id) }
        gone = max(0, gone - (ids.count - unique.count))
        ids = unique
        isSorted = true
    }

    /// The first place that is not before `id`, or not at or before it.
    private func position(of id: JobID, after: Bool) -> Int {
        var (low, high) = (0, ids.count)
        while low < high {
            let middle = low + (high - low) / 2
            if ids[middle] < id || (after && ids[middle] == id) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
