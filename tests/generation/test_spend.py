"""The places about money, as the cast sees them: what was spent, budgets, plans, and the ledger as a file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.models import Version
from core.models import User
from generation.jobs import execution, services
from generation.models import Budget, Job, JobState, LedgerEntry, Plan
from generation.outputs import keeping
from generation.pages.spend import _cell
from generation.providers import errors
from generation.providers.base import Finished, Pending, Refusal
from generation.spending import budgets, reports
from tests.assets import factories as library
from tests.browsing import browser_of
from tests.generation import factories
from tests.generation.factories import DIME, sent
from tests.generation.scripted import Scripted, picture, png

pytestmark = pytest.mark.django_db

PLACES = ("spend", "budgets", "ledger")


def page(person: User, name: str = "spend", query: str = "") -> str:
    answer = browser_of(person).get(reverse(f"generation:{name}") + query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def approved(job: Job, rita: User) -> None:
    version = keeping.keep(job.outputs.get(), by=job.brief.asked_by)
    library.approve(library.make_ready(version, job.brief.asked_by), rita)


def breakdown(key: str) -> dict[str, reports.BreakdownRow]:
    (found,) = [each for each in reports.month(budgets.month_of()).breakdowns if each.key == key]
    return {row.name: row for row in found.rows}


@pytest.mark.parametrize("asked", ["9999-12", "0001-01", "1-1", "2026-13", "２０２６-11"])
def test_a_month_that_no_calendar_goes_on_from_is_this_one(max_: User, asked: str) -> None:
    assert f"{budgets.month_of():%B %Y}" in page(max_, "spend", f"?month={asked}")


# Who


@pytest.mark.parametrize("name", PLACES)
def test_staff_who_write_prompts_see_no_money(ada: User, name: str) -> None:
    assert browser_of(ada).get(reverse(f"generation:{name}")).status_code == 403


@pytest.mark.parametrize("name", ["limit", "add_plan", "end_plan", "budgets"])
def test_staff_who_write_prompts_change_no_money(ada: User, name: str) -> None:
    (budget,) = budgets.budgets_for(ada, None, "USD")
    args, sends = (1,) if name == "end_plan" else (), {"budget": budget.slot, "limit": "1", "kind": "person"}
    answer = browser_of(ada).post(reverse(f"generation:{name}", args=args), sends)
    budget.refresh_from_db()
    assert (answer.status_code, budget.limit_micros, Plan.objects.count()) == (403, 50_000_000, 0)


# What it adds up to


def test_an_empty_month_says_so_and_invents_no_figure(max_: User) -> None:
    shown = page(max_)
    assert "Nothing was sent in this month." in shown
    assert "No jobs in this month." in shown
    assert "NaN" not in shown
    assert reports.month(budgets.month_of()).total.per_approved is None


def test_a_month_in_which_nothing_cost_anything_says_so_instead_of_drawing_it(ada: User, max_: User) -> None:
    free = factories.ModelFactory.create(model_id="free", facts=factories.priced("0"))
    execution.send(factories.started(ada, free).jobs.get().pk)
    shown = page(max_)
    assert "Nothing sent in this month had a cost." in shown
    assert "By day" not in shown
    sent(ada)
    assert "By day" in page(max_)


@pytest.mark.parametrize("name", ["generation:spend", "generation:budgets", "generation:free", "overview"])
def test_a_look_at_a_new_month_writes_nothing_and_shows_what_it_begins_with(max_: User, name: str) -> None:
    before = budgets.month_of(budgets.month_of() - timedelta(days=1))
    Budget.objects.create(month=before, limit_micros=700 * DIME)
    factories.ModelFactory.create()
    browser = browser_of(max_)
    with CaptureQueriesContext(connection) as asked:
        answer = browser.get(reverse(name))
    writes = [query["sql"] for query in asked if re.match(r"INSERT|UPDATE|DELETE", query["sql"])]
    assert writes == []
    assert "$70.00" in answer.content.decode()
    assert list(Budget.objects.values_list("month", flat=True)) == [before]


def test_the_figures_are_the_ledgers_own(ada: User, rita: User, max_: User) -> None:
    listing = library.ListingFactory.create()
    budget = {"month": budgets.month_of(), "limit_micros": 90 * DIME}
    Budget.objects.create(listing=listing, **budget)
    Budget.objects.create(person=ada, **budget)
    for answer in (None, errors.Refused("No."), errors.Unclear("Lost."), errors.Refused("No.", charged="yes")):
        sent(ada, *([answer] if answer else []), listing=listing)
    services.write_off(Job.objects.get(state=JobState.UNCLEAR), by=max_)
    month = reports.month(budgets.month_of())
    ledger = LedgerEntry.objects.filter(reports.TEAM).aggregate(spent=Sum("spent_micros"))["spent"]
    assert ledger == month.total.spent == 2 * DIME
    assert {sum(row.spent for row in each.rows) for each in month.breakdowns} == {ledger}
    assert sum(number for _, number, _ in month.days) == pytest.approx(ledger / 1_000_000)
    assert month.months[-1][1] == pytest.approx(ledger / 1_000_000)


def test_what_was_approved_is_told_from_what_was_kept(ada: User, rita: User) -> None:
    approved(sent(ada), rita)
    keeping.keep(sent(ada).outputs.get(), by=ada)
    sent(ada)
    total = reports.month(budgets.month_of()).total
    assert (total.pictures, total.kept, total.approved) == (3, 2, 1)
    assert (str(total.per_kept), str(total.per_approved)) == ("0.15", "0.3")
    assert total.acceptance == pytest.approx(2 / 3)


def test_a_picture_that_is_withdrawn_stands_approved_no_longer(ada: User, rita: User) -> None:
    approved(sent(ada), rita)
    Version.objects.update(status="withdrawn")
    assert reports.month(budgets.month_of()).total.approved == 0


def test_refusals_count_among_the_jobs_that_ended(ada: User) -> None:
    sent(ada)
    sent(ada, errors.Refused("No."))
    sent(ada, Pending(handle="h", ask_again_in=1))
    services.cancel(factories.queued(ada), by=ada)
    total = reports.month(budgets.month_of()).total
    assert (total.jobs, total.refused, total.refusal) == (4, 1, 0.5)


@pytest.mark.parametrize("split", [1, 2])
def test_an_answer_that_came_in_part_is_counted(ada: User, split: int) -> None:
    """One request that brought one of two pictures, or two requests of which one was refused."""
    model = factories.ModelFactory.create(facts=factories.priced("0.10", max_n=2 // split))
    brief = factories.started(ada, model, count=2)
    if split == 1:
        Scripted.will(Finished(pictures=(picture(),), refusals=(Refusal("Too much sky."),)))
    else:
        Scripted.will(Finished(pictures=(picture(),)), errors.Refused("No."))
    for job in brief.jobs.all():
        execution.send(job.pk)
    assert reports.month(budgets.month_of()).partial == 1


def test_each_way_to_look_names_what_it_is_about(ada: User, max_: User) -> None:
    template = factories.template()
    sent(ada, revision=template.published, campaign="Spring")
    sent(ada)
    names = {key: set(breakdown(key)) for key, _, _ in reports.BREAKDOWNS}
    assert names == {
        "provider": {"Scripted"},
        "model": {"Scripted-1"},
        "person": {"Ada"},
        "listing": {"No listing"},
        "template": {"House", "Custom prompt"},
        "campaign": {"Spring", "No campaign"},
    }
    assert '<th scope="row">Ada</th>' in page(max_, query="?by=person")
    assert '<th scope="row">House</th>' in page(max_, query="?by=template")


def test_how_long_it_took_is_told_for_half_and_for_nine_in_ten(ada: User) -> None:
    for seconds in (10, 20, 30, 40, 50, 60, 70, 80, 90, 100):
        job = sent(ada)
        Job.objects.filter(pk=job.pk).update(started_at=job.finished_at - timedelta(seconds=seconds))  # type: ignore[operator] # it ended
    row = breakdown("model")["Scripted-1"]
    assert (row.wait, row.long_wait) == (55, 90)


def test_in_a_month_of_many_jobs_the_newest_say_how_long_it_takes(
    ada: User, max_: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for age, seconds in ((3, 500), (2, 20), (1, 10)):
        job = sent(ada)
        assert job.finished_at
        ended = job.finished_at - timedelta(seconds=age)
        Job.objects.filter(pk=job.pk).update(started_at=ended - timedelta(seconds=seconds), finished_at=ended)
    assert "times of the newest" not in page(max_)
    monkeypatch.setattr(reports, "TIMED", 2)
    assert breakdown("model")["Scripted-1"].long_wait == 20
    assert "times of the newest 2 jobs" in page(max_)


def test_peoples_own_time_is_no_providers_latency(ada: User) -> None:
    job = factories.by_hand(ada)
    execution.send(job.pk)
    services.hand_in(job, [png("x")], by=ada)
    assert breakdown("provider")["By hand"].wait is None


def test_a_month_shows_what_was_spent_in_it_and_those_before(ada: User, max_: User) -> None:
    with time_machine.travel(datetime(2026, 9, 30, 23, tzinfo=UTC)):
        sent(ada)
    with time_machine.travel(datetime(2026, 11, 2, tzinfo=UTC)):
        sent(ada)
        sent(ada)
        month = reports.month(date(2026, 11, 1))
        assert "September 2026" in page(max_, query="?month=2026-09")
    assert [text for _, _, text in month.months] == ["$0.10", "$0.00", "$0.20"]
    assert (len(month.days), month.days[1]) == (30, ("Nov 2", 0.2, "$0.20"))


@pytest.mark.parametrize("query", ["?month=0000-99", "?month=x", "?by=nothing", "?currency=XXX", "?page=9999"])
def test_an_address_that_cannot_be_read_shows_this_month(max_: User, query: str) -> None:
    assert f"{budgets.month_of():%B %Y}" in page(max_, query=query)


def test_the_page_asks_as_much_for_many_jobs_as_for_few(ada: User, rita: User, max_: User) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            page(max_)
        return len(asked)

    def work() -> None:
        approved(sent(ada), rita)
        for answer in (errors.Refused("No."), errors.Unclear("Lost."), errors.Rejected("Wrong.")):
            sent(ada, answer, listing=library.ListingFactory.create())

    work()
    few = queries()
    for number in range(3):
        factories.ModelFactory.create(model_id=f"other-{number}")
        work()
    assert queries() == few


# Unclear jobs


def test_an_unclear_job_is_counted_listed_and_settled_from_here(ada: User, max_: User) -> None:
    job = sent(ada, errors.Unclear("No answer."))
    assert reports.month(budgets.month_of()).total.spent == DIME
    assert reverse("generation:settle", args=(job.pk, "write-off")) in page(max_)
    here = reverse("generation:spend")
    answer = browser_of(max_).post(reverse("generation:settle", args=(job.pk, "write-off")), {"back": here})
    assert (answer.status_code, answer["Location"]) == (302, here)
    assert reports.month(budgets.month_of()).total.spent == 0
    assert "Charges to settle" not in page(max_)


# Budgets


def test_max_opens_a_budget_for_a_campaign(max_: User) -> None:
    data = {"kind": "campaign", "campaign": "Spring", "limit": "12.50", "repeats": "on"}
    assert browser_of(max_).post(reverse("generation:budgets"), data).status_code == 302
    budget = Budget.objects.get(campaign="Spring")
    assert (budget.limit_micros, budget.repeats) == (12_500_000, True)
    assert "Spring" in page(max_, "budgets")


@pytest.mark.parametrize("typed", ["ada", "Ada · ada", "ADA", "Lena", "Two · lena", "ada2"])
def test_a_budget_is_for_the_person_whose_name_was_typed(ada: User, max_: User, typed: str) -> None:
    """And for nobody where two people have that name, the name is another's, or that person has left."""
    others = (("lena", "Lena Lamarr", True), ("lena2", "Lena Horne", True), ("ada2", "Ada", False))
    for username, name, is_active in others:
        User.objects.create_user(username, display_name=name, is_active=is_active)
    data = {"kind": "person", "person": typed, "limit": "5"}
    answer = browser_of(max_).post(reverse("generation:budgets"), data)
    opened = Budget.objects.filter(person__isnull=False).values_list("person", flat=True)
    expected = (302, [ada.pk]) if typed.lower() in {"ada", "ada · ada"} else (422, [])
    assert (answer.status_code, list(opened)) == expected


def test_the_page_of_budgets_holds_no_list_of_people(ada: User, max_: User) -> None:
    assert '<select name="person"' not in page(max_, "budgets")
    found = browser_of(max_).get(reverse("generation:choose_person"), {"q": "ad"}).content.decode()
    assert 'data-text="Ada · ada"' in found


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"kind": "person", "person": "", "limit": "5"}, "This field is required"),
        ({"kind": "campaign", "campaign": "Spring", "limit": "lots"}, "Write an amount such as 75"),
        ({"kind": "campaign", "campaign": "Spring", "limit": "0"}, "greater than or equal to 0.01"),
        ({"kind": "campaign", "campaign": "Taken", "limit": "5"}, "has a budget for this month"),
    ],
)
def test_a_budget_that_cannot_be_opened_says_why_and_loses_nothing(
    max_: User, data: dict[str, str], words: str
) -> None:
    Budget.objects.create(month=budgets.month_of(), campaign="Taken", limit_micros=1)
    answer = browser_of(max_).post(reverse("generation:budgets"), data)
    assert (answer.status_code, Budget.objects.exclude(campaign="").count()) == (422, 1)
    assert words in answer.content.decode()
    assert data.get("campaign", "") in answer.content.decode()


def test_max_sets_a_limit_that_does_not_repeat(ada: User, max_: User) -> None:
    budget = Budget.objects.create(month=budgets.month_of(), person=ada, limit_micros=1)
    browser_of(max_).post(reverse("generation:limit"), {"budget": budget.slot, "limit": "12.50"})
    budget.refresh_from_db()
    assert (budget.limit_micros, budget.repeats) == (12_500_000, False)


def test_the_teams_limit_always_repeats(ada: User, max_: User) -> None:
    (team,) = budgets.budgets_for(ada, None, "USD")
    browser_of(max_).post(reverse("generation:limit"), {"budget": team.slot, "limit": "12.50"})
    team.refresh_from_db()
    assert (team.limit_micros, team.repeats) == (12_500_000, True)


def test_a_limit_is_set_before_anything_opened_the_month(max_: User) -> None:
    (team,) = budgets.this_month()
    browser_of(max_).post(reverse("generation:limit"), {"budget": team.slot, "limit": "12.50"})
    assert Budget.objects.get().limit_micros == 12_500_000


@pytest.mark.parametrize("limit", ["lots", "", "-1", "1e9", "NaN", "=1+1"])
def test_a_limit_that_is_no_amount_is_said_at_its_field_and_changes_nothing(ada: User, max_: User, limit: str) -> None:
    (team,) = budgets.budgets_for(ada, None, "USD")
    answer = browser_of(max_).post(reverse("generation:limit"), {"budget": team.slot, "limit": limit})
    team.refresh_from_db()
    assert (answer.status_code, team.limit_micros) == (422, 50_000_000)
    shown = answer.content.decode()
    assert re.search(rf'name="limit"[^>]* value="{re.escape(limit)}" aria-invalid="true"', shown)
    assert 'id="limit-1_error"' in shown


def test_a_limit_of_a_month_that_is_over_stays(ada: User, max_: User) -> None:
    budget = Budget.objects.create(month=date(2020, 1, 1), limit_micros=7)
    answer = browser_of(max_).post(reverse("generation:limit"), {"budget": budget.slot, "limit": "5"})
    budget.refresh_from_db()
    assert (answer.status_code, budget.limit_micros) == (404, 7)


def test_max_notes_a_plan_and_ends_it(max_: User) -> None:
    data = {
        "provider": "by-hand",
        "kind": "monthly",
        "name": "Standard plan",
        "amount": "30",
        "starts_on": f"{budgets.month_of():%Y-%m-%d}",
    }
    browser_of(max_).post(reverse("generation:add_plan"), data)
    plan = Plan.objects.get()
    assert "Standard plan" in page(max_)
    browser_of(max_).post(reverse("generation:end_plan", args=(plan.pk,)))
    plan.refresh_from_db()
    assert (plan.amount_micros, plan.ends_on is not None) == (30_000_000, True)


def test_a_plan_that_ends_before_it_begins_is_not_noted(max_: User) -> None:
    data = {"provider": "by-hand", "kind": "credit", "name": "Trial", "amount": "5"}
    data |= {"starts_on": "2026-11-20", "ends_on": "2026-11-01"}
    answer = browser_of(max_).post(reverse("generation:add_plan"), data)
    assert (answer.status_code, Plan.objects.count()) == (422, 0)
    assert "cannot end before it begins" in answer.content.decode()


# The ledger as a file


def rows_of(text: str) -> Iterable[list[str]]:
    return csv.reader(io.StringIO(text))


def test_the_ledger_as_csv_runs_nothing_in_a_spreadsheet(ada: User, max_: User) -> None:
    sent(ada, title="=HYPERLINK(1)")
    text = browser_of(max_).get(reverse("generation:ledger")).content.decode()
    assert ",'=HYPERLINK(1)," in text
    assert ",-0.100000,0.100000,USD," in text


def test_the_ledger_as_csv_adds_up_to_the_page(ada: User, max_: User) -> None:
    sent(ada)
    sent(ada, errors.Refused("No."))
    head, *rows = rows_of(browser_of(max_).get(reverse("generation:ledger")).content.decode())
    amounts = [float(row[head.index("spent")]) for row in rows]
    assert sum(amounts) == pytest.approx(reports.month(budgets.month_of()).total.spent / 1_000_000)


@given(st.text(max_size=12) | st.sampled_from(["=1+1", "+1", "-1+2", "@x", "\t=1", "＝1", " =1"]))
@settings(max_examples=200)
def test_no_cell_begins_a_formula(text: str) -> None:
    cell = _cell(text)
    assert cell in (text, f"'{text}")
    assert not cell.lstrip(" '").startswith(("=", "@", "＝")) or cell.startswith("'")


@pytest.mark.parametrize("number", ["0.100000", "-0.100000", "12"])
def test_a_number_stays_a_number(number: str) -> None:
    assert _cell(number) == number


# Campaigns


def test_a_brief_says_which_campaign_it_is_for(ada: User, max_: User) -> None:
    Budget.objects.create(month=budgets.month_of(), campaign="Spring", limit_micros=3 * DIME)
    model = factories.ModelFactory.create()
    url = reverse("generation:free")
    browser = browser_of(ada)
    assert '<option value="Spring">' in browser.get(url).content.decode()
    typed = {"prompt": "A house.", "ratio": "3:2", "count": "1", "quality": "standard", "campaign": "Spring"}
    answer = browser.post(url, {**typed, "models": [str(model.pk)], "send": "1"})
    assert answer.status_code == 302
    assert Budget.objects.get(campaign="Spring").reserved_micros == DIME
    assert "Spring" in browser.get(answer["Location"]).content.decode()


def test_a_campaigns_empty_budget_is_said_while_typing(ada: User) -> None:
    Budget.objects.create(month=budgets.month_of(), campaign="Spring", limit_micros=0)
    model = factories.ModelFactory.create()
    typed = {"prompt": "A house.", "ratio": "3:2", "count": "1", "quality": "standard", "campaign": "Spring"}
    data = {**typed, "models": [str(model.pk)], "send": "1"}
    answer = browser_of(ada).post(reverse("generation:free"), data)
    assert (answer.status_code, Job.objects.count()) == (422, 0)
    assert "Spring has USD 0.00 left" in answer.content.decode()
