"""Addresses of the generation app."""

from django.urls import path

from generation.views import brief, files, make, spend, templates

app_name = "generation"
urlpatterns = [
    path("make/", make.make, name="make"),
    path("make/free/", make.compose, name="free"),
    path("make/templates/", templates.templates, name="templates"),
    path("make/templates/<slug:slug>/", templates.template, name="template"),
    path("make/templates/<slug:slug>/edit/", templates.edit, name="edit_template"),
    path("make/templates/<slug:slug>/publish/<int:number>/", templates.publish, name="publish"),
    path("make/specimens/<int:revision_id>/", files.specimen, name="specimen"),
    path("make/<slug:slug>/", make.compose, name="compose"),
    path("briefs/<uuid:brief_id>/", brief.brief, name="brief"),
    path("briefs/jobs/<uuid:job_id>/pictures/", brief.hand_in, name="hand_in"),
    path("briefs/jobs/<uuid:job_id>/settle/<slug:verb>/", brief.settle, name="settle"),
    path("briefs/jobs/<uuid:job_id>/<slug:verb>/", brief.job, name="job"),
    path("outputs/<uuid:output_id>/", files.output_file, name="output_file"),
    path("outputs/<uuid:output_id>/keep-as/", brief.keep, name="keep_as"),
    path("outputs/<uuid:output_id>/<slug:verb>/", brief.output, name="output"),
    path("spend/", spend.spend, name="spend"),
    path("spend/ledger.csv", spend.ledger, name="ledger"),
    path("spend/budgets/<int:budget_id>/", spend.limit, name="limit"),
]
