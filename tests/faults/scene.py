"""A portal, its worker, and the doubles of its providers: what a test of faults plays with."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.faults import inside
from tests.faults.gates import GatedBFL, GatedOpenAI
from tests.portal import Portal, wait_until

LEASES_ARE_OVER = 1.5
"""Minutes after which a worker that was sending counts as dead, and a message as lost."""


@dataclass
class Scene:
    """Jobs are started in a process beside the worker, as the web server would; the worker is a process of its own."""

    portal: Portal
    openai: GatedOpenAI
    bfl: GatedBFL
    worker: subprocess.Popen[bytes] | None = field(default=None)

    def have_worker(self) -> None:
        """Start the worker unless it runs."""
        if self.worker is None or self.worker.poll() is not None:
            self.worker = self.portal.start_worker()

    def kill_worker(self) -> None:
        """kill -9, at once."""
        self.portal.kill_worker()
        self.worker = None

    def come_back(self, minutes: float = LEASES_ARE_OVER) -> None:
        """The worker is started again this much later. Nobody waits: the jobs' own times are moved instead."""
        assert self.worker is None
        self.portal.do(inside.minutes_pass, minutes)
        self.have_worker()

    def start(self, provider: str, *prompts: str) -> list[str]:
        """Send a brief for each prompt; returns the ids of the jobs."""
        return self.portal.do(inside.start, provider, *prompts)

    def see(self, job_id: str) -> inside.Seen:
        """The job as it is now."""
        return self.portal.do(inside.jobs, [job_id])[0]

    def jobs(self, ids: Sequence[str] = ()) -> list[inside.Seen]:
        """These jobs, or all, as they are now."""
        return self.portal.do(inside.jobs, ids)

    def end(self, ids: Sequence[str] = (), seconds: float = 90) -> list[inside.Seen]:
        """Wait until these jobs, or all, have ended; returns how."""
        try:
            wait_until(lambda: all(job.has_ended for job in self.jobs(ids)), seconds, every=0.3)
        except AssertionError:
            stuck = [job for job in self.jobs(ids) if not job.has_ended]
            raise AssertionError(f"stuck after {seconds} s: {stuck}\n{self.portal.said[-2000:]}") from None
        return self.jobs(ids)

    def requests_for(self, prompt: str) -> int:
        """How often a provider was asked to make this picture."""
        return sum(stand_in.prompts.count(prompt) for stand_in in (self.openai, self.bfl))

    def differences(self) -> list[str]:
        """Where the ledger does not add up."""
        return self.portal.do(inside.spent)[2]
