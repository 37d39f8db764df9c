"""The portal's settings and two providers that kill the worker that asks them."""

from config.settings import *  # noqa: F403 - all of them
from config.settings import IMAGE_PROVIDERS

IMAGE_PROVIDERS |= {
    "poison": {"adapter": "tests.faults.deadly.Poison", "options": {}},
    "costly": {"adapter": "tests.faults.deadly.Costly", "options": {}},
}
