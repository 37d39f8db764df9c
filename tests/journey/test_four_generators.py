"""One prompt to four generators: one is fine, one slow, one refuses, one fails. Judged blind, revealed, kept, paid.

Each is a stand-in that answers over real HTTP and counts what it bills.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, expect

from tests.journey import steps
from tests.journey.people import Person
from tests.mold import Mold
from tests.portal import Portal
from tests.standins.a1111 import A1111StandIn
from tests.standins.bfl import BFLStandIn
from tests.standins.compatible import CompatibleStandIn
from tests.standins.openai import TOKENS_WIDE, OpenAIStandIn
from tests.standins.server import StandIn

pytestmark = pytest.mark.browser

PROMPT = "A paper lantern beside an oak front door in autumn"
TEXT_RATE, PICTURE_RATE = 5, 30
"""Micro-dollars a token of gpt-image-2, for words sent and for pictures that come back."""

Standing = dict[str, StandIn]


@pytest.fixture
def stand_ins() -> Iterator[Standing]:
    with ExitStack() as stack:
        made = {
            "fine": stack.enter_context(OpenAIStandIn()),
            "refuse": stack.enter_context(BFLStandIn()),
            "slow": stack.enter_context(A1111StandIn(seconds=4)),
            "expired": stack.enter_context(CompatibleStandIn()),
        }
        for mode, stand_in in made.items():
            stand_in.behavior = mode
        yield made


@pytest.fixture
def portal(mold: Mold, tmp_path_factory: pytest.TempPathFactory, stand_ins: Standing) -> Iterator[Portal]:
    with mold.copy(
        tmp_path_factory.mktemp("four") / "var",
        OPENAI_API_KEY="sk-of-the-stand-in",
        OPENAI_BASE_URL=f"{stand_ins['fine'].url}/v1",
        BFL_API_KEY="bfl-of-the-stand-in",
        BFL_BASE_URL=stand_ins["refuse"].url,
        A1111_URL=stand_ins["slow"].url,
        COMPATIBLE_BASE_URL=f"{stand_ins['expired'].url}/v1",
    ) as portal:
        portal.start()
        yield portal


def test_four_generators_are_judged_blind_and_paid(portal: Portal, browser: Browser, stand_ins: Standing) -> None:
    ada, max_ = (Person(portal, browser, name, album="four generators") for name in ("ada", "max"))
    models = ("GPT Image 2", "FLUX.2 [pro]", "Stable Diffusion XL (AUTOMATIC1111)", "The server's own model")
    steps.writes_freely(ada, PROMPT, *models)
    ada.page.get_by_role("group", name="Pictures per model").get_by_text("1", exact=True).click()
    steps.sends(ada)
    results = ada.page.locator("#results")
    expect(results).to_contain_text("4 jobs", timeout=60_000)
    expect(results.locator(".output img")).to_have_count(2, timeout=60_000)
    ada.shoot("1 what came back")

    ada.follow("Compare")
    page = ada.page.content()
    assert not [name for name in models if name in page], "a blind page names nobody"
    ada.shoot("2 blind")
    ada.page.get_by_role("button", name=re.compile("^Pick [A-D]")).first.click()
    ada.sees("You picked this one")
    ada.sees("GPT Image 2")
    ada.shoot("3 revealed")
    ada.page.get_by_role("button", name=re.compile("^Keep")).first.click()
    ada.sees("In the library, v1")

    assert (stand_ins["fine"].billed, stand_ins["refuse"].billed) == (1, 0)
    max_.go("/spend/")
    max_.shoot("4 spend")
    cost = (len(PROMPT) // 4 + 1) * TEXT_RATE + TOKENS_WIDE["medium"] * PICTURE_RATE
    assert spent_on(portal) == {"openai": cost, "bfl": 0, "a1111": 0}
    max_.sees(f"${cost / 1_000_000:.5f}".rstrip("0"))
    assert (ada.complaints, max_.complaints) == ([], [])


def spent_on(portal: Portal) -> dict[str, int]:
    """What the ledger says was spent at each provider whose price is known, in micro-dollars."""
    rows = portal.python(
        "from django.db.models import Sum\n"
        "from generation.models import LedgerEntry\n"
        "rows = LedgerEntry.objects.values_list('job__model__provider').annotate(Sum('spent_micros')).order_by()\n"
        "print(*[f'{key}={spent}' for key, spent in rows if key != 'compatible'])"
    )
    return {key: int(spent) for key, spent in (row.split("=") for row in rows.split())}
