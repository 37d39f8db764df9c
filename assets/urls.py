"""Addresses of the assets app."""

from django.urls import path

from assets.pages import asset, files, library, license_sets, listings, terms, upload

app_name = "assets"
urlpatterns = [
    path("library/", library.library, name="library"),
    path("library/choose/", library.choose, name="choose_asset"),
    path("library/listings/", listings.listings, name="listings"),
    path("library/listings/choose/", listings.choose, name="choose_listing"),
    path("library/listings/new/", listings.listing, name="new_listing"),
    path("library/listings/<int:listing_id>/", listings.listing, name="listing"),
    path("library/licenses/", license_sets.license_sets, name="license_sets"),
    path("library/licenses/new/", license_sets.license_set, name="new_license_set"),
    path("library/licenses/<int:set_id>/", license_sets.license_set, name="license_set"),
    path("library/licenses/<int:set_id>/evidence/", license_sets.evidence, name="evidence"),
    path("library/licenses/<int:set_id>/evidence/<str:sha256>/", license_sets.evidence_file, name="evidence_file"),
    path("library/terms/", terms.all_terms, name="all_terms"),
    path("library/terms/new/", terms.new_terms, name="new_terms"),
    path("library/terms/<int:terms_id>/", terms.terms, name="terms"),
    path("library/terms/<int:terms_id>/text/", terms.text, name="terms_text"),
    path("library/terms/<int:terms_id>/answer-again/", terms.answer_again, name="answer_again"),
    path("library/upload/", upload.upload, name="upload"),
    path("library/<uuid:asset_id>/", asset.asset, name="asset"),
    path("library/<uuid:asset_id>/rename/", asset.rename, name="rename"),
    path("library/<uuid:asset_id>/v<int:number>/", asset.version, name="version"),
    path("library/<uuid:asset_id>/v<int:number>/alt-text/", asset.save, {"what": "alt_text"}, name="alt_text"),
    path("library/<uuid:asset_id>/v<int:number>/alt-text/check/", asset.check_alt_text, name="check_alt_text"),
    path("library/<uuid:asset_id>/v<int:number>/license/", asset.license, name="license"),
    path("library/<uuid:asset_id>/v<int:number>/license/set/", asset.use_license_set, name="use_license_set"),
    path("library/<uuid:asset_id>/v<int:number>/shown/", asset.save, {"what": "shown"}, name="shown"),
    path("library/<uuid:asset_id>/v<int:number>/consents/", asset.consent, name="consent"),
    path("library/<uuid:asset_id>/v<int:number>/consents/<int:consent_id>/", asset.consent, name="consent"),
    path("library/<uuid:asset_id>/v<int:number>/disclosure/", asset.save, {"what": "disclosure"}, name="disclosure"),
    path("library/<uuid:asset_id>/v<int:number>/agreement/", asset.save, {"what": "agreement"}, name="agreement"),
    path("library/<uuid:asset_id>/v<int:number>/archive/", asset.archive, name="archive"),
    path("files/<uuid:version_id>/<str:spec>/", files.file, name="file"),
]
