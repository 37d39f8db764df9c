"""What no prompt of this house may ask for, whatever the template, each with the reason that people are shown.

Sources: US Fair Housing Act, 42 U.S.C. 3604(c), and HUD's advertising guidance (protected classes); Article 12 of the
NAR Code of Ethics ("true picture"); California Business and Professions Code 10140.8 (altered images), all read
2026-11-22. Words are a coarse net: the reviewer is the fine one.
"""

from __future__ import annotations

from generation.prompts import Rule

STEERING = "A picture of a home must not say who should or should not live there. Describe the place, not the people."

HOUSE_RULES: tuple[Rule, ...] = (
    Rule(
        (
            "adults only", "able-bodied", "all-white", "asian family", "bachelor pad", "black family", "catholic",
            "christian", "empty nesters", "exclusive neighbourhood", "exclusive neighborhood", "family-friendly",
            "good families", "hindu", "hispanic family", "ideal for couples", "ideal for families", "integrated",
            "jewish", "mature couple", "muslim", "no children", "no kids", "perfect for families",
            "perfect for couples", "perfect for singles", "restricted community", "safe neighbourhood",
            "safe neighborhood", "single men", "single women", "traditional neighbourhood",
            "traditional neighborhood", "white family", "young professionals",
        ),
        STEERING,
    ),
    Rule(
        ("celebrity", "in the likeness of", "lookalike", "look-alike", "portrait of", "real person", "selfie"),
        "Nobody may be recognisable: a person who can be recognised must have consented, and nobody here has.",
    ),
    Rule(
        (
            "add a view", "cover the damage", "hide damage", "hide the crack", "hide the cracks", "hide the damage",
            "make it look bigger", "make it look larger", "make the room bigger", "make the room larger",
            "more spacious than", "remove damage", "remove power lines", "remove the crack", "remove the damage",
            "remove the mould", "remove the neighbour", "remove the neighbor", "remove the power lines",
            "remove the pylon",
        ),
        "It would show the property better than it is. Buyers and tenants may rely on what a picture shows.",
    ),
    Rule(
        ("children", "couple", "crowd", "family", "kids", "man", "men", "people", "person", "woman", "women"),
        "People in a picture need a consent if they can be recognised, and their choice can read as steering. "
        "Leave them out unless the picture needs them.",
        "warns",
    ),
    Rule(
        ("in the style of", "disney", "pixar", "ghibli", "lego", "ikea", "apple", "coca-cola"),
        "Living artists' styles and brands carry rights that the licence does not cover. Describe the look instead.",
        "warns",
    ),
)  # fmt: skip
