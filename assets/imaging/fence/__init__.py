"""The fence around the decoder: a task that reads foreign bytes runs in a child process that can do little else.

Each process that looks at pictures starts one helper when it first needs it. The helper has one thread and has imported
the decoders; for each task it forks a child, which gets limits on time and memory and no way to files or network. A
hostile file costs its own task.
"""

from assets.imaging.fence.client import run, steps
from assets.imaging.fence.limits import Limits
from assets.imaging.fence.slots import answer_people

__all__ = ["Limits", "answer_people", "run", "steps"]
