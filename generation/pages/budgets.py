"""The page of budgets, plans and free credits: who may spend how much this month, and what is paid besides."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from core.errors import Blocked
from core.web import chooser, seen
from core.web.once import once
from core.web.requests import SignedIn, takes_a_form
from generation.models import Budget, Plan
from generation.spending import budgets as spending_budgets
from generation.spending import plans
from generation.spending.chooser import PersonField
from generation.spending.forms import BudgetForm, LimitForm, LimitRow, PlanForm, micros


@takes_a_form
@permission_required("generation.manage_money", raise_exception=True)
@once()
def budgets(request: SignedIn) -> HttpResponse:
    """This month's budgets, and a new one."""
    form = BudgetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            opened = spending_budgets.open_budget(form.budget(spending_budgets.month_of()), by=request.user)
        except Blocked as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"{opened.scope} has a budget now.")
            return redirect("generation:budgets")
    return _page(request, budget_form=form, status=422 if form.is_bound else 200)


@require_safe
@permission_required("generation.manage_money", raise_exception=True)
def choose_person(request: SignedIn) -> HttpResponse:
    """The people who match what somebody types where one is chosen."""
    return chooser.answer(request, PersonField())


@require_POST
@permission_required("generation.manage_money", raise_exception=True)
def limit(request: SignedIn) -> HttpResponse:
    """Set what a budget may hold, and whether the next month begins with the same."""
    slot = request.POST.get("budget", "")
    with seen.held(request, Budget.objects.filter(month=spending_budgets.month_of())):
        budget = next((each for each in spending_budgets.this_month() if each.slot == slot), None)
        if budget is None:
            raise Http404(slot)
        form = LimitForm.of(budget, request.POST)
        if is_whole := form.is_valid():
            repeats = budget.is_team or form.cleaned_data["repeats"]
            spending_budgets.set_limit(budget, micros(form.cleaned_data["limit"]), by=request.user, repeats=repeats)
    if not is_whole:
        return _page(request, limit_form=form, status=seen.status(form))
    amount = form.cleaned_data["limit"]
    messages.success(request, f"{budget.scope} may spend {amount:.2f} {budget.currency} this month.")
    return redirect("generation:budgets")


@require_POST
@permission_required("generation.manage_money", raise_exception=True)
@once()
def add_plan(request: SignedIn) -> HttpResponse:
    """Note what is paid by the month, or was given."""
    form = PlanForm(request.POST)
    if not form.is_valid():
        return _page(request, plan_form=form, status=422)
    plan = plans.add(form.plan(), by=request.user)
    messages.success(request, f"{plan.name} was added.")
    return redirect("generation:budgets")


@require_POST
@permission_required("generation.manage_money", raise_exception=True)
@once()
def end_plan(request: SignedIn, plan_id: int) -> HttpResponse:
    """Today is its last day."""
    plan = plans.end(get_object_or_404(Plan, pk=plan_id), by=request.user)
    messages.success(request, f"{plan.name} ends today.")
    return redirect("generation:budgets")


def _page(
    request: SignedIn,
    *,
    budget_form: BudgetForm | None = None,
    plan_form: PlanForm | None = None,
    limit_form: LimitForm | None = None,
    status: int = 200,
) -> HttpResponse:
    month = spending_budgets.month_of()
    slot = request.POST.get("budget", "") if limit_form else ""
    context = {
        "month": month,
        "limits": [LimitRow(each, limit_form if each.slot == slot else None) for each in spending_budgets.this_month()],
        "plans": plans.in_month(month),
        "budget_form": budget_form or BudgetForm(),
        "plan_form": plan_form or PlanForm(),
    }
    is_wrong = any(form is not None and form.errors for form in (budget_form, plan_form))
    return render(request, "generation/budgets.html", context, status=422 if is_wrong else status)
