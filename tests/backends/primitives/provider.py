"""A provider of quantum jobs in this process, with a queue, sessions and all that can go wrong with them."""

from collections import Counter, deque
from itertools import count
from types import SimpleNamespace

import numpy as np
from qiskit.primitives import StatevectorSampler


class JobNotFound(Exception):
    """There is no job of that id."""


class Refused(ConnectionError):
    """The job was not taken."""


class Service:
    """Runs one job each time that it is asked for anything, first come first served.

    Parameters
    ----------
    faults : mapping of {int: str}
        What happens to a submission, by its number from 1: "refused" before it is taken, "failed" when it runs,
        "forgotten" with its id before it runs, "silent" for the first two times that its result is asked for, "late" by
        20 steps, "double" as another job of the same content, "closing" of the session that it is in, "crash" of the
        caller once it is taken, "unanswered" once it is taken.
    most : int or None
        Jobs that it takes at once.
    tags : bool
        Whether jobs have tags.

    Attributes
    ----------
    paid : Counter
        How often each question ran to its end, by its seed.
    n_submitted, most_waiting, n_sessions : int
    """

    def __init__(self, faults=(), most=None, tags=True):
        self.tags = tags
        self.faults, self.most = dict(faults), most
        self.jobs, self.queue, self.ids = {}, deque(), count(1)
        self.paid = Counter()
        self.n_submitted = self.most_waiting = self.n_sessions = 0
        self.session = None

    # What a client sees

    def job(self, job_id):
        """The job of an id."""
        self.step()
        if job_id not in self.jobs:
            raise JobNotFound(job_id)
        return self.jobs[job_id]

    def jobs_with(self, job_tags, limit):
        """The jobs with a tag."""
        return [job for job in self.jobs.values() if set(job_tags) <= set(job.tags)][:limit]

    def sampler(self, seed):
        """A sampler for one job."""
        return Sampler(self, seed, self.session)

    def open(self):
        """A session, which is a context; samplers that are made inside it run there."""
        return Session(self)

    # How it works

    def submit(self, sampler, pubs, shots):
        """A job, or one of the faults."""
        self.n_submitted += 1
        fault = self.faults.get(self.n_submitted)
        if sampler.session is not None and sampler.session.closed:
            raise Refused("the session is closed")
        if fault == "refused" or (self.most is not None and len(self.queue) >= self.most):
            self.step()  # it works on, whether results are asked for or not
            raise Refused("too many jobs")
        job = self._take(Job(self, sampler, pubs, shots, fault))
        if fault == "double":
            self._take(Job(self, sampler, pubs, shots, "copy"))
        if fault == "closing" and sampler.session is not None:
            sampler.session.close()
        if fault == "crash":
            raise KeyboardInterrupt
        if fault == "unanswered":
            raise ConnectionError("no answer to a submission")
        return job

    def _take(self, job):
        self.jobs[job.job_id()] = job
        self.queue.append(job)
        self.most_waiting = max(self.most_waiting, len(self.queue))
        return job

    def step(self):
        """Run the next job of the queue, if it is due."""
        if not self.queue:
            return
        job = self.queue[0]
        job.steps -= 1
        if job.steps <= 0:
            self.queue.popleft()
            job.run()


class Session:
    """A context of jobs; those that still wait when it closes too early fail."""

    def __init__(self, service):
        self.service, self.closed = service, False
        service.n_sessions += 1

    def __enter__(self):
        self.service.session = self
        return self

    def __exit__(self, *error):
        self.service.session, self.closed = None, True

    def close(self):
        """Close it too early."""
        self.closed = True
        for job in [job for job in self.service.queue if job.sampler.session is self]:
            self.service.queue.remove(job)
            job.state = "ERROR"


class Sampler:
    """As the provider's package has it."""

    def __init__(self, service, number, session):
        self.service, self.number, self.session = service, number, session
        if service.tags:
            self.options = SimpleNamespace(environment=SimpleNamespace(job_tags=["mine"]))

    def backend(self):
        return SimpleNamespace(service=SimpleNamespace(job=self.service.job, jobs=self.service.jobs_with))

    def run(self, pubs, *, shots=None):
        return self.service.submit(self, pubs, shots)


class Job:
    """As the provider's package has it."""

    def __init__(self, service, sampler, pubs, shots, fault):
        self.service, self.sampler, self.pubs, self.shots, self.fault = service, sampler, pubs, shots, fault
        self.id = f"job-{next(service.ids)}"
        self.steps = 20 if fault == "late" else 2
        self.tags = sampler.options.environment.job_tags if service.tags else []
        self.n_silent = 2 if fault == "silent" else 0
        self.state, self.answer = "QUEUED", None

    def job_id(self):
        return self.id

    def status(self):
        self.service.step()
        return self.state

    def queue_position(self):
        return self.service.queue.index(self) + 1

    def cancel(self):
        if self in self.service.queue:
            self.service.queue.remove(self)
            self.state = "CANCELLED"

    def run(self):
        if self.fault == "failed":
            self.state = "ERROR"
        elif self.fault == "forgotten":
            del self.service.jobs[self.id]
            self.state = "ERROR"
        else:
            rng = np.random.default_rng(self.sampler.number)
            self.answer = StatevectorSampler(seed=rng).run(self.pubs, shots=self.shots).result()
            self.service.paid[self.sampler.number] += self.fault != "copy"
            self.state = "DONE"

    def result(self):
        while self.state == "QUEUED":
            self.service.step()
        if self.n_silent:
            self.n_silent -= 1
            raise ConnectionError("no answer")
        if self.state != "DONE":
            raise RuntimeError(f"{self.id} ended with {self.state}")
        return self.answer
