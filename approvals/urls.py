"""Addresses of the approvals app."""

from __future__ import annotations

from django.urls import path

from approvals.pages import channel_changes, channel_editor, channels, downloads, evidence, originals, reviews, sites

app_name = "approvals"
ORIGINALS = "originals/<uuid:asset_id>/<int:number>"
urlpatterns = [
    path("review/", reviews.queue, name="queue"),
    path("review/submit/<uuid:version_id>/", reviews.submit, name="submit"),
    path("review/undo/<uuid:decision_id>/", reviews.undo, name="undo"),
    path("review/<uuid:review_id>/", reviews.review, name="review"),
    path("review/<uuid:review_id>/decide/", reviews.decide, name="decide"),
    path("review/<uuid:review_id>/claim/", reviews.claim, name="claim"),
    path("review/<uuid:review_id>/retract/", reviews.retract, name="retract"),
    path("review/<uuid:review_id>/full-size/", downloads.full_size, name="full_size"),
    path("downloads/<uuid:version_id>/", downloads.preview, name="preview_file"),
    path("channels/", channels.channels, name="channels"),
    path("channels/sites/", sites.listing_sites, name="sites"),
    path("channels/sites/<slug:slug>/", sites.site, name="site"),
    path("channels/sites/<slug:slug>/keys/", sites.create_key, name="create_key"),
    path("channels/sites/<slug:slug>/keys/<int:key_id>/revoke/", sites.revoke_key, name="revoke_key"),
    path("channels/sites/<slug:slug>/channels/", sites.change_channels, name="site_channels"),
    path("channels/sites/<slug:slug>/switch/", sites.switch, name="switch_site"),
    path("channels/releases/<uuid:release_id>/", channels.release, name="release"),
    path("channels/releases/<uuid:release_id>/file/", downloads.released_file, name="released_file"),
    path("channels/releases/<uuid:release_id>/withdraw/", channels.withdraw, name="withdraw"),
    path("channels/new/", channel_editor.new, name="new_channel"),
    path("channels/profiles/", channel_editor.profiles, name="profiles"),
    path("channels/changes/<int:change_id>/", channel_changes.change, name="channel_change"),
    path("channels/changes/<int:change_id>/confirm/", channel_changes.confirm, name="confirm_change"),
    path("channels/changes/<int:change_id>/withdraw/", channel_changes.withdraw, name="withdraw_change"),
    path("channels/<slug:slug>/", channels.channel, name="channel"),
    path("channels/<slug:slug>/edit/", channel_editor.edit, name="edit_channel"),
    path("channels/<slug:slug>/switch/", channel_editor.switch, name="switch_channel"),
    path("evidence/<uuid:asset_id>/", evidence.of_picture, name="evidence"),
    path("evidence/listings/<int:listing_id>/", evidence.of_listing, name="listing_evidence"),
    path(f"{ORIGINALS}/", originals.page, name="originals"),
    path(f"{ORIGINALS}/qr.svg", originals.code, {"kind": "svg"}, name="originals_svg"),
    path(f"{ORIGINALS}/qr.png", originals.code, {"kind": "png"}, name="originals_png"),
    path(f"{ORIGINALS}/files/<slug:sha256>/", originals.file, name="original_file"),
]
