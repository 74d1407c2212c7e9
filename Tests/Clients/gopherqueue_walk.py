"""Walks through everything that GopherQueue's Python client sends, and reads the answers as that client does.

    python3 gopherqueue_walk.py URL [API_KEY]

The server needs workers for the jobs "echo" (gives its payload back), "broken" (fails for good), "flaky" (fails, is tried
again) and "endless" (runs until it is told to stop). Ends with 0 and the number of checks when everything is as that
client needs it.
"""

import base64
import http.client
import json
import sys
import threading
from datetime import datetime
from enum import Enum
from urllib.parse import urlencode, urlsplit

STATES = ["pending", "scheduled", "running", "retrying", "delayed", "completed", "failed", "dead_letter", "cancelled"]
State = Enum("State", {word: word for word in STATES})
checks = 0


def check(condition, what):
    global checks
    checks += 1
    if not condition:
        sys.exit(f"{what}")


class Refusal(Exception):
    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


class NotFound(Refusal):
    pass


def moment(text):
    """As Python 3.8 reads it: no fraction, or three or six digits of one."""
    text = text.replace("Z", "+00:00")
    fraction = text.partition(".")[2].partition("+")[0]
    check(len(fraction) in (0, 3, 6), f"{text} is no time that every Python reads")
    return datetime.fromisoformat(text)


def optional_moment(data, name):
    return moment(data[name]) if data.get(name) else None


class Job:
    """What the client's model of a job reads: eight fields that have to be there, and some that may."""

    def __init__(self, data):
        self.id = data["id"]
        self.type = data["type"]
        self.state = State(data["state"]).value
        self.priority = data["priority"]
        self.attempt = data["attempt"]
        self.max_attempts = data["max_attempts"]
        self.created_at = moment(data["created_at"])
        self.updated_at = moment(data["updated_at"])
        self.progress = data.get("progress", 0.0)
        self.tags = data.get("tags", {})
        self.scheduled_at = optional_moment(data, "scheduled_at")
        self.started_at = optional_moment(data, "started_at")
        self.completed_at = optional_moment(data, "completed_at")
        self.last_error = data.get("last_error")
        for number in (self.priority, self.attempt, self.max_attempts):
            check(type(number) is int, f"{data} has a number that is none")


class Result:
    def __init__(self, data):
        self.job_id = data["job_id"]
        self.success = data["success"]
        self.output = data.get("output")
        self.error = data.get("error")
        self.duration = data.get("duration", 0)
        check(type(self.duration) is int, "a duration is whole nanoseconds")
        optional_moment(data, "completed_at")


class Wait:
    def __init__(self, data):
        self.id = data["id"]
        self.state = State(data["state"]).value
        self.completed = data["completed"]
        self.success = data.get("success", False)
        self.result = Result(data["result"]) if data.get("result") else None
        self.timed_out = data.get("timed_out", False)


class Client:
    """One connection that is kept, as a pool keeps it."""

    def __init__(self, url, key=None):
        parts = urlsplit(url.rstrip("/"))
        self.host, self.port = parts.hostname, parts.port
        self.connection = http.client.HTTPConnection(self.host, self.port, timeout=60)
        self.headers = {"Content-Type": "application/json"}
        if key:
            self.headers["X-API-Key"] = key

    def exchange(self, method, path, data=None, params=None):
        if params:
            path += "?" + urlencode(params)
        body = None if data is None else json.dumps(data).encode()
        self.connection.request(method, path, body=body, headers=self.headers)
        response = self.connection.getresponse()
        return response.status, response.getheader("Content-Type") or "", response.read()

    def request(self, method, path, data=None, params=None):
        status, kind, body = self.exchange(method, path, data, params)
        # The body is read before the status is looked at, and read as JSON only where it says that it is.
        check(kind.split(";")[0] == "application/json", f"{method} {path}: {status} is of the type '{kind}'")
        answer = json.loads(body)
        check(isinstance(answer, dict), f"{method} {path}: {answer} is no object")
        if status >= 400:
            error = answer.get("error", {})
            code, message = error.get("code", "unknown"), error.get("message", "Unknown error")
            check(isinstance(message, str) and message, f"{method} {path}: {answer} says nothing")
            raise NotFound(code, message) if code == "not_found" else Refusal(code, message)
        return answer

    def submit(self, type, payload, **more):
        return Job(self.request("POST", "/api/v1/jobs", {"type": type, "payload": payload, **more}))

    def submit_batch(self, jobs, atomic=False):
        answer = self.request("POST", "/api/v1/jobs/batch", {"jobs": jobs, "atomic": atomic})
        return answer["total"], answer["accepted"], answer["rejected"], answer.get("results", [])

    def get(self, id):
        return Job(self.request("GET", f"/api/v1/jobs/{id}"))

    def wait(self, id, timeout=30):
        return Wait(self.request("POST", f"/api/v1/jobs/{id}/wait", {"timeout": f"{timeout}s"}))

    def list(self, **params):
        answer = self.request("GET", "/api/v1/jobs", params={name: str(value) for name, value in params.items()})
        return [Job(job) for job in answer.get("jobs", [])]

    def cancel(self, id, reason="", force=False):
        return Job(self.request("POST", f"/api/v1/jobs/{id}/cancel", {"reason": reason, "force": force}))

    def retry(self, id, reset_attempts=False):
        return Job(self.request("POST", f"/api/v1/jobs/{id}/retry", {"reset_attempts": reset_attempts}))

    def delete(self, id):
        status, _, body = self.exchange("DELETE", f"/api/v1/jobs/{id}")
        if status == 404:
            raise NotFound("not_found", id)
        check(status < 400, f"{status} {body}")

    def result(self, id):
        return Result(self.request("GET", f"/api/v1/jobs/{id}/result"))

    def stats(self):
        return self.request("GET", "/api/v1/stats").get("queue", {})


class Events:
    """A stream, read line by line as the client reads it: what is neither an event nor data means nothing."""

    def __init__(self, client, job="*"):
        self.seen = []
        self.news = threading.Condition()
        path = "/api/v1/events" + ("" if job == "*" else "?" + urlencode({"job_id": job}))
        self.connection = http.client.HTTPConnection(client.host, client.port, timeout=60)
        self.connection.request("GET", path, headers=client.headers)
        self.response = self.connection.getresponse()
        check(self.response.status == 200, f"{path}: {self.response.status}")
        threading.Thread(target=self.read, daemon=True).start()
        self.until("connected")

    def read(self):
        name = None
        for line in self.response:
            line = line.decode().strip()
            if line.startswith("event:"):
                name = line[6:].strip()
            elif line.startswith("data:"):
                assert len(line) < 100_000
                with self.news:
                    self.seen.append((name, json.loads(line[5:].strip())))
                    self.news.notify_all()

    def until(self, name, job=None):
        def found():
            return next((d for n, d in self.seen if n == name and job in (None, d.get("id"))), None)

        with self.news:
            check(self.news.wait_for(found, timeout=30) is not None, f"{name} did not come: {self.seen}")
            return found()


def refusal(code, action, *arguments, **named):
    try:
        action(*arguments, **named)
    except Refusal as error:
        check(error.code == code, f"{error.code} ({error}) where {code} was due")
        check(isinstance(error, NotFound) == (code == "not_found"), "of the wrong kind")
        return error
    sys.exit(f"{action.__name__}{arguments} was not refused with {code}")


NOBODY = "00000000-0000-4000-8000-000000000000"


def walk(client):
    everything = Events(client)

    # Submit, run, result.
    payload = {"to": "a@example.com", "n": 1.0, "text": "ü😀"}
    job = client.submit("echo", payload, priority=1, timeout="30s", max_attempts=5, correlation_id="c-1", tags={"t": "1"})
    check((job.type, job.priority, job.max_attempts, job.tags) == ("echo", 1, 5, {"t": "1"}), f"{vars(job)}")
    check(job.state == "pending" and job.attempt == 0, f"{vars(job)}")
    end = client.wait(job.id)
    check(end.completed and end.success and not end.timed_out and end.state == "completed", f"{vars(end)}")
    check(end.id == job.id and end.result.job_id == job.id and end.result.success, f"{vars(end)}")
    check(json.loads(base64.b64decode(client.result(job.id).output)) == payload, "the output is the payload")
    done = client.get(job.id)
    check(done.state == "completed" and done.attempt == 1, f"{vars(done)}")
    check(done.created_at <= done.started_at <= done.completed_at, f"{vars(done)}")
    for name in ["job.created", "job.started", "job.completed"]:
        check(everything.until(name, job.id)["type"] == "echo", name)
    again = client.wait(job.id, timeout=0)
    check(again.completed and not again.timed_out, "a job that has ended is not waited for")

    # What fails for good, and what is tried again.
    broken = client.submit("broken", None)
    end = client.wait(broken.id)
    check(end.completed and not end.success and end.state == "dead_letter", f"{vars(end)}")
    check(end.result.error == "out of order" and not end.result.success, f"{vars(end.result)}")
    check(client.get(broken.id).last_error == "out of order", "the error is shown")
    revived = client.retry(broken.id, reset_attempts=True)
    check(revived.state in ("pending", "running", "dead_letter"), f"{vars(revived)}")
    check(client.wait(broken.id).state == "dead_letter", "it fails again")
    flaky = client.submit("flaky", [1])
    check(client.wait(flaky.id).success and client.get(flaky.id).attempt == 2, "tried again by itself")
    everything.until("job.retrying", flaky.id)

    # Later, cancelled, deleted.
    later = client.submit("echo", {}, delay="1h")
    check(later.state == "delayed" and (later.scheduled_at - later.created_at).total_seconds() > 3590, f"{vars(later)}")
    waited = client.wait(later.id, timeout=0)
    check(waited.timed_out and not waited.completed and not waited.success and waited.result is None, f"{vars(waited)}")
    mine = Events(client, later.id)
    cancelled = client.cancel(later.id, reason="no longer wanted")
    check(cancelled.state == "cancelled" and cancelled.completed_at, f"{vars(cancelled)}")
    check(Job(mine.until("job.cancelled", later.id)).state == "cancelled", "with one job's events comes the job")
    refusal("conflict", client.cancel, later.id)
    client.delete(later.id)
    everything.until("job.deleted", later.id)
    refusal("not_found", client.get, later.id)
    refusal("not_found", client.delete, later.id)

    # A job that runs is told to stop, or given up.
    for force in (False, True):
        endless = client.submit("endless", {})
        everything.until("job.started", endless.id)
        check(client.cancel(endless.id, "stop", force).state == ("cancelled" if force else "running"), "a running job")
        check(client.wait(endless.id).state == "cancelled", "it stops")

    # The same key again.
    first = client.submit("echo", {"a": 1}, delay="1h", idempotency_key="once")
    check(client.submit("echo", {"a": 1}, idempotency_key="once").id == first.id, "the same job for the same key")
    refusal("conflict", client.submit, "echo", {"a": 2}, idempotency_key="once")

    # Batches.
    total, accepted, rejected, results = client.submit_batch(
        [{"type": "echo", "payload": 1}, {"type": ""}, {"type": "echo", "payload": {"a": 1}, "idempotency_key": "once"}]
    )
    check((total, accepted, rejected) == (3, 2, 1), f"{results}")
    check([r["index"] for r in results] == [0, 1, 2] and [r["success"] for r in results] == [True, False, True], "places")
    check(results[1]["error"] and Job(results[0]["job"]).type == "echo", f"{results}")
    check(Job(results[2]["job"]).id == first.id, "the job of that key")
    before = len(client.list(type="batched"))
    refusal("validation_error", client.submit_batch, [{"type": "batched"}, {"type": ""}], atomic=True)
    check(len(client.list(type="batched")) == before, "all or none")

    # Lists.
    check(first.id in [job.id for job in client.list(limit=100)], "it is listed")
    check(len(client.list(limit=2)) == 2, "the limit holds")
    check({job.state for job in client.list(state="dead_letter")} == {"dead_letter"}, "by state")
    check({job.id for job in client.list(state="failed")} >= {broken.id}, "failed means the same")
    check({job.type for job in client.list(type="flaky", limit=100)} == {"flaky"}, "by type")
    for state in STATES:
        client.list(state=state)

    # Figures.
    stats = client.stats()
    for name in STATES + ["total_jobs", "storage_bytes"]:
        check(type(stats[name]) is int or name == "retrying", f"{name} of {stats}")
    check(stats["completed"] >= 3 and stats["dead_letter"] >= 1 and stats["delayed"] >= 1, f"{stats}")
    moment(stats["timestamp"])

    # Refusals.
    for action in (client.get, client.wait, client.cancel, client.retry, client.result):
        refusal("not_found", action, NOBODY)
    refusal("not_found", client.result, first.id)
    refusal("invalid_request", client.get, "odd")
    refusal("validation_error", client.submit, "", {})
    refusal("validation_error", client.submit, "echo", {}, priority=7)
    refusal("conflict", client.retry, job.id)
    refusal("not_found", client.request, "GET", "/api/v1/odd")
    refusal("method_not_allowed", client.request, "PUT", "/api/v1/jobs")
    refusal("not_found", client.request, "GET", "/odd")
    if client.headers.get("X-API-Key"):
        client.headers["X-API-Key"] = "wrong"
        refusal("unauthorized", client.stats)


if __name__ == "__main__":
    walk(Client(*sys.argv[1:3]))
    print(f"{checks} checks")
