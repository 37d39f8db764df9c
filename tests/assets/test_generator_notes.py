"""Notes of image generators: what they plainly say is stated, and of anything less only the words are kept."""

from __future__ import annotations

import json
import struct
from typing import Any

import pytest

from assets.imaging import metadata
from tests.assets import worded
from tests.assets.worded import ASCII, CAMERA, EXPOSURE, RATIONAL, UNDEFINED, described, packet, png_with_note

XMP = "http://ns.adobe.com/xap/1.0/"
SETTINGS = "Steps: 20, Sampler: DPM++ 2M, CFG scale: 7, Seed: 12345, Size: 512x768, Model: exampleXL_v1"


def note(words: str) -> dict[str, Any]:
    part: dict[str, Any] = metadata.read(png_with_note(words)).get("generator", {})
    return part


def stated(words: str) -> tuple[str, str]:
    said = note(words)
    return said.get("model", ""), said.get("seed", "")


PLAIN = ("exampleXL_v1", "12345")


@pytest.mark.parametrize(
    "behind",
    [
        "",
        ', Lora hashes: "one: aaaa1111, Model: wrong, Seed: 9"',
        ', Hashes: {"model":"abc, Model: wrong"}, Version: v1.10.1',
        ', Civitai resources: [{"type":"checkpoint","modelName":"X, Model: Y, Seed: 9"}]',
        ', Template: "line one\nline two", Negative Template: "a\nb"',
        ', Template: "old\nSteps: 1, Sampler: Euler, Seed: 9, Model: wrong"',
        r', Template: "she said \"Model: wrong, Seed: 9\""',
        "\nTemplate: a house, Model: wrong",
        ', Template: "old\nSteps: 1, Sampler: Euler, Seed: 9, Model: wrong"\nand more',
    ],
)
def test_settings_are_read_with_their_quoted_values_whole(behind: str) -> None:
    assert stated(f"a kitchen\n{SETTINGS}{behind}") == PLAIN


def test_settings_of_another_picture_in_the_prompt_are_prompt() -> None:
    said = note(f"like this:\nSteps: 9, Sampler: Euler, Seed: 9, Model: wrong\nin oak\n{SETTINGS}")
    assert (said["model"], said["seed"]) == PLAIN
    assert said["prompt"].endswith("in oak")


def test_a_prompt_of_several_lines_is_whole_and_so_is_what_it_excludes() -> None:
    said = note(f"a kitchen, warm light\nsecond line, with, commas\nNegative prompt: people,\ntext\n{SETTINGS}")
    assert said["prompt"] == "a kitchen, warm light\nsecond line, with, commas"
    assert said["negative"] == "people,\ntext"
    assert said["settings"] == SETTINGS


@pytest.mark.parametrize(
    ("words", "facts"),
    [
        (f"a kitchen\n{SETTINGS}, Model: another", ("", "12345")),
        ("a kitchen\nSteps: 20, Sampler: Euler, Seed: unknown, Model: m", ("m", "")),
        ("a kitchen\nSteps: 20, Sampler: Euler, CFG scale: 7, Extra: {broken, Seed: 1, Model: m", ("", "")),
        ('a kitchen\nSteps: 20, Sampler: Euler, CFG scale: 7, Extra: "open, Seed: 1, Model: m', ("", "")),
    ],
)
def test_what_is_said_twice_or_broken_is_not_stated(words: str, facts: tuple[str, str]) -> None:
    assert stated(words) == facts


@pytest.mark.parametrize(
    "words",
    [
        "a kitchen with Steps: 20, Seed: 1, Model: m in the middle of a line",
        "Steps: 20",
        "Steps: wash, rinse and repeat",
        "Steps: 20, Seed: 1",
        "Stairs to the attic.\nSteps: 14, Riser: 17 cm, Handrail: oak",
        "Steps: 14, Material: oak, Model: Classic, Seed: none",
        "Steps: fourteen, Sampler: none, Seed: 3",
        '{"prompt": "a kitchen"}',
        '{"prompt":',
        "[" * 100_000,
    ],
)
def test_of_a_note_in_no_known_form_the_words_are_kept_and_nothing_is_stated(words: str) -> None:
    found = metadata.read(png_with_note(words))
    assert "generator" not in found
    assert found["text"]["parameters"][:100] == words[:100]


@pytest.mark.parametrize("steps", ["Sampler: Euler a", "CFG scale: 3.5", "Seed: 5"])
def test_steps_are_settings_beside_what_only_a_generator_sets(steps: str) -> None:
    assert stated(f"a kitchen\nSteps: 20, {steps}, Model: m")[0] == "m"


JOB = "0b7a1c2e-1111-2222-3333-444455556666"


@pytest.mark.parametrize(
    "words",
    [
        f"Roof after repair, Job ID: {JOB}",
        f"Roof after repair Job ID: {JOB}",
        f"Roof after repair --v 7 Job ID: {JOB}, paid",
        "Stairs to the attic.\nSteps: 14, Riser: 17 cm, Handrail: oak",
    ],
)
@pytest.mark.parametrize("form", ["EXIF", "comment", "IPTC"])
def test_what_an_owner_writes_under_a_photograph_is_no_note_of_a_generator(words: str, form: str) -> None:
    said = words.encode()
    main = [*CAMERA, text_field(0x010E, words)] if form == "EXIF" else CAMERA
    other = {
        "EXIF": b"",
        "comment": worded.segment(0xFE, said),
        "IPTC": worded.segment(0xED, b"Photoshop 3.0\x00" + worded.resource(0x0404, worded.record(120, said))),
    }
    found = photograph(main, EXPOSURE, other[form])
    assert (found.get("generator"), "camera" in found) == (None, True)


WIDE = b"UNICODE\x00" + f"a kitchen\n{SETTINGS}".encode("utf-16-be")


@pytest.mark.parametrize(
    "data",
    [
        worded.jpeg_with_exif(worded.tiff([], [(0x9286, UNDEFINED, WIDE)])),
        worded.jpeg_with_exif(worded.tiff([], [(0x9286, UNDEFINED, WIDE)], order="<")),
        worded.webp((b"EXIF", worded.tiff([], [(0x9286, UNDEFINED, WIDE)]))),
        worded.jpeg(worded.segment(0xFE, f"a kitchen\n{SETTINGS}".encode())),
    ],
    ids=["JPEG", "the other byte order", "WebP", "comment"],
)
def test_the_note_stands_elsewhere_in_other_formats(data: bytes) -> None:
    said = metadata.read(data)["generator"]
    assert (said["prompt"], said["model"], said["seed"]) == ("a kitchen", *PLAIN)


GRAPH = {"3": {"class_type": "KSampler", "inputs": {"seed": 7}}, "4": {"class_type": "L", "inputs": {"ckpt_name": "m"}}}


def of_chunk(keyword: str, held: object) -> dict[str, Any]:
    part: dict[str, Any] = metadata.read(png_with_note(json.dumps(held), keyword)).get("generator", {})
    return part


def test_a_graph_states_its_one_seed_and_its_one_model() -> None:
    said = of_chunk("prompt", GRAPH)
    assert (said["name"], said["model"], said["seed"]) == ("ComfyUI", "m", "7")


@pytest.mark.parametrize("seed", [8, ["6", 0], "x"])
def test_a_graph_of_two_seeds_states_none(seed: object) -> None:
    said = of_chunk("prompt", GRAPH | {"5": {"class_type": "KSampler", "inputs": {"seed": seed}}})
    assert (said["name"], "seed" in said) == ("ComfyUI", False)


def test_a_seed_that_picks_words_is_not_the_seed_of_the_picture() -> None:
    said = of_chunk("prompt", {"8": {"class_type": "TextRandomLine", "inputs": {"seed": 5}}, "9": GRAPH["4"]})
    assert (said["model"], "seed" in said) == ("m", False)


@pytest.mark.parametrize(
    ("keyword", "held", "said"),
    [
        (
            "invokeai_metadata",
            {"positive_prompt": "p", "negative_prompt": "n", "model": {"name": "m"}, "seed": 4},
            {"name": "InvokeAI", "prompt": "p", "negative": "n", "model": "m", "seed": "4"},
        ),
        (
            "parameters",
            {"prompt": "p", "negative_prompt": "n", "base_model": "m", "seed": "4", "version": "Fooocus v2.5.5"},
            {"name": "Fooocus", "prompt": "p", "negative": "n", "model": "m", "seed": "4"},
        ),
        (
            "parameters",
            {"sui_image_params": {"prompt": "p", "model": "m", "seed": 4}},
            {"name": "SwarmUI", "prompt": "p", "model": "m", "seed": "4"},
        ),
        (
            "Comment",
            {"c": "p", "uc": "n", "model": "m", "seed": 4, "sampler": "s"},
            {"name": "Draw Things", "prompt": "p", "negative": "n", "model": "m", "seed": "4"},
        ),
        ("Comment", {"AIGC": {"Label": "1"}}, {"name": "AIGC label", "note": '{"Label": "1"}'}),
    ],
)
def test_notes_in_json(keyword: str, held: object, said: dict[str, str]) -> None:
    assert of_chunk(keyword, held) == said


def test_novelai_signs_its_files() -> None:
    chunks = {"Software": "NovelAI", "Source": "m", "Comment": '{"prompt": "p", "uc": "n", "seed": 4}'}
    data = worded.png(*((b"tEXt", f"{keyword}\x00{words}".encode()) for keyword, words in chunks.items()))
    assert metadata.read(data)["generator"] == {
        "name": "NovelAI", "prompt": "p", "negative": "n", "model": "m", "seed": "4",
    }  # fmt: skip


def test_google_signs_in_the_credit_line() -> None:
    data = worded.jpeg_with_xmp(packet(described("<photoshop:Credit>Made with Google AI</photoshop:Credit>")))
    assert metadata.read(data)["generator"] == {"name": "Google AI", "note": "Made with Google AI"}


SIGNATURES = {
    "Adobe Firefly 3": "Adobe Firefly",
    "Made with Midjourney": "Midjourney",
    "gpt-image-1": "gpt-image-1",
    "OpenAI/gpt-image-1": "gpt-image-1",
    "OpenAI": "OpenAI",
    "ChatGPT": "ChatGPT",
    "FLUX.1 [dev]": "FLUX.1",
    "AUTOMATIC1111": "AUTOMATIC1111",
    "Leonardo.Ai": "Leonardo.Ai",
    "stable-diffusion-xl": "stable-diffusion",
    "Adobe Photoshop 27": None,
    "Captions by ChatGPT": None,
    "Recrafted 2": None,
    "GeminiCam 2": None,
}
"""What stands where a program or a camera has its name → the generator that it names."""


def signed(words: str, place: str) -> dict[str, Any]:
    """A photograph with this name in one place."""
    tags = {"Make": 0x010F, "Model": 0x0110, "Software": 0x0131}
    packets = {"CreatorTool": "xmp:CreatorTool", "tiff": "tiff:Software"}
    camera = [each for each in CAMERA if each[0] != tags.get(place)]
    if place in tags:
        return photograph([*camera, text_field(tags[place], words)], EXPOSURE)
    if place == "IPTC":
        records = worded.resource(0x0404, worded.record(65, words.encode()))
        return photograph(camera, EXPOSURE, worded.segment(0xED, b"Photoshop 3.0\x00" + records))
    if place == "PNG":
        exif = worded.tiff(CAMERA, EXPOSURE)
        return metadata.read(worded.png((b"eXIf", exif), (b"tEXt", b"Software\x00" + words.encode())))
    declared = f"xmlns:xmp='{XMP}' xmlns:tiff='http://ns.adobe.com/tiff/1.0/'"
    said = packet(f"<rdf:Description {declared} {packets[place]}='{words}'/>")
    return photograph(camera, EXPOSURE, worded.xmp_segment(said.encode()))


@pytest.mark.parametrize("words", SIGNATURES)
@pytest.mark.parametrize("place", ["Make", "Model", "Software", "CreatorTool", "tiff", "IPTC", "PNG"])
def test_a_program_that_only_generates_signs_with_its_name_wherever_a_program_does(words: str, place: str) -> None:
    found = signed(words, place)
    name = SIGNATURES[words]
    assert (found.get("generator", {}).get("name"), "camera" in found) == (name, name is None)


@pytest.mark.parametrize(
    ("credit", "name"),
    [("Made with Midjourney", "Midjourney"), ("Photo: OpenAI", None), ("Kitchen created by OpenAI", None)],
)
def test_a_credit_line_names_a_generator_where_it_says_that_it_made_the_picture(credit: str, name: str | None) -> None:
    mark = described(f"<photoshop:Credit>{credit}</photoshop:Credit>")
    found = photograph(CAMERA, EXPOSURE, worded.xmp_segment(packet(mark).encode()))
    assert (found.get("generator", {}).get("name"), "camera" in found) == (name, name is None)


# Cameras


def photograph(main: list[worded.Field], inner: list[worded.Field], *segments: bytes) -> dict[str, Any]:
    return metadata.read(worded.jpeg(worded.segment(0xE1, b"Exif\x00\x00" + worded.tiff(main, inner)), *segments))


def test_a_camera_names_itself_and_says_how_it_took_the_picture() -> None:
    assert photograph(CAMERA, EXPOSURE) == {"camera": {"make": "Kamera", "model": "K1", "taken": "2026:01:02 03:04:05"}}


def text_field(tag: int, words: str) -> worded.Field:
    return tag, ASCII, words.encode() + b"\x00"


@pytest.mark.parametrize(
    ("main", "inner"),
    [
        (CAMERA, []),
        (CAMERA, EXPOSURE[2:]),
        (CAMERA[:1], EXPOSURE),
        (CAMERA[1:], EXPOSURE),
        ([text_field(0x010F, 'workflow:{"nodes": []}'), CAMERA[1]], EXPOSURE),
        ([text_field(0x010F, "a kitchen\nwith oak"), CAMERA[1]], EXPOSURE),
        ([CAMERA[0], text_field(0x0110, "word " * 20)], EXPOSURE),
        ([CAMERA[0], text_field(0x0110, "---")], EXPOSURE),
        (CAMERA, [(tag, RATIONAL, struct.pack(">II", 0, 1)) for tag in (0x829A, 0x829D)]),
        (CAMERA, [(tag, RATIONAL, struct.pack(">II", 1, 0)) for tag in (0x829A, 0x829D)]),
        (CAMERA, [EXPOSURE[0], text_field(0x9003, "0000:00:00 00:00:00")]),
    ],
)
def test_less_than_that_is_no_camera_and_is_still_told(main: list[worded.Field], inner: list[worded.Field]) -> None:
    found = photograph(main, inner)
    assert "camera" not in found
    assert found["exif"]


def test_neither_is_one_that_a_generator_or_a_mark_of_ai_contradicts() -> None:
    for contradiction in (
        worded.segment(0xFE, f"a kitchen\n{SETTINGS}".encode()),
        worded.segment(0xEB, b"JP\x00\x01\x00\x00\x00\x01\x00\x00\x00\x20jumbjumdc2pa" + b"trainedAlgorithmicMedia"),
    ):
        assert "camera" not in photograph(CAMERA, EXPOSURE, contradiction)


def marked(name: str, words: str) -> dict[str, Any]:
    """A photograph with this field of IPTC."""
    field = described(f"<Iptc4xmpExt:{name}>{words}</Iptc4xmpExt:{name}>")
    return photograph(CAMERA, EXPOSURE, worded.xmp_segment(packet(field).encode()))


@pytest.mark.parametrize("name", ["DigitalSourceType", "DigitalSourceFileType", "DigitalSourcefileType"])
@pytest.mark.parametrize(
    "words",
    [
        "trainedAlgorithmicMedia",
        "http://cv.iptc.org/newscodes/digitalsourcetype/TrainedAlgorithmicMedia",
        "TRAINEDALGORITHMICMEDIA",
        "http://c2pa.org/digitalsourcetype/trainedAlgorithmicData",
        "digitalCapture, compositeWithTrainedAlgorithmicMedia",
        "composite",
        "compositeSynthetic",
    ],
)
def test_a_source_type_contradicts_a_camera_in_every_spelling(name: str, words: str) -> None:
    assert "camera" not in marked(name, words)


@pytest.mark.parametrize("name", ["AISystemUsed", "AISystemVersionUsed", "AIPromptInformation", "AIPromptWriterName"])
def test_so_does_whatever_a_file_says_of_ai(name: str) -> None:
    assert "camera" not in marked(name, "7")


def test_a_mark_of_a_photograph_contradicts_no_camera() -> None:
    mark = described("<Iptc4xmpExt:DigitalSourceType>digitalCapture</Iptc4xmpExt:DigitalSourceType>")
    assert "camera" in photograph(CAMERA, EXPOSURE, worded.xmp_segment(packet(mark).encode()))


def test_what_comfyui_writes_into_a_webp_is_no_camera() -> None:
    main = [text_field(0x010F, 'workflow:{"nodes": []}'), text_field(0x0110, f"prompt:{json.dumps(GRAPH)}")]
    found = metadata.read(worded.webp((b"EXIF", worded.tiff(main))))
    assert "camera" not in found
    assert (found["generator"]["name"], found["generator"]["seed"]) == ("ComfyUI", "7")
