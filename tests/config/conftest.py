"""The scripted providers of generation, for pages that tell of jobs."""

from tests.generation.conftest import nudged, scripted

__all__ = ["nudged", "scripted"]
