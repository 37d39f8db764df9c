"""Rules of the house that a machine can read: who writes, how long things are, and what no template holds."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.apps import apps

from tests.portal import ROOT

APPS = ("core", "assets", "generation", "approvals", "config")
MODULES = [
    path
    for app in APPS
    for path in sorted((ROOT / app).rglob("*.py"))
    if "migrations" not in path.parts and "static" not in path.parts
]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
WRITERS = {
    "approvals/api/views.py", "approvals/channels/changing.py", "approvals/channels/loading.py",
    "approvals/events/log.py", "approvals/releases/lifecycle.py", "approvals/releases/notices.py",
    "approvals/releases/transitions.py",

    "approvals/reviews/services.py", "approvals/reviews/settling.py", "approvals/reviews/transitions.py",
    "approvals/sites/access.py", "assets/alt_texts/writing.py", "assets/library/collection.py",
    "assets/library/inheriting.py",
    "assets/library/intake.py", "assets/library/renditions.py", "assets/listings/records.py",
    "assets/provenance/data.py", "assets/rights/consents.py", "assets/rights/license_sets.py",
    "assets/rights/licenses.py", "assets/rights/terms.py", "assets/rights/withdrawals.py",
    "assets/versions/changing.py", "assets/versions/contributors.py", "assets/versions/renewal.py",
    "assets/versions/transitions.py",
    "config/management/commands/seed.py",
    "config/roles.py", "core/audit/changes.py", "core/audit/log.py", "core/audit/outside.py", "core/heartbeat.py",
    "core/outbox/sending.py",
    "core/outbox/services.py", "core/people/profile.py", "core/store_mark.py", "core/web/once.py",
    "generation/admin.py", "generation/catalogue/loading.py",
    "generation/jobs/callbacks.py",
    "generation/jobs/circuit.py", "generation/jobs/dispatch.py", "generation/jobs/execution.py",
    "generation/jobs/ingest.py", "generation/jobs/late.py", "generation/jobs/leases.py", "generation/jobs/previews.py",
    "generation/jobs/reconciliation.py", "generation/jobs/services.py",
    "generation/jobs/settlement.py", "generation/jobs/starting.py", "generation/jobs/throttling.py",
    "generation/jobs/transitions.py", "generation/outputs/keeping.py", "generation/outputs/preferences.py",
    "generation/outputs/transitions.py",
    "generation/prompt_templates/previews.py", "generation/prompt_templates/revisions.py",
    "generation/prompt_templates/transfer.py", "generation/spending/alerts.py", "generation/spending/budgets.py",
    "generation/spending/ledger.py", "generation/spending/plans.py",
}  # fmt: skip
"""The writers, and the neighbors that each of them is made of."""
WRITES = {"save a row", "create", "bulk_create", "bulk_update", "update_or_create", "get_or_create"}
WRITES_ON_ROWS = WRITES | {"update", "delete"}
STATES = {
    "approvals/channels/changing.py": {"ChannelChange.state"},
    "approvals/releases/transitions.py": {"Release.state"},
    "approvals/reviews/transitions.py": {"Review.state"},
    "assets/versions/transitions.py": {"Version.status"},
    "core/outbox/sending.py": {"OutgoingMessage.state"},
    "core/outbox/services.py": {"OutgoingMessage.state"},
    "generation/jobs/transitions.py": {"Job.state"},
    "generation/outputs/transitions.py": {"Output.state"},
}
"""Module → the states that it may write. No other module writes one."""
WRITERS_OF_ANY_FIELD = {
    "assets/rights/licenses.py", "core/audit/changes.py",
    "core/people/rights_log.py", "core/people/row_changes.py",
}  # fmt: skip
"""Modules that write the fields they are told; of a state, whoever tells them is found."""
STATE_NAMES = {"state", "status"}
STATE_VERBS = {"save", "write", "_write", "update", "create", "get_or_create", "update_or_create"}
ROOMS_WITH_VALUES = ("generation/", "approvals/channels/", "approvals/sites/")
"""Where each log entry about a change holds what was there before and after."""
WITHOUT_VALUES = {
    "brief.attachment_downloaded", "brief.judged", "brief.started", "job.unshown_downloaded",
    "output.original_downloaded",
}  # fmt: skip
"""Log actions that change nothing, or are about what cannot change afterwards, or that has a row of its own."""
SAYS_VALUES = {"change", "made", "key_made"}
"""What the house calls the values of an object before and after, and those that it was made with."""
DOORS = {("write", "audit"), ("update_each", "sets"), ("move", "transitions"), ("save", "transitions")}
"""Functions that write the row they are given."""
ASKINGS = {
    "date.today", "datetime.now", "datetime.today", "datetime.utcnow", "timezone.localdate", "timezone.localtime",
    "timezone.now",
}  # fmt: skip
ASKING = {asking.partition(".")[2] for asking in ASKINGS}
LONGEST_MODULE, LONGEST_FUNCTION, LONGEST_TEMPLATE_LINE = 500, 50, 140


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@cache
def calls(path: Path) -> list[tuple[int, str, str]]:
    """Line, method and receiver of every call of a method. A picture is saved to a place, a row is not."""
    return list(_calls(tree_of(path)))


def _calls(tree: ast.Module) -> Iterator[tuple[int, str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            method, receiver = node.func.attr, ast.unparse(node.func.value)
            saves = (method == "save" and not node.args) or (method, receiver) in DOORS
            yield node.lineno, "save a row" if saves else method, receiver
        elif isinstance(node, ast.Call) and (ast.unparse(node.func), "transitions") in DOORS:
            yield node.lineno, "save a row", "transitions"


def is_of_rows(receiver: str) -> bool:
    """Whether a call's receiver is a queryset or a row; pictures and dictionaries are neither."""
    return "objects" in receiver or receiver.split(".")[-1].split("(")[0] in {"filter", "exclude", "all"}


def test_only_the_writers_write() -> None:
    wrote = [
        f"{relative(path)}:{line} {receiver}.{method}"
        for path in MODULES
        if relative(path) not in WRITERS
        for line, method, receiver in calls(path)
        if method == "save a row" or (is_of_rows(receiver) and method in WRITES_ON_ROWS)
    ]
    assert wrote == []


def test_every_writer_writes() -> None:
    idle = [
        name
        for name in WRITERS
        if not (ROOT / name).exists() or not any(method in WRITES_ON_ROWS for _, method, _ in calls(ROOT / name))
    ]
    assert idle == []


@pytest.mark.parametrize("app", ["assets", "approvals", "config"])
def test_no_view_form_or_tag_saves_a_row(app: str) -> None:
    doors = [
        path
        for path in MODULES
        if path.parts[-2] in ("pages", "views", "templatetags") or path.stem in ("forms", "views")
    ]
    assert [
        f"{relative(p)}:{line}"
        for p in doors
        if app in p.parts
        for line, method, _ in calls(p)
        if method == "save a row"
    ] == []


def test_only_the_catalogue_asks_which_provider_it_is() -> None:
    asks = re.compile(r"\bif\b.*\bprovider(?:\.key)?\s*[=!]=\s*[\"']|\bprovider\s+in\s+[\[({]\s*[\"']")
    found = [
        f"{relative(path)}:{number}"
        for path in MODULES
        if "catalogue" not in path.parts
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if asks.search(line)
    ]
    assert found == []


def test_only_the_clock_asks_what_time_it_is() -> None:
    found = [
        f"{relative(path)}:{line} {asked}"
        for path in MODULES
        if relative(path) != "core/clock.py"
        for line, asked in askings(tree_of(path))
    ]
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        "timezone.now()",
        "dt.datetime.now(UTC)",
        "f(key=date.today)",
        "timezone.localtime(at)",
        "from django.utils.timezone import now",
    ],
)
def test_whoever_else_asks_is_found(code: str) -> None:
    assert list(askings(ast.parse(code)))


def askings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Where a module asks for date or time by itself. What a field holds by default is the field's own business."""
    defaults = {node.value for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "default"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.timezone":
            yield node.lineno, "import"
        if isinstance(node, ast.Attribute) and node.attr in ASKING and node not in defaults:
            asked = ".".join(ast.unparse(node).split(".")[-2:])
            if asked in ASKINGS:
                yield node.lineno, asked


def test_whoever_silences_a_check_says_why() -> None:
    silent = re.compile(r"# type: ignore(?!\[[a-z-]+\] +# \w)|# noqa(?!: [A-Z0-9, ]+ - \w)")
    python = [*MODULES, *(ROOT / "tests").rglob("*.py")]
    found = [
        f"{relative(path)}:{number}"
        for path in python
        if path != Path(__file__)
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if silent.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_no_template_holds_script_or_style(path: Path) -> None:
    whole = path.read_text()
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}", "", whole, flags=re.DOTALL)  # a component may have an argument called style
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    assert not re.search(r"hx-on|javascript:", text)
    assert not re.search(r"<style\b", text)
    assert not re.search(r"<script\b(?![^>]*\ssrc=)", text)
    assert not re.search(r"\|\s*safe\b|autoescape\s+off|\|\s*safeseq", whole)


def test_no_module_is_too_long() -> None:
    long = {
        relative(path): length for path in MODULES if (length := len(path.read_text().splitlines())) > LONGEST_MODULE
    }
    assert long == {}


def test_no_function_is_too_long() -> None:
    long = [
        f"{relative(path)}:{node.name}"
        for path in MODULES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno
        and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == []


def test_no_line_of_a_template_is_too_long() -> None:
    mails = (ROOT / "templates").rglob("*.txt")
    long = [
        f"{relative(path)}:{number}: {len(line)}"
        for path in [*TEMPLATES, *mails]
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > LONGEST_TEMPLATE_LINE
    ]
    assert long == []


def test_no_blank_follows_words_that_are_only_heard() -> None:
    # In a flex line such a blank is an item of its own, and the gap beside it makes a button or a chip wider.
    blank = re.compile(r'<span class="hidden-text">[^\n]*</span>\s+</(?:a|button|span)>')
    assert [relative(path) for path in TEMPLATES if blank.search(path.read_text())] == []


@cache
def icons() -> set[str]:
    """Every icon that a template or a module names."""
    named: set[str] = set()
    for path in TEMPLATES:
        text = path.read_text()
        named |= {*re.findall(r"\{%\s*icon \"([\w-]+)\"", text), *re.findall(r"\bicon=\"([\w-]+)\"", text)}
    for path in MODULES:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.keyword) and node.arg == "icon" and isinstance(node.value, ast.Constant):
                named.add(str(node.value.value))
    return named - {""}


def test_every_icon_is_there() -> None:
    with ZipFile(str(files("lucide") / "lucide.zip")) as drawn:
        assert icons() - {name.removesuffix(".svg") for name in drawn.namelist()} == set()
    assert len(icons()) > 20


def test_whoever_acts_is_named_at_the_call() -> None:
    found = [
        f"{relative(path)}:{node.lineno} {node.name}"
        for path in MODULES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        if "by" in [argument.arg for argument in node.args.args[1:]]
    ]
    assert found == []


def test_only_its_door_writes_a_state() -> None:
    found = [
        f"{relative(path)}:{line} {name}"
        for path in MODULES
        for line, name in state_writes(tree_of(path))
        if not may_write(relative(path), name)
    ]
    assert found == []


def test_every_state_has_its_door() -> None:
    fields = {
        f"{model.__name__}.{field.name}"
        for app in ("core", "assets", "generation", "approvals")
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.fields
        if field.name in STATE_NAMES and field.choices
    }
    assert set().union(*STATES.values()) == fields


def test_every_door_writes_its_state() -> None:
    written = {name: {each for _, each in state_writes(ast.parse((ROOT / name).read_text()))} for name in STATES}
    assert written == {name: {state.split(".")[1] for state in states} for name, states in STATES.items()}


@pytest.mark.parametrize(
    "code",
    [
        "job.state = JobState.DONE",
        "job.state, job.error_kind = JobState.DONE, ''",
        "held.job.state: str = 'done'",
        "job.save(update_fields=['state', 'lease'])",
        "job.save(update_fields=[*FIELDS, 'state'])",
        "save(job, state=JobState.DONE)",
        "transitions.save(job, lease=None, state=JobState.DONE)",
        "transitions.save(job, **{'state': JobState.DONE})",
        "audit.write(version, status=Status.DRAFT)",
        "Job.objects.filter(state='new').update(state='done')",
        "Job.objects.bulk_update(jobs, ['lease', 'state'])",
        "Job.objects.bulk_update(jobs, fields=['state'])",
        "Output.objects.create(job=job, state=OutputState.KEPT)",
        "Output.objects.get_or_create(job=job, defaults={'state': OutputState.KEPT})",
        "Output(job=job, state=OutputState.KEPT)",
        "models.Job(state=JobState.DONE)",
        "setattr(job, 'state', JobState.DONE)",
        "setattr(job, name, value)",
    ],
)
def test_whoever_else_writes_a_state_is_found(code: str) -> None:
    (name,) = {name for _, name in state_writes(ast.parse(code))}
    assert not may_write("generation/jobs/services.py", name)


@pytest.mark.parametrize(
    "code",
    [
        "Job.objects.filter(state=JobState.DONE)",
        "if job.state == JobState.DONE: pass",
        "job.save(update_fields=['lease'])",
        "render(request, page, status=422)",
        "HttpResponse(status=204)",
        "state = JobState.DONE",
        "move(job, JobState.DONE, lease=None)",
    ],
)
def test_whoever_only_reads_a_state_is_not_taken_for_a_writer(code: str) -> None:
    assert list(state_writes(ast.parse(code))) == []


def may_write(module: str, name: str) -> bool:
    states = STATES.get(module, set())
    return name in {state.split(".")[1] for state in states} or (name == "any" and module in WRITERS_OF_ANY_FIELD)


def state_writes(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Where code writes a state: the line, and `state`, `status`, or `any` for a field that is named elsewhere."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and node.attr in STATE_NAMES:
            yield node.lineno, node.attr
        elif isinstance(node, ast.Call):
            yield from ((node.lineno, name) for name in states_in(node))


def states_in(call: ast.Call) -> Iterator[str]:
    """The states that a call writes: by a keyword, by a name among the fields, or by `setattr`."""
    verb = ast.unparse(call.func).split(".")[-1]
    if verb == "setattr":
        yield from strings(call.args[1]) & STATE_NAMES if isinstance(call.args[1], ast.Constant) else {"any"}
    elif verb == "bulk_update":
        named = [*call.args, *(keyword.value for keyword in call.keywords)]
        yield from set().union(*map(strings, named)) & STATE_NAMES
    elif verb in STATE_VERBS | STATED_MODELS:
        yield from {keyword.arg for keyword in call.keywords if keyword.arg} & STATE_NAMES
        spread = [keyword.value for keyword in call.keywords if keyword.arg in (None, "defaults", "update_fields")]
        yield from set().union(*map(strings, spread)) & STATE_NAMES


def strings(node: ast.AST) -> set[str]:
    return {each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)}


def test_whoever_records_a_change_says_what_it_was() -> None:
    rooms = [path for path in MODULES if relative(path).startswith(ROOMS_WITH_VALUES)]
    found = [f"{relative(path)}:{line}" for path in rooms for line in records_without_values(tree_of(path))]
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        "audit.record(by, 'budget.set', budget, words)",
        "audit.record(by, 'budget.opened', budget, words)",
        "audit.record(by, 'brief.started' if new else 'brief.sent', brief, words)",
        "audit.record(None, f'job.{state}', job, words)",
        "audit.record(by, action, [job, *outputs], words)",
    ],
)
def test_whoever_records_none_is_found(code: str) -> None:
    assert list(records_without_values(ast.parse(code)))


def records_without_values(tree: ast.AST) -> Iterator[int]:
    """Where the log is told of a change without its values, which the house knows by their names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record":
            _, action, about, *_ = node.args
            has_none = not isinstance(action, ast.JoinedStr) and strings(action) and strings(action) <= WITHOUT_VALUES
            if not has_none and not SAYS_VALUES & set(names(about)):
                yield node.lineno


def names(node: ast.AST) -> Iterator[str]:
    """Names and attributes in a piece of code."""
    for each in ast.walk(node):
        if isinstance(each, ast.Name | ast.Attribute):
            yield each.id if isinstance(each, ast.Name) else each.attr


STATED_MODELS = {
    state.split(".")[0]
    for states in STATES.values()
    for state in states
}  # fmt: skip
