"""Template tags of the component system: `{% load ui %}`; what each one takes is in templates/components/README.md."""

from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from django import template
from django.forms import BoundField
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide

from core import clock, heartbeat, money
from core.ui import charts, formats, states

register = template.Library()

register.filter("money", money.written)
register.filter("bytesize", formats.bytesize)
register.filter("percent", formats.percent)
register.filter("written", clock.written)
register.filter("tone", formats.tone_of)
register.filter("deed_icon", states.icon_of)
register.filter("is_web_address", formats.is_web_address)
register.filter("code_spans", formats.code_spans)


# Leaves


@register.simple_tag
@cache  # a page has dozens, and each is taken out of an archive and parsed
def icon(name: str, size: int = 18) -> SafeString:
    """A lucide icon that says nothing to a screen reader: the word stands beside it."""
    return mark_safe(lucide(name, size=size, **{"aria-hidden": "true", "class": "icon"}))  # noqa: S308 - lucide's own file


@register.simple_tag
@cache
def modules() -> list[str]:
    """The portal's own script modules, as names for `static`: a page asks for all at once and not one after another."""
    scripts = {f"js/{each.name}" for each in (Path(__file__).parent / "static" / "js").glob("*.js")}
    return sorted(scripts - {"js/theme-now.js"})  # which is none: it runs before the page is drawn


@register.simple_tag
def status(state: str, word: str = "") -> SafeString:
    """The badge of a state, in its own word or in the one given."""
    known = states.status_of(state)
    return render_to_string(
        "components/badge.html", {"word": word or known.word, "icon": known.icon, "tone": known.tone}
    )


@register.simple_tag
def send_token() -> SafeString:
    """In a form that makes something or spends: with it, the form does so once, however often it is sent."""
    return format_html('<input type="hidden" name="send_token" value="{}">', uuid4().hex)


@register.inclusion_tag("components/seen.html")
def seen(form: Any) -> dict[str, Any]:
    """In a form over a row that others change too: what was seen, and what differs once somebody was faster."""
    return {"form": form}


@register.simple_tag(name="money")
def money_tag(micros: int | None, currency: str = "USD") -> SafeString:
    """An amount in tabular figures."""
    return format_html('<span class="money">{}</span>', money.written(micros, currency))


@register.simple_tag
def when(moment: datetime | date | None, hint: bool = True) -> SafeString:
    """A moment as an absolute time in the reader's zone, with how long ago or until then beside it."""
    if moment is None:
        return mark_safe('<span class="when">no date</span>')
    if not isinstance(moment, datetime):
        return format_html('<time class="when" datetime="{}">{}</time>', moment.isoformat(), clock.written(moment))
    context = {"moment": moment, "words": clock.written(moment), "relative": formats.relative(moment) if hint else ""}
    return SafeString(render_to_string("components/when.html", context).strip())


@register.inclusion_tag("components/field.html")
def field(field: BoundField, counter: int = 0, style: str = "", label: str = "") -> dict[str, Any]:
    """One form field; `counter` shows a length meter up to that many characters, `style` "segmented" joins radios."""
    return {"field": field, "label": label or field.label, "counter": counter, "style": style}


@register.inclusion_tag("components/worker_notice.html")
def worker_notice(waits: str) -> dict[str, Any]:
    """On a page where something waits for the worker: that it does not answer, when it does not, and what `waits`."""
    return {"pulse": heartbeat.pulse(), "waits": waits}


@register.inclusion_tag("components/chart.html")
def bar_chart(rows: charts.Rows, caption: str, unit: str = "Value") -> dict[str, Any]:
    """Bars from `(label, number, text)` rows, with the table behind them one click away."""
    return {"chart": charts.bars(rows), "rows": rows, "caption": caption, "unit": unit}


@register.inclusion_tag("components/chart.html")
def line_chart(rows: charts.Rows, caption: str, unit: str = "Value") -> dict[str, Any]:
    """A line through `(label, number, text)` rows, with the table behind it one click away."""
    return {"chart": charts.line(rows), "rows": rows, "caption": caption, "unit": unit}


# Wrappers with a body


def _wrap(component: str, **context: Any) -> SafeString:
    return render_to_string(f"components/{component}.html", context)


@register.simple_block_tag
def card(content: str, title: str = "", level: int = 2) -> SafeString:
    return _wrap("card", body=content, title=title, level=level)


@register.simple_block_tag
def panel(content: str, title: str, id: str = "", count: int | None = None, hint: str = "") -> SafeString:
    return _wrap("panel", body=content, title=title, id=id, count=count, hint=hint)


@register.simple_block_tag
def fieldset(content: str, legend: str, help: str = "") -> SafeString:
    return _wrap("fieldset", body=content, legend=legend, help=help)


@register.simple_block_tag
def notice(content: str, tone: str = "informs", title: str = "") -> SafeString:
    return _wrap("notice", body=content, tone=tone, title=title)


@register.simple_block_tag
def dialog(content: str, id: str, title: str) -> SafeString:
    return _wrap("dialog", body=content, id=id, title=title)


@register.simple_block_tag
def table(content: str, caption: str, hide_caption: bool = False, wide: bool = False) -> SafeString:
    return _wrap("table", body=content, caption=caption, hide_caption=hide_caption, wide=wide)


@register.simple_block_tag
def toolbar(content: str, label: str, sticky: bool = False) -> SafeString:
    return _wrap("toolbar", body=content, label=label, sticky=sticky)


@register.simple_block_tag
def filters(content: str, label: str = "Filter", target: str = "") -> SafeString:
    return _wrap("filters", body=content, label=label, target=target)
