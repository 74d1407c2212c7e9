#!/usr/bin/env python3
"""A worker for OnCue in Python, with nothing but the standard library.

    python3 worker.py --server http://127.0.0.1:8080 --concurrency 4

The functions under "Handlers" are what it can do; put your own there. SIGTERM stops claiming, lets what runs go on for
--grace seconds and hands back the rest. The API key comes from ONCUE_API_KEY. The protocol: docs/WORKERS.md.
"""

import argparse
import base64
import http.client
import json
import os
import queue
import random
import signal
import socket
import sys
import threading
import time
import urllib.error
import urllib.request

# --- Handlers ------------------------------------------------------------------------------------------------------

HANDLERS = {}


def handles(name):
    def register(function):
        HANDLERS[name] = function
        return function

    return register


class Permanent(Exception):
    """Trying again is of no use: the job goes to the dead letters."""


class Retry(Exception):
    """Failed; to be tried again after `wait`, such as "10s", or by the job's backoff."""

    def __init__(self, message, wait=None):
        super().__init__(message)
        self.wait = wait


@handles("echo")
def echo(job):
    return job.payload


@handles("report.wordcount")
def wordcount(job):
    if not isinstance(job.payload, str):
        raise Permanent("the payload has to be a text")
    return {"words": len(job.payload.split())}


@handles("countdown")
def countdown(job):
    """Takes {"seconds": 3}, in steps that a later attempt need not repeat, and says how far it is."""
    seconds = float(job.payload["seconds"])
    done = float(job.memory().get("checkpoint") or 0)
    while done < seconds:
        step = min(0.5, seconds - done)
        if job.cancelled.wait(step):
            return None  # What comes of it is up to why: see Worker.result.
        done += step
        job.note(progress=min(1, done / seconds), message=f"{done:g} of {seconds:g} s", checkpoint=done)
    return {"counted": seconds}


# --- The API -------------------------------------------------------------------------------------------------------


class Refused(Exception):
    """The server said no."""

    def __init__(self, status, code, message):
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code = status, code

    @property
    def is_passing(self):
        return self.status in (408, 429) or self.status >= 500


class Unreachable(Exception):
    """There was no answer: the server may or may not have done it."""


class Client:
    def __init__(self, server, key=None):
        self.base = server.rstrip("/") + "/api/v1"
        self.headers = {"Content-Type": "application/json"}
        if key:
            self.headers["X-API-Key"] = key

    def call(self, method, path, body=None, timeout=30):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data=data, method=method, headers=self.headers)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                text = answer.read()
                return json.loads(text) if text else {}
        except urllib.error.HTTPError as error:
            try:
                said = json.loads(error.read())["error"]
            except Exception:
                said = {"code": "unknown", "message": str(error)}
            raise Refused(error.code, said["code"], said["message"]) from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Unreachable(str(error)) from None


# --- The worker ----------------------------------------------------------------------------------------------------


class Job:
    """One attempt of a job."""

    def __init__(self, client, session, facts):
        self.client, self.session, self.facts = client, session, facts
        self.id, self.token, self.name = facts["id"], facts["token"], facts["name"]
        self.attempt = facts["attempt"]
        self.payload = facts.get("payload")
        if "payload_base64" in facts:
            self.payload = base64.b64decode(facts["payload_base64"])
        # Set when the handler is to stop; `why` is cancelled, timeout, shutdown or lost.
        self.cancelled = threading.Event()
        self.why = None
        self.reason = None

    def stop(self, why, reason=None):
        if self.why is None:
            self.why, self.reason = why, reason
        elif why == "lost":
            self.why = why
        self.cancelled.set()

    def note(self, **note):
        """Writes any of progress (with message), checkpoint, and effect (with result)."""
        body = {"notes": [{"id": self.id, "token": self.token, **note}]}
        try:
            answer = self.client.call("POST", f"/sessions/{self.session.id}/notes", body, timeout=10)
        except (Refused, Unreachable) as error:
            return log(f"a note of {self.id} was not written: {error}")
        if not answer["results"][0]["taken"]:
            self.stop("lost")

    def memory(self):
        """What earlier attempts have saved: {"checkpoint": …, "effects": […]}."""
        if self.attempt == 1 and not self.facts.get("has_memory"):
            return {}
        return self.client.call("GET", f"/jobs/{self.id}/memory")


class Session:
    def __init__(self, identity, now):
        self.id = identity
        self.jobs = {}  # Claimed and not settled yet, by id.
        self.settled = 0  # The sequence of the last settlement that was answered.
        self.renewed = now
        self.must_look = False  # A claim without an answer may have brought jobs.
        self.surplus = 0


class Worker:
    def __init__(self, client, queues=(), concurrency=1, lease=30, grace=30, name=None):
        self.client, self.concurrency, self.lease, self.grace = client, concurrency, lease, grace
        self.opening = {
            "names": sorted(HANDLERS), "queues": list(queues), "concurrency": concurrency, "lease": f"{lease}s",
            "host": socket.gethostname(), "pid": os.getpid(), "version": "example 1",
        }
        if name:
            self.opening["worker"] = name
        self.changed = threading.Condition(threading.RLock())
        self.session = None
        self.is_quiet = False
        self.stopping = threading.Event()
        self.closed = threading.Event()
        self.results = queue.Queue()

    def run(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stopping.set())
        for part in (self.heartbeats, self.claims, self.settlements):
            threading.Thread(target=part, daemon=True).start()
        while not self.stopping.wait(0.2):
            pass
        log("no more claims")
        self.drain(self.grace)
        for job in self.running():
            job.stop("shutdown")
        self.drain(5)
        self.closed.set()
        if self.session:
            self.patiently(lambda: self.client.call("DELETE", f"/sessions/{self.session.id}"), tries=5)
        log("closed")

    def running(self):
        with self.changed:
            return list(self.session.jobs.values()) if self.session else []

    def drain(self, seconds):
        with self.changed:
            self.changed.wait_for(lambda: not self.running(), timeout=seconds)

    # The session.

    def open(self):
        now = time.monotonic()
        answer = self.client.call("POST", "/sessions", self.opening)
        with self.changed:
            self.session = Session(answer["id"], now)
            self.changed.notify_all()
        log(f"session {answer['id']}")

    def lose(self, session):
        """Others have its jobs now: nothing of them is written any more."""
        with self.changed:
            if self.session is not session:
                return
            self.session = None
        log("the session was fenced off")
        for job in list(session.jobs.values()):
            job.stop("lost")

    def heartbeats(self):
        while not self.closed.is_set():
            session = self.session
            if session is None:
                try:
                    self.open()
                except (Refused, Unreachable) as error:
                    log(f"no session: {error}")
                    self.closed.wait(random.uniform(0.2, 1))
                continue
            pause = session.renewed + self.lease / 3 - time.monotonic()
            if self.closed.wait(max(0.2, pause)):
                return
            sent = time.monotonic()
            try:
                news = self.client.call("POST", f"/sessions/{session.id}/renew", timeout=self.lease / 3)
            except Refused as error:
                if error.code == "fenced":
                    self.lose(session)
                    continue
                log(f"not renewed: {error}")
            except Unreachable as error:
                log(f"not renewed: {error}")
            else:
                session.renewed = sent
                self.hear(session, news)
            # Too long without: others may hold these jobs by now.
            if time.monotonic() > session.renewed + self.lease * 7 / 8:
                for job in list(session.jobs.values()):
                    job.stop("shutdown")

    def hear(self, session, news):
        for cancel in news["cancel"]:
            job = session.jobs.get(cancel["id"])
            if job:
                job.stop("lost" if cancel["taken_away"] else "cancelled", cancel.get("reason"))
        if news["stop"]:
            self.stopping.set()
        with self.changed:
            self.is_quiet = news["quiet"]
            # Counted while calls are under way it is often off; what stays off is looked into.
            session.surplus = session.surplus + 1 if news["held"] > len(session.jobs) else 0
            session.must_look = session.must_look or session.surplus >= 2
            self.changed.notify_all()

    # Jobs in.

    def claims(self):
        while not self.stopping.is_set():
            with self.changed:
                self.changed.wait_for(self.may_claim, timeout=1)
                if not self.may_claim():
                    continue
                session = self.session
                free = self.concurrency - len(session.jobs)
                settled = session.settled
                # While something runs a slot may come free: not too long then.
                wait = 2 if session.jobs else 30
            try:
                if session.must_look:
                    answer = self.client.call("GET", f"/sessions/{session.id}/held")
                    session.must_look = False
                else:
                    answer = self.client.call(
                        "POST", f"/sessions/{session.id}/claim",
                        {"limit": free, "wait": f"{wait}s", "settled": settled}, timeout=wait + 30)
            except Refused as error:
                if error.code == "fenced":
                    self.lose(session)
                else:
                    log(f"no claim: {error}")
                    time.sleep(random.uniform(0.2, 1))
            except Unreachable as error:
                log(f"no claim: {error}")
                session.must_look = True
                time.sleep(random.uniform(0.2, 1))
            else:
                if answer.get("quiet") or answer.get("stop"):
                    self.is_quiet = True  # Until a heartbeat says otherwise.
                self.take(session, answer["jobs"])

    def may_claim(self):
        return (
            self.session is not None and not self.is_quiet and not self.stopping.is_set()
            and len(self.session.jobs) < self.concurrency)

    def take(self, session, jobs):
        for facts in jobs:
            job = Job(self.client, session, facts)
            with self.changed:
                if job.id in session.jobs:
                    continue
                session.jobs[job.id] = job
            threading.Thread(target=self.perform, args=(job,), daemon=True).start()

    # Jobs out.

    def perform(self, job):
        log(f"runs {job.name} {job.id}, attempt {job.attempt}")
        start, moment = time.monotonic(), time.time()
        timer = None
        if "timeout_ms" in job.facts:
            timer = threading.Timer(job.facts["timeout_ms"] / 1000, job.stop, ["timeout"])
            timer.daemon = True
            timer.start()
        try:
            output, error = HANDLERS[job.name](job), None
        except Exception as caught:
            output, error = None, caught
        if timer:
            timer.cancel()
        result = self.result(job, output, error)
        result.update(id=job.id, token=job.token, duration=f"{time.monotonic() - start:.6f}s")
        result["started_at"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))
        self.results.put((job, result))

    @staticmethod
    def result(job, output, error):
        if job.why == "timeout":
            return {"outcome": "failed", "error": "ran longer than its timeout", "category": "timeout"}
        if job.why == "cancelled":
            return {"outcome": "cancelled", "reason": job.reason}
        if job.why == "shutdown" and output is None:
            return {"outcome": "release"}
        if error is None:
            if isinstance(output, bytes):
                return {"outcome": "completed", "output_base64": base64.b64encode(output).decode()}
            return {"outcome": "completed", "output": output}
        text = str(error) or type(error).__name__
        if isinstance(error, Permanent):
            return {"outcome": "failed", "error": text, "permanent": True}
        wait = {"retry_in": error.wait} if isinstance(error, Retry) and error.wait else {}
        return {"outcome": "failed", "error": text, **wait}

    def settlements(self):
        while True:
            batch = [self.results.get()]
            while len(batch) < 100 and not self.results.empty():
                batch.append(self.results.get())
            for session in {job.session for job, _ in batch}:
                self.settle(session, [(job, result) for job, result in batch if job.session is session])

    def settle(self, session, batch):
        """Writes outcomes: again with the same sequence until there is an answer, which makes that safe."""
        body = {"sequence": session.settled + 1, "results": [result for _, result in batch]}

        def send():
            if self.session is not session:
                return None
            return self.client.call("POST", f"/sessions/{session.id}/settle", body)

        try:
            answer = self.patiently(send)
        except Refused as error:
            if error.code == "fenced":
                return self.lose(session)
            # One outcome that is refused must not hold up the others.
            if len(batch) > 1:
                for one in batch:
                    self.settle(session, [one])
                return
            log(f"an outcome was refused: {error}")
            job, result = batch[0]
            if result.get("permanent"):
                return
            refused = {"outcome": "failed", "permanent": True, "error": f"its outcome was refused: {error}"}
            return self.settle(session, [(job, {"id": job.id, "token": job.token, **refused})])
        if answer is None:
            return
        for (job, result), said in zip(batch, answer["results"]):
            log(f"{result['outcome']} {job.id}: {said.get('status', 'was no longer ours')}")
        with self.changed:
            session.settled = body["sequence"]
            for job, _ in batch:
                session.jobs.pop(job.id, None)
            self.changed.notify_all()

    @staticmethod
    def patiently(send, tries=None):
        pause = 0.1
        while True:
            try:
                return send()
            except (Refused, Unreachable) as error:
                if isinstance(error, Refused) and not error.is_passing:
                    raise
                tries = None if tries is None else tries - 1
                if tries == 0:
                    return None
                log(f"again in {pause:.1f} s: {error}")
            time.sleep(pause * random.uniform(0.5, 1))
            pause = min(pause * 2, 5)


def log(text):
    print(time.strftime("%H:%M:%S"), text, file=sys.stderr, flush=True)


def main():
    parser = argparse.ArgumentParser(description="Runs jobs of an OnCue server.")
    parser.add_argument("--server", default=os.environ.get("ONCUE_SERVER", "http://127.0.0.1:8080"))
    parser.add_argument("--queues", default="", help="such as urgent,default; none: every one")
    parser.add_argument("--concurrency", type=int, default=4)
    parser.add_argument("--lease", type=int, default=30, help="seconds of silence before its jobs go to others")
    parser.add_argument("--grace", type=float, default=30, help="seconds that running jobs have at a shutdown")
    parser.add_argument("--name")
    given = parser.parse_args()
    queues = [name for name in given.queues.split(",") if name]
    client = Client(given.server, os.environ.get("ONCUE_API_KEY"))
    Worker(client, queues, given.concurrency, given.lease, given.grace, given.name).run()


if __name__ == "__main__":
    main()
