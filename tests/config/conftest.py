"""The scripted providers of generation, for pages that tell of jobs."""

from tests.generation.conftest import enqueued, scripted

__all__ = ["enqueued", "scripted"]
