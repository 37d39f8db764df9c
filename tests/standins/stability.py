"""A stand-in for Stability AI's API: `python -m tests.standins.stability --port 8813`."""

from __future__ import annotations

import base64
import io
import time

from PIL import Image, ImageChops, ImageOps

from tests.standins.pictures import clear_where_white, edited, picture
from tests.standins.server import Handler, StandIn, Upload

ROOT = "/v2beta/stable-image/"
NEEDS = {
    "edit/inpaint": ("image", "mask", "prompt"),
    "edit/erase": ("image", "mask"),
    "edit/outpaint": ("image",),
    "edit/search-and-replace": ("image", "prompt", "search_prompt"),
    "edit/remove-background": ("image",),
}
CREDITS = {"generate/core": 3.0, "generate/ultra": 8.0, "generate/sd3": 6.5}
EDIT_CREDITS = 5.0


class StabilityStandIn(StandIn):
    """Drawing and editing, always out of a multipart form; counts the credits that it takes."""

    plays = "stability"
    model_id = "stable-image-core"
    modes = ("refuse", "blurred", "rate-limit", "no-money", "lost", "slow", "down", "language")

    def __init__(self, port: int = 0, *, seconds: float = 3.0) -> None:
        super().__init__(port, seconds=seconds)
        self.credits = 1000.0

    def respond(self, handler: Handler, method: str, path: str) -> None:
        if (method, path) == ("GET", "/v1/user/balance"):
            return handler.answer(200, {"credits": self.credits})
        endpoint = path.removeprefix(ROOT)
        if method != "POST" or endpoint not in {*NEEDS, *CREDITS}:
            return handler.answer(404, {"id": "s1", "name": "not_found", "errors": ["Not found."]})
        if not handler.headers.get("Content-Type", "").startswith("multipart/form-data"):
            return handler.answer(400, {"id": "s1", "name": "bad_request", "errors": ["content-type: multipart"]})
        return self._act(handler, endpoint)

    def _act(self, handler: Handler, endpoint: str) -> None:
        fields, files = handler.form()
        mode = self.take(handler, fields.get("prompt", ""))
        given = {**fields, **{file.name: file.name for file in files}}
        missing = [name for name in NEEDS.get(endpoint, ("prompt",)) if not given.get(name)]
        if missing:
            return handler.answer(400, {"id": "s1", "name": "bad_request", "errors": [f"{missing[0]}: required"]})
        if mode in TROUBLE:
            status, name = TROUBLE[mode]
            return handler.answer(status, {"id": "s1", "name": name, "errors": ["The stand-in says no."]})
        self.bill(1)
        self.credits -= CREDITS.get(endpoint, EDIT_CREDITS)
        if mode == "slow":
            time.sleep(self.seconds)
        if mode == "lost":
            return handler.hang_up()
        data = drawn(endpoint, fields, {file.name: file for file in files})
        reason = "CONTENT_FILTERED" if mode == "blurred" else "SUCCESS"
        seed = int(fields.get("seed", 343940597))
        answer = {"image": base64.b64encode(data).decode(), "seed": seed, "finish_reason": reason}
        return handler.answer(200, answer, x_request_id="req_standin")


def drawn(endpoint: str, fields: dict[str, str], files: dict[str, Upload]) -> bytes:
    """A picture that shows what was sent: see `edited`."""
    words = f"{endpoint} {sorted(fields.items())}"
    if "image" not in files:
        across, _, down = fields.get("aspect_ratio", "1:1").partition(":")
        return picture(768, 768 * int(down) // int(across), words)
    first = files["image"].data
    shown = Image.open(io.BytesIO(first)).convert("RGB")
    if endpoint == "edit/outpaint":
        return wider(shown, *(int(fields.get(side, 0)) for side in ("left", "up", "right", "down")))
    if endpoint == "edit/remove-background":
        return cut_out(shown)
    mask = clear_where_white(files["mask"].data) if "mask" in files else None
    return edited([first], mask, shown.size, words)


def wider(shown: Image.Image, left: int, up: int, right: int, down: int) -> bytes:
    return encoded(ImageOps.expand(shown, (left, up, right, down), fill="gray"))


def cut_out(shown: Image.Image) -> bytes:
    """Whatever has the color of the corner becomes clear."""
    corner = Image.new("RGB", shown.size, shown.getpixel((0, 0)))
    alpha = ImageChops.difference(shown, corner).convert("L").point(lambda value: 255 if value else 0)
    clear = shown.convert("RGBA")
    clear.putalpha(alpha)
    return encoded(clear)


def encoded(picture: Image.Image) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


TROUBLE = {
    "refuse": (403, "content_moderation"),
    "language": (422, "invalid_language"),
    "rate-limit": (429, "rate_limit_exceeded"),
    "no-money": (402, "payment_required"),
    "down": (500, "internal_error"),
}

if __name__ == "__main__":
    StabilityStandIn.main()
