"""The properties of XMP that are read: rights, how a picture may be used, marks of AI, and words that describe it.

Field names are those of the IPTC Photo Metadata Standard 2025.1 (iptc.org, read 2026-11-22), PLUS 2.0, PRISM Usage
Rights 3.0, Creative Commons and Adobe's own.
"""

from __future__ import annotations

import re

SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
"""Digital source types are written as full addresses, http without s (IPTC NewsCodes)."""
PLUS_VALUES = "http://ns.useplus.org/ldf/vocab/"
"""So are the values of PLUS."""
NAMESPACES = {
    "x": "adobe:ns:meta/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "plus": "http://ns.useplus.org/ldf/xmp/1.0/",
    "xmpNote": "http://ns.adobe.com/xmp/note/",
}
"""Prefix → address of what we write."""
_READ_ONLY = {
    "xmpPLUS": "http://ns.adobe.com/xap/1.0/PLUS/",
    "cc": "http://creativecommons.org/ns#",
    "dcterms": "http://purl.org/dc/terms/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "tiff": "http://ns.adobe.com/tiff/1.0/",
    "prism": "http://prismstandard.org/namespaces/basic/2.0/",
    "prl": "http://prismstandard.org/namespaces/prl/2.1/",
    "pur": "http://prismstandard.org/namespaces/prismusagerights/2.1/",
    "acdsee": "http://ns.acdsee.com/iptc/1.0/",
    "xmpDM": "http://ns.adobe.com/xmp/1.0/DynamicMedia/",
    "TC260": "http://www.tc260.org.cn/ns/AIGC/1.0/",
}
_OTHER_PREFIXES = {
    "xap": "xmp", "xapRights": "xmpRights", "iptcCore": "Iptc4xmpCore", "iptcExt": "Iptc4xmpExt",
}  # fmt: skip
_OTHER_ADDRESSES = {
    "http://web.resource.org/cc/": "cc",
}
_KNOWN = NAMESPACES | _READ_ONLY
UNDECLARED = _KNOWN | {old: _KNOWN[prefix] for old, prefix in _OTHER_PREFIXES.items()}
"""What a prefix means where a packet does not say."""

_PROPERTIES = {
    # Rights
    "dc:rights": "rights",
    "tiff:Copyright": "tiff_rights",
    "dcterms:rights": "dcterms_rights",
    "dcterms:accessRights": "access_rights",
    "dcterms:rightsHolder": "rights_holder",
    "dcterms:license": "dcterms_license",
    "pur:copyright": "pur_rights",
    "prism:copyright": "prism_rights",
    "xmpDM:copyright": "media_rights",
    "xmpRights:Marked": "marked",
    "xmpRights:Owner": "owner",
    "xmpRights:UsageTerms": "usage_terms",
    "xmpRights:WebStatement": "web_statement",
    "xmpRights:Certificate": "certificate",
    "xmpRights:Copyright": "xmp_rights",
    "dc:creator": "creator",
    "tiff:Artist": "tiff_creator",
    "dcterms:creator": "dcterms_creator",
    "acdsee:author": "acdsee_creator",
    "photoshop:AuthorsPosition": "creator_title",
    "photoshop:Credit": "credit",
    "photoshop:Source": "source",
    "photoshop:Instructions": "instructions",
    "photoshop:CopyrightFlag": "copyright_flag",
    "dc:source": "dc_source",
    "Iptc4xmpCore:CreatorContactInfo/Iptc4xmpCore:CiEmailWork": "creator_email",
    "Iptc4xmpCore:CreatorContactInfo/Iptc4xmpCore:CiUrlWork": "creator_website",
    "Iptc4xmpCore:RightsUsageTerms": "rights_usage_terms",
    "Iptc4xmpExt:ArtworkOrObject/Iptc4xmpExt:AOCopyrightNotice": "artwork_rights",
    "Iptc4xmpExt:ArtworkOrObject/Iptc4xmpExt:AOCreator": "artwork_creator",
    "Iptc4xmpExt:AddlModelInfo": "model_information",
    "Iptc4xmpExt:EmbdEncRightsExpr/Iptc4xmpExt:EncRightsExpr": "rights_expression",
    "Iptc4xmpExt:LinkedEncRightsExpr/Iptc4xmpExt:LinkedRightsExpr": "rights_expression_link",
    "plus:CopyrightOwner/plus:CopyrightOwnerName": "copyright_owner",
    "plus:ImageCreator/plus:ImageCreatorName": "image_creator",
    "plus:Licensor/plus:LicensorName": "licensor",
    "plus:Licensor/plus:LicensorURL": "licensor_url",
    "plus:Licensor/plus:LicensorEmail": "licensor_email",
    "plus:LicensorNotes": "licensor_notes",
    "plus:Licensee/plus:LicenseeName": "licensee",
    "plus:LicenseeImageNotes": "licensee_notes",
    "plus:EndUser/plus:EndUserName": "end_user",
    "plus:CopyrightStatus": "copyright_status",
    "plus:CreditLineRequired": "credit_line_required",
    "plus:DataMining": "data_mining",
    "plus:OtherConstraints": "other_constraints",
    "plus:OtherConditions": "other_conditions",
    "plus:OtherLicenseConditions": "other_license_conditions",
    "plus:OtherLicenseRequirements": "other_license_requirements",
    "plus:OtherLicenseInfo": "other_license_info",
    "plus:OtherLicenseDocuments": "other_license_documents",
    "plus:MediaConstraints": "media_constraints",
    "plus:RegionConstraints": "region_constraints",
    "plus:ProductOrServiceConstraints": "product_constraints",
    "plus:ImageFileConstraints": "file_constraints",
    "plus:ImageAlterationConstraints": "alteration_constraints",
    "plus:ImageDuplicationConstraints": "duplication_constraints",
    "plus:MediaSummaryCode": "media_summary",
    "plus:TermsAndConditionsText": "terms_and_conditions",
    "plus:TermsAndConditionsURL": "terms_and_conditions_url",
    "plus:LicenseStartDate": "license_start",
    "plus:LicenseEndDate": "license_end",
    "plus:LicenseTransactionDate": "license_transaction",
    "plus:Reuse": "reuse",
    "plus:ModelReleaseStatus": "model_release",
    "plus:PropertyReleaseStatus": "property_release",
    "plus:MinorModelAgeDisclosure": "minor_model_age",
    "plus:AdultContentWarning": "adult_content",
    **{f"plus:Custom{number}": f"custom_{number}" for number in range(1, 11)},
    "xmpPLUS:CreditLineRequired": "old_credit_line_required",
    "xmpPLUS:ReuseAllowed": "reuse_allowed",
    "cc:license": "license_url",
    "cc:attributionName": "attribution_name",
    "cc:attributionURL": "attribution_url",
    "cc:morePermissions": "more_permissions",
    "cc:useGuidelines": "use_guidelines",
    "cc:permits": "license_permits",
    "cc:requires": "license_requires",
    "cc:prohibits": "license_prohibits",
    "pur:creditLine": "pur_credit",
    "pur:permissions": "pur_permissions",
    "pur:restrictions": "pur_restrictions",
    "pur:imageSizeRestriction": "pur_size_restriction",
    "pur:agreement": "pur_agreement",
    "pur:rightsAgent": "pur_rights_agent",
    "pur:rightsOwner": "pur_rights_owner",
    "pur:reuseProhibited": "pur_reuse_prohibited",
    "pur:embargoDate": "pur_embargo",
    "pur:expirationDate": "pur_expires",
    "pur:exclusivityEndDate": "exclusive_until",
    "pur:optionEndDate": "option_until",
    "prism:rights": "old_prism_rights",
    "prism:rightsAgent": "prism_rights_agent",
    "prism:embargoDate": "prism_embargo",
    "prism:expirationDate": "prism_expires",
    "prism:killDate": "prism_kill",
    "prl:usage": "prl_usage",
    "prl:geography": "prl_geography",
    "prl:embargoDate": "prl_embargo",
    "prl:expirationDate": "prl_expires",
    # AI
    "Iptc4xmpExt:DigitalSourceType": "digital_source",
    "Iptc4xmpExt:DigitalSourceFileType": "digital_source_file",
    "Iptc4xmpExt:DigitalSourcefileType": "digital_source_file",
    "Iptc4xmpExt:AISystemUsed": "ai_system",
    "Iptc4xmpExt:AISystemVersionUsed": "ai_system_version",
    "Iptc4xmpExt:AIPromptInformation": "ai_prompt",
    "Iptc4xmpExt:AIPromptWriterName": "ai_prompt_writer",
    "TC260:AIGC": "ai_label",
    # Words
    "Iptc4xmpCore:AltTextAccessibility": "alt_text",
    "Iptc4xmpCore:ExtDescrAccessibility": "extended_description",
    "dc:title": "title",
    "dc:description": "description",
    "dc:subject": "keywords",
    "tiff:ImageDescription": "tiff_description",
    "photoshop:Headline": "headline",
    "photoshop:CaptionWriter": "description_writer",
    "acdsee:notes": "acdsee_notes",
    "acdsee:caption": "acdsee_caption",
    "exif:UserComment": "comment",
    "xmp:CreatorTool": "tool",
    "tiff:Software": "software",
    "xmpNote:HasExtendedXMP": "",
}
NAMES = {key: path.replace("/", " › ") for path, key in _PROPERTIES.items() if key}
"""Our name → the property's own."""


def _alike(address: str) -> str:
    """What addresses of one vocabulary have in common, whatever its version and its last stroke."""
    return re.sub(r"/\d+\.\d+(?=/|$)", "/*", address.rstrip("/"))


_PREFIXES = {_alike(address): prefix for prefix, address in _KNOWN.items()}
_PREFIXES |= {_alike(address): prefix for address, prefix in _OTHER_ADDRESSES.items()}


def short(name: str) -> str:
    """`prefix:name` for a name in ElementTree's notation, with the prefix that everybody knows; "" for one unknown."""
    address, _, local = name[1:].rpartition("}")
    prefix = _PREFIXES.get(address) or _PREFIXES.get(_alike(address))
    return f"{prefix}:{local}" if name.startswith("{") and prefix else ""


def key_of(path: tuple[str, ...]) -> str | None:
    """Our name of the property at this path of short names; None if it is not read."""
    return _PROPERTIES.get("/".join(path))


_STARTS = {path[:depth] for known in _PROPERTIES if (path := tuple(known.split("/"))) for depth in (1, 2)}


def holds_more(path: tuple[str, ...]) -> bool:
    """Whether a property at this path is one, or has parts, that are read."""
    return path in _STARTS
