"""Plain words for what files say about themselves, by the names and codes under which it is read."""

from __future__ import annotations

NOTICES = (
    "rights", "tiff_rights", "dcterms_rights", "pur_rights", "prism_rights", "media_rights", "xmp_rights",
    "old_prism_rights", "stated_rights", "copyright_notice",
)  # fmt: skip
CREATORS = (
    "creator", "tiff_creator", "dcterms_creator", "acdsee_creator", "image_creator", "photographer", "artist",
    "windows_author",
)  # fmt: skip
RIGHTS = {
    "Copyright notice": NOTICES,
    "Creator": CREATORS,
    "Usage terms": (
        "usage_terms", "rights_usage_terms", "access_rights", "terms_and_conditions", "terms_and_conditions_url",
        "use_guidelines", "pur_agreement", "prl_usage", "rights_expression", "rights_expression_link",
        "terms_of_use",
    ),
    "Instructions": ("instructions",),
    "Restrictions": (
        "other_constraints", "media_constraints", "region_constraints", "product_constraints", "file_constraints",
        "alteration_constraints", "duplication_constraints", "pur_restrictions", "pur_size_restriction",
        "license_prohibits", "restrictions", "prl_geography", "disclaimer", "warning",
    ),
    "Creator’s contact": ("creator_email", "creator_website", "contact"),
    "Owner": ("owner", "rights_holder", "copyright_owner", "pur_rights_owner"),
    "Credit line": ("credit", "credit_line", "pur_credit", "attribution_name", "attribution_url"),
    "Credit line required": ("credit_line_required", "old_credit_line_required"),
    "Source of the picture": ("source", "dc_source"),
    "Conditions": (
        "other_conditions", "other_license_conditions", "other_license_requirements", "other_license_info",
        "other_license_documents", "license_requires", *(f"custom_{number}" for number in range(1, 11)),
    ),
    "Permissions": ("more_permissions", "license_permits", "pur_permissions"),
    "Reuse": ("reuse", "reuse_allowed"),
    "Reuse prohibited": ("pur_reuse_prohibited",),
    "License": ("license", "license_url", "dcterms_license", "media_summary"),
    "License page": ("web_statement", "certificate"),
    "Licensed from": ("licensor", "licensor_url", "licensor_email", "pur_rights_agent", "prism_rights_agent"),
    "Licensor’s notes": ("licensor_notes",),
    "Licensed to": ("licensee", "end_user"),
    "Licensee’s notes": ("licensee_notes",),
    "Exclusive until": ("exclusive_until",),
    "Option until": ("option_until",),
    "License dates": ("license_start", "license_end", "license_transaction"),
    "Not before": ("released", "pur_embargo", "prism_embargo", "prl_embargo"),
    "Not after": ("expires", "pur_expires", "prism_expires", "prl_expires", "prism_kill"),
    "Marked as copyrighted": ("marked", "copyright_flag"),
    "Copyright status": ("copyright_status",),
    "AI training and data mining": ("data_mining",),
    "Copyright of artwork shown": ("artwork_rights", "artwork_creator"),
    "Model release": ("model_release", "model_information", "minor_model_age"),
    "Property release": ("property_release",),
}  # fmt: skip
"""Plain words → the names under which `metadata.read` gives what they tell."""
MAKING = {
    "How it was made": ("digital_source", "digital_source_file"),
    "AI system": ("ai_system",),
    "AI system version": ("ai_system_version",),
    "AI prompt": ("ai_prompt",),
    "Who wrote the prompt": ("ai_prompt_writer",),
    "AI label": ("ai_label",),
}
CREDENTIALS = {
    "signer": "Signed by",
    "signed": "Signed at",
    "generator": "Signed with",
    "actions": "What was done, as signed",
    "ingredients": "What it was made from, as signed",
    "says": "How it was made, as signed",
    "private": "Private in Content Credentials",
    "travels": "Content Credentials on delivery",
    "elsewhere": "Content Credentials are at",
}
"""What is read of Content Credentials, beside whether they hold."""
STATES = {
    "": "Present, not verified",
    "trusted": "Intact, by a signer whom this portal trusts",
    "valid": "Intact, by a signer who is not known here",
    "tampered": "Broken: the picture or its history was changed after it was signed",
    "elsewhere": "Kept on a server, which is not asked",
    "unreadable": "Present, but they do not hold or could not be checked",
}
TRAVELS = {
    "whole": "Can go along with a signed file",
    "redacted": "Can go along with a signed file, without what is private",
    "no": "Stay behind",
}
GENERATOR = {"name": "Generator", "model": "Generator’s model", "seed": "Generator’s seed"}
CODES = {
    "DMI-ALLOWED": "Allowed",
    "DMI-PROHIBITED": "Prohibited",
    "DMI-PROHIBITED-AIMLTRAINING": "Prohibited for AI training",
    "DMI-PROHIBITED-GENAIMLTRAINING": "Prohibited for training of generative AI",
    "DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING": "Prohibited, except for search engines",
    "DMI-PROHIBITED-SEECONSTRAINT": "Prohibited, see the restrictions",
    "DMI-UNSPECIFIED": "Not specified",
    "CS-PRO": "Protected",
    "CS-PUB": "Public domain",
    "CS-UNK": "Unknown",
    "AL-CRP": "No cropping",
    "AL-FLP": "No flipping",
    "AL-RET": "No retouching",
    "AL-CLR": "No coloring",
    "AL-DCL": "No turning into black and white",
    "AL-MRG": "No merging with other pictures",
    "DP-NDC": "May be duplicated",
    "DP-LIC": "Duplicate only as the license needs",
    "DP-NOD": "No duplication",
    "IF-MFN": "Keep the file name",
    "IF-MID": "Keep the ID in the file name",
    "IF-MMD": "Keep the metadata",
    "IF-MFT": "Keep the file type",
    "RE-REU": "Used again",
    "RE-NAP": "Does not apply",
    "CR-NRQ": "Not required",
    "CR-COI": "On the picture",
    "CR-CAI": "Beside the picture",
    "CR-CCA": "Among the credits",
    "MR-NON": "None",
    "MR-NAP": "Does not apply",
    "MR-UMR": "Unlimited",
    "MR-LMR": "Limited or incomplete",
    "PR-NON": "None",
    "PR-NAP": "Does not apply",
    "PR-UPR": "Unlimited",
    "PR-LPR": "Limited or incomplete",
    "True": "Yes",
    "true": "Yes",
    "False": "No",
    "false": "No",
}
"""Codes of PLUS 2.0 and truth values of XMP → what they mean."""
