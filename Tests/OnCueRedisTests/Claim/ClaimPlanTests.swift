import OnCue
import Testing

@testable import OnCueRedis

/// A queue of a few jobs, as a claim would find them: what is read, taken and parked, without a server.
private struct Model {
    struct Job {
        var level: JobPriority
        var position: StreamPosition
        var name: JobName
        var holder: ReservedConsumer?
        var isRead = false
    }

    var jobs: [Job] = []
    private(set) var reads = 0

    mutating func add(
        _ name: JobName, _ level: JobPriority = .normal, count: Int = 1, holder: ReservedConsumer? = nil
    ) {
        for _ in 0..<count {
            let position = StreamPosition(milliseconds: UInt64(jobs.count + 1), sequence: 0)
            jobs.append(Job(level: level, position: position, name: name, holder: holder))
        }
    }

    var supply: ClaimPlan.Supply {
        var supply = ClaimPlan.Supply()
        for job in jobs where !job.isRead {
            if let holder = job.holder {
                supply.parked[job.level, default: [:]][holder, default: 0] += 1
            } else {
                supply.fresh[job.level, default: 0] += 1
            }
        }
        return supply
    }

    /// Carries a claim out; the numbers of the jobs that it takes, in the order of the answer.
    mutating func claim(_ request: ClaimRequest) -> [Int] {
        var plan = ClaimPlan(request, [supply])
        var taken: [Int] = []
        while true {
            let reads: [ClaimPlan.Read]
            switch plan.next() {
            case .done: return taken
            case .peek(let peeks): reads = plan.reads(peeks, peeks.map(positions))
            case .read(let next): reads = next
            }
            self.reads += 1
            let found = reads.flatMap { read($0) }
            let entries = found.map { index in
                ClaimPlan.Entry(
                    place: .init(queue: 0, level: jobs[index].level), position: jobs[index].position,
                    name: jobs[index].name, from: jobs[index].holder)
            }
            let decision = plan.decide(reads, entries, size: found.count * 100)
            for index in decision.taken {
                jobs[found[index]].isRead = true
                taken.append(found[index])
            }
            for index in decision.parked { jobs[found[index]].holder = entries[index].parking }
        }
    }

    private func positions(_ peek: ClaimPlan.Peek) -> [StreamPosition] {
        let level = jobs.filter { !$0.isRead && $0.level == peek.place.level }
        return level.filter { job in job.holder.map { peek.parked.contains($0) } ?? true }
            .prefix(peek.count).map(\.position)
    }

    private func read(_ read: ClaimPlan.Read) -> [Int] {
        let level = jobs.indices.filter { !jobs[$0].isRead && jobs[$0].level == read.place.level }
        var parked: [Int] = []
        var suspects = read.mostSuspects
        for share in read.parked {
            parked += level.filter { jobs[$0].holder == share.consumer }.prefix(share.count)
        }
        parked = parked.sorted().filter { index in
            guard jobs[index].holder?.isSuspect == true else { return true }
            suspects -= 1
            return suspects >= 0
        }
        return Array(parked.prefix(read.mostParked) + level.filter { jobs[$0].holder == nil }.prefix(read.fresh))
    }
}

struct ClaimPlanTests {
    private func request(
        _ limit: Int, names: [JobName: Int]? = nil, floor: Int = 0, suspects: Int = 1, queueLimit: Int = .max
    ) -> ClaimRequest {
        ClaimRequest(
            session: SessionID(rawValue: "s"), queues: [.init(.default, limit: queueLimit)], names: names, limit: limit,
            floor: floor, suspects: suspects)
    }

    @Test("A claim of plain jobs is one read of as many as are wanted")
    func plain() {
        var model = Model()
        model.add("work", count: 100)
        #expect(model.claim(request(10)) == Array(0..<10))
        #expect(model.reads == 1)
        #expect(model.claim(request(1_000)) == Array(10..<100))
        #expect(model.claim(request(10)).isEmpty)
    }

    @Test("Levels go in order and stop where the room does")
    func levels() {
        var model = Model()
        for level in JobPriority.allCases.reversed() { model.add("work", level, count: 2) }
        #expect(model.claim(request(5)) == [8, 9, 6, 7, 4])
        #expect(model.reads == 1)
    }

    @Test("What was given back stands before what is new, and suspects only as far as they are allowed")
    func parked() {
        var model = Model()
        model.add("work", count: 2, holder: .lost)
        model.add("work", count: 2, holder: .back)
        model.add("work", count: 2)
        #expect(model.claim(request(10, suspects: 0)) == [2, 3, 4, 5])
        #expect(model.claim(request(10, suspects: 1)) == [0])
        #expect(model.claim(request(10, suspects: 1)) == [1])
    }

    @Test("Twenty thousand unknown jobs are passed over in one call, sixty thousand in two, and only once")
    func unknown() {
        var model = Model()
        model.add("unknown", count: 20_000)
        model.add("known")
        #expect(model.claim(request(10, names: ["known": 10])) == [20_000])
        #expect(model.reads < 30)
        let before = model.reads
        #expect(model.claim(request(10, names: ["known": 10])).isEmpty)
        #expect(model.reads == before)
        // Who knows them gets them in their order.
        #expect(model.claim(request(5, names: ["unknown": 5])) == [0, 1, 2, 3, 4])

        model = Model()
        model.add("unknown", count: 60_000)
        model.add("known")
        var calls = 1
        while model.claim(request(10, names: ["known": 10])).isEmpty, calls < 10 { calls += 1 }
        #expect(calls == 2)
    }

    @Test("A name that has reached its limit is read over once and not again")
    func limited() {
        var model = Model()
        model.add("rare", count: 300)
        model.add("work", count: 3)
        #expect(model.claim(request(10, names: ["rare": 1, "work": 10])) == [0, 300, 301, 302])
        let before = model.reads
        model.add("work")
        #expect(model.claim(request(10, names: ["work": 10])) == [303])
        #expect(model.claim(request(10, names: ["rare": 2, "work": 10])) == [1, 2])
        #expect(model.reads - before == 2)
        #expect(model.claim(request(4)) == [3, 4, 5, 6])
    }

    @Test("Unknown suspects do not stand in the way of a known one")
    func unknownSuspects() {
        var model = Model()
        model.add("unknown", count: 200, holder: .lost)
        model.add("known", count: 2, holder: .lost)
        #expect(model.claim(request(10, names: ["known": 10])) == [200])
        #expect(model.reads < 12)
        #expect(model.claim(request(10, names: ["known": 10])) == [201])
        #expect(model.claim(request(10, names: ["unknown": 10])) == [0])
    }

    @Test("The floor takes the oldest below the level that is served, first in the answer")
    func floor() {
        var model = Model()
        model.add("work", .bulk)
        model.add("work", .low)
        model.add("work", .high, count: 5)
        #expect(model.claim(request(1, floor: 1)) == [0])
        #expect(model.claim(request(3, floor: 1)) == [1, 2, 3])
        // Nothing lower is left.
        #expect(model.claim(request(2, floor: 2)) == [4, 5])
    }

    @Test("The floor finds what it may take behind what it may not")
    func floorBehindUnknown() {
        var model = Model()
        model.add("unknown", .bulk, count: 40)
        model.add("work", .bulk)
        model.add("work", .high, count: 10)
        #expect(model.claim(request(3, names: ["work": 10], floor: 1)) == [40, 41, 42])
        // They are parked: the next floor does not meet them.
        model.add("work", .low)
        let before = model.reads
        #expect(model.claim(request(2, names: ["work": 10], floor: 1)) == [51, 43])
        #expect(model.reads - before == 2)
    }

    @Test("Where all that there is fits nobody looks for the floor")
    func floorOfLittle() {
        var model = Model()
        model.add("work", .low, count: 2)
        model.add("work", .high, count: 2)
        #expect(model.claim(request(10, floor: 2)) == [2, 3, 0, 1])
        #expect(model.reads == 1)
    }

    @Test("A queue's own limit holds, and a limit that a name has shares the room")
    func limits() {
        var model = Model()
        model.add("work", count: 10)
        #expect(model.claim(request(10, queueLimit: 3)) == [0, 1, 2])
        #expect(model.claim(request(10, queueLimit: 0)).isEmpty)
        #expect(model.claim(request(10, names: [:])).isEmpty)
        #expect(model.claim(request(10, names: ["work": .max])) == Array(3..<10))
    }

    @Test("A job that is not to be had makes room for the next one")
    func givenBack() {
        var plan = ClaimPlan(request(1, names: ["work": 1]), [ClaimPlan.Supply(fresh: [.normal: 2])])
        let place = ClaimPlan.Place(queue: 0, level: .normal)
        let read = ClaimPlan.Read(place: place, fresh: 1)
        #expect(plan.next() == .read([read]))
        let entry = ClaimPlan.Entry(
            place: place, position: StreamPosition(milliseconds: 1, sequence: 0), name: "work", from: nil)
        #expect(plan.decide([read], [entry], size: 100).taken == [0])
        #expect(plan.next() == .done)
        plan.giveBack(entry)
        #expect(plan.next() == .read([read]))
        #expect(plan.decide([read], [], size: 0).taken.isEmpty)
        #expect(plan.next() == .done)
    }

    @Test("A queue that was paused under the read gives nothing: what was read goes back")
    func paused() {
        var plan = ClaimPlan(request(2), [ClaimPlan.Supply(fresh: [.normal: 2])])
        guard case .read(let reads) = plan.next() else {
            Issue.record("nothing is read")
            return
        }
        let entry = ClaimPlan.Entry(
            place: .init(queue: 0, level: .normal), position: StreamPosition(milliseconds: 1, sequence: 0),
            name: "work",
            from: .lost)
        plan.close(0)
        #expect(plan.decide(reads, [entry], size: 100).parked == [0] && entry.parking == .lostName("work"))
        #expect(plan.next() == .done)
    }

    @Test("Large bodies are not read by the thousand")
    func large() {
        var plan = ClaimPlan(
            request(8, names: ["known": 8]), [ClaimPlan.Supply(fresh: [.normal: 10_000])])
        var widest = 0
        for _ in 0..<10 {
            guard case .read(let reads) = plan.next() else { break }
            widest = max(widest, reads[0].fresh)
            let entries = (0..<reads[0].fresh).map { index in
                ClaimPlan.Entry(
                    place: reads[0].place, position: StreamPosition(milliseconds: UInt64(index), sequence: 0),
                    name: "unknown", from: nil)
            }
            _ = plan.decide(reads, entries, size: entries.count * 500_000)
        }
        #expect(widest == 16)
    }

    @Test(
        "Reserved consumers are written and read",
        arguments: [.back, .lost, .damaged, .name("a:b"), .lostName("c")] as [ReservedConsumer])
    func consumers(consumer: ReservedConsumer) {
        #expect(ReservedConsumer(consumer.text) == consumer)
        #expect(ReservedConsumer("0193a1b2") == nil)
        #expect(consumer.text.hasPrefix("~lost") == consumer.isSuspect)
    }
}
