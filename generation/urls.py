"""Addresses of the generation app."""

from django.urls import path

from generation.pages import brief, budgets, callbacks, compare, editing, files, history, make, spend, templates

app_name = "generation"
urlpatterns = [
    path("make/", make.make, name="make"),
    path("make/free/", make.compose, name="free"),
    path("make/history/", history.history, name="history"),
    path("make/rules/", history.rule_book, name="rules"),
    path("make/templates/", templates.templates, name="templates"),
    path("make/templates/new/", editing.new, name="new_template"),
    path("make/templates/file/", editing.bring, name="bring_templates"),
    path("make/templates/file/templates.json", templates.export, name="export_templates"),
    path("make/templates/<slug:slug>/", templates.template, name="template"),
    path("make/templates/<slug:slug>/about/", editing.about, name="about_template"),
    path("make/templates/<slug:slug>/edit/", editing.edit, name="edit_template"),
    path("make/templates/<slug:slug>/changes/", templates.diff, name="diff"),
    path("make/templates/<slug:slug>/file/", templates.export, name="export_template"),
    path("make/templates/<slug:slug>/publish/<int:number>/", templates.publish, name="publish"),
    path("make/templates/<slug:slug>/<slug:verb>/", templates.move, name="move_template"),
    path("make/specimens/<int:revision_id>/", files.specimen, name="specimen"),
    path("make/<slug:kind>/<slug:of>/<uuid:picture_id>/", make.refine, name="refine"),
    path("make/<slug:slug>/", make.compose, name="compose"),
    path("briefs/<uuid:brief_id>/", brief.brief, name="brief"),
    path("briefs/<uuid:brief_id>/compare/", compare.compare, name="compare"),
    path("briefs/<uuid:brief_id>/judge/", compare.judge, name="judge"),
    path("briefs/<uuid:brief_id>/family/", compare.family, name="family"),
    path("briefs/jobs/<uuid:job_id>/pictures/", brief.hand_in, name="hand_in"),
    path("briefs/jobs/<uuid:job_id>/cost/", brief.correct_cost, name="correct_cost"),
    path("briefs/jobs/<uuid:job_id>/settle/<slug:verb>/", brief.settle, name="settle"),
    path("briefs/jobs/<uuid:job_id>/<slug:verb>/", brief.job, name="job"),
    path("briefs/references/<int:reference_id>/", files.reference_file, name="reference_file"),
    path("callbacks/<slug:key>/<uuid:job_id>/", callbacks.callback, name="callback"),
    path("outputs/<uuid:output_id>/", files.output_file, name="output_file"),
    path("jobs/<uuid:job_id>/unshown/<int:number>/", files.unshown_file, name="unshown_file"),
    path("outputs/<uuid:output_id>/keep-as/", brief.keep, name="keep_as"),
    path("outputs/<uuid:output_id>/<slug:verb>/", brief.output, name="output"),
    path("spend/", spend.spend, name="spend"),
    path("spend/ledger.csv", spend.ledger, name="ledger"),
    path("spend/budgets/", budgets.budgets, name="budgets"),
    path("spend/budgets/people/", budgets.choose_person, name="choose_person"),
    path("spend/budgets/limit/", budgets.limit, name="limit"),
    path("spend/plans/", budgets.add_plan, name="add_plan"),
    path("spend/plans/<int:plan_id>/end/", budgets.end_plan, name="end_plan"),
]
