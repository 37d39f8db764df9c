"""Whatever a service answers, an adapter gives a result or one of its own errors: it never stumbles.

Good answers are spoilt in one place each. A crash would be booked as unclear, and a person would have to look.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.providers.base import Finished, Pending
from generation.providers.errors import ProviderError
from tests.generation.providers.contract import HTTPContract, client, contracts, run

CONTRACTS: list[type[HTTPContract]] = [kind for kind in contracts() if issubclass(kind, HTTPContract)]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path to every part of a JSON value, the whole first."""
    yield path
    keys = data if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ()
    for key in keys:
        yield from places(data[key], (*path, key))


def spoilt(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    """A copy of the value with another part at the path."""
    if not path:
        return value
    data = copy.deepcopy(data)
    parent = data
    for key in path[:-1]:
        parent = parent[key]
    parent[path[-1]] = value
    return data


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda kind: f"{kind.adapter.key}-{kind.__name__}")
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_an_answer_spoilt_in_one_place_never_crashes(contract: type[HTTPContract], data: st.DataObject) -> None:
    case = contract()

    def answering(request: httpx.Request) -> httpx.Response:
        good = case.recorded.success(request)
        try:
            body = good.json()
        except (UnicodeDecodeError, ValueError):
            return good
        status = data.draw(st.sampled_from([200, 200, 200, 400, 403, 404, 422, 429, 500]))
        path = data.draw(st.sampled_from(list(places(body))))
        bad = json.dumps(spoilt(body, path, data.draw(JSON)))
        return httpx.Response(status, text=bad, headers={"content-type": "application/json"})

    provider = contract.adapter(case.options, client(answering))
    assert isinstance(run(provider, case.spec), Finished | Pending | ProviderError)
