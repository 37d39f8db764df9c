"""Every address and every caller: who gets in, who is refused and how, and that a refusal or a look changes nothing.

Whoever is refused tries every address. Of several who may, the one named last does, and the others a third of them;
each looks a second time, for the head alone, at a sixth. `make prove` has everybody try everything.
"""

from __future__ import annotations

from typing import Any

import pytest

from generation.pages.brief import JOB_VERBS, MONEY_VERBS, OUTPUT_VERBS
from generation.pages.templates import STATES
from tests.boundaries.table import READERS, ROWS, Row
from tests.boundaries.urls import address, parameters, routes
from tests.boundaries.world import CALLERS, Browser, World, changed, statements, tables, taken_back
from tests.share import share

pytestmark = pytest.mark.django_db


def url(row: Row, world: World) -> str:
    return address(row.route, row.filled(world))


def refused(row: Row, caller: str, among: str) -> int:
    """The status of somebody who is not among those who may."""
    if row.is_public:
        return row.shows if row.shows == 404 else 405
    if row.is_api:
        return 405 if caller in row.see else 401
    if caller in ("anonymous", "bricks"):
        return 302
    return 403 if among else 405


def seen(row: Row, caller: str) -> int:
    """The status of a GET."""
    return row.shows if caller in row.see.split() else refused(row, caller, row.see)


def done(row: Row, caller: str) -> int:
    """The status of a POST."""
    return row.done if caller in row.do.split() else refused(row, caller, row.do)


def tried(caller: str, method: str) -> list[Row]:
    """The rows that a caller tries with `see` or `do`."""
    third = share(ROWS, f"{caller} {method}")

    def is_tried(row: Row) -> bool:
        may = getattr(row, method).split()
        return caller not in may or caller == may[-1] or row in third

    return [row for row in ROWS if is_tried(row)]


def told(wrong: dict[str, Any]) -> str:
    """One line for each thing that is not as the table says."""
    return "\n".join(f"{what}: {how}" for what, how in wrong.items())


def test_every_address_has_a_row() -> None:
    assert {row.route for row in ROWS} == set(routes())


def test_every_verb_of_a_brief_a_picture_or_a_template_has_a_row() -> None:
    verbs = {row.fill["verb"].removeprefix("=") for row in ROWS if "verb" in parameters(row.route)}
    assert verbs == {*JOB_VERBS, *MONEY_VERBS, *OUTPUT_VERBS, *STATES}


MADE_WHEN_FIRST_SHOWN = {
    "assets_rendition": "a smaller copy of a picture",
    **dict.fromkeys(("core_logentry", "core_logsubject", "core_loghead"), "that this copy was made"),
    "generation_templaterevision": "the sketch of a revision",
}
"""Table -> what a first look adds to it. A second look adds nothing."""


@pytest.mark.parametrize("caller", CALLERS)
def test_whoever_looks_gets_what_the_table_says_and_changes_nothing(world: World, caller: str) -> None:
    client, wrong = world.client(caller), dict[str, Any]()
    before = tables()
    for row in tried(caller, "see"):
        with statements() as first:
            looked = client.get(url(row, world)).status_code
        wrote = changed(before, before := tables() if first else before) - {*MADE_WHEN_FIRST_SHOWN, *row.writes}
        if looked != seen(row, caller):
            wrong[str(row)] = (looked, seen(row, caller))
        if row in share(ROWS, caller, of=6):
            with statements() as second:
                asked = client.head(url(row, world)).status_code
            wrote |= changed(before, before := tables() if second else before) - {*row.writes}
            if asked != looked:
                wrong[f"{row} for its head"] = (asked, looked)
        if wrote:
            wrong[f"{row} wrote"] = wrote
    assert not wrong, told(wrong)


@pytest.mark.engine
def test_a_first_look_only_makes_copies(world: World) -> None:
    client = world.client("max")
    before = tables()
    _look_around(client, world)
    assert changed(before, tables()) <= {*MADE_WHEN_FIRST_SHOWN}


@pytest.mark.parametrize("caller", CALLERS)
def test_whoever_acts_gets_what_the_table_says_and_whoever_is_refused_changes_nothing(
    world: World, caller: str
) -> None:
    client, wrong = world.client(caller), dict[str, Any]()
    before = tables()
    for row in tried(caller, "do"):
        with taken_back():
            with statements() as sent:
                answer = client.post(url(row, world), row.sends(world))
            tabs = changed(before, tables()) if sent else set()
        if answer.status_code != done(row, caller):
            wrong[str(row)] = (answer.status_code, done(row, caller))
        if bool(tabs) != (caller in row.do.split() and row.changes):
            wrong[f"{row} wrote"] = tabs
    assert not wrong, told(wrong)


@pytest.mark.engine
@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace"])
def test_no_other_method_is_known_anywhere(world: World, method: str) -> None:
    client = world.client("max")
    before = tables()
    rows = share(ROWS, method)
    answers = {str(row): getattr(client, method)(url(row, world)).status_code for row in rows}
    expected = {str(row): 401 if row.is_api else 404 if row.shows == 404 else 405 for row in rows}
    assert answers == expected
    assert changed(before, tables()) == set()


@pytest.mark.parametrize("row", [row for row in ROWS if "<uuid:" in row.route], ids=str)
def test_the_id_of_something_else_is_not_there(world: World, row: Row) -> None:
    filled = row.filled(world)
    for name in parameters(row.route):
        if f"<uuid:{name}>" in row.route:
            filled[name] = world.places["live" if name == "decision_id" else "decision"].pk
    client = world.client("bricks" if row.is_api else "max")
    ask = client.get if row.see else client.post
    # Whoever is not known learns nothing, not even that it is not there.
    assert ask(address(row.route, filled)).status_code == (row.done if row.is_public else 404)


def _look_around(client: Browser, world: World) -> None:
    for row in share(READERS, "first"):
        client.get(url(row, world))
