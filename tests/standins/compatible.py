"""A stand-in for stable-diffusion.cpp's server and its like: `python -m tests.standins.compatible --port 8812`."""

from __future__ import annotations

import base64
import re
from typing import Any

from tests.standins.pictures import clear_where_white, edited, picture
from tests.standins.server import Handler, StandIn, Upload

MOST = 8  # more are quietly not drawn, as with the real one
ARGUMENTS = re.compile(r"<sd_cpp_extra_args>(.*?)</sd_cpp_extra_args>")


class CompatibleStandIn(StandIn):
    """Takes image[] and a white mask, obeys arguments in the prompt, and may answer with addresses, good or bad."""

    plays = "compatible"
    root = "/v1"
    model_id = "default"
    modes = ("url", "inside", "elsewhere", "expired", "memory")

    def __init__(self, port: int = 0, *, seconds: float = 3.0) -> None:
        super().__init__(port, seconds=seconds)
        self.obeyed: list[str] = []
        self.files: dict[str, bytes] = {}

    def respond(self, handler: Handler, method: str, path: str) -> None:
        if (method, path) == ("GET", "/v1/models"):
            model = {"id": "sd-cpp-local", "object": "model", "owned_by": "local"}
            return handler.answer(200, {"data": [model]})
        if method == "GET" and path.startswith("/generated/"):
            return self._deliver(handler, path)
        if method != "POST" or path not in ("/v1/images/generations", "/v1/images/edits"):
            return handler.answer(404, "Not found")
        is_edit = path.endswith("/edits")
        wish, files = handler.form() if is_edit else (handler.json_body(), [])
        if is_edit and not any(file.name == "image[]" for file in files):
            return handler.answer(400, {"error": "at least one image[] required"})
        return self._draw(handler, wish, files)

    def _draw(self, handler: Handler, wish: dict[str, Any], files: list[Upload]) -> None:
        prompt = str(wish.get("prompt", ""))
        mode = self.take(handler, prompt)
        self.obeyed += ARGUMENTS.findall(prompt)
        if mode == "memory":
            return handler.answer(500, {"error": "server_error", "message": "out of memory"})
        width, height = (int(side) for side in str(wish.get("size", "512x512")).split("x"))
        drawn = [drawn_from(files, (width, height), f"{prompt} {n}") for n in range(min(int(wish.get("n", 1)), MOST))]
        self.bill(len(drawn))
        items = [self._address(data, mode) if mode else {"b64_json": base64.b64encode(data).decode()} for data in drawn]
        return handler.answer(200, {"created": 1795300000, "data": items, "output_format": "png"})

    def _address(self, data: bytes, mode: str) -> dict[str, str]:
        if mode == "inside":
            return {"url": "http://169.254.169.254/latest/meta-data/"}
        if mode == "elsewhere":
            return {"url": "https://pictures.example/1.png"}
        path = f"/generated/{len(self.files)}.png"
        self.files[path] = b"" if mode == "expired" else data
        return {"url": f"{self.url}{path}?sig=standin"}

    def _deliver(self, handler: Handler, path: str) -> None:
        self.take(handler, "")
        data = self.files.get(path)
        if not data:
            return handler.answer(403, {"error": "expired"})
        return handler.answer_bytes(200, data, "image/png")


def drawn_from(files: list[Upload], size: tuple[int, int], words: str) -> bytes:
    sent = [file.data for file in files if file.name == "image[]"]
    if not sent:
        return picture(*size, words)
    masks = [clear_where_white(file.data) for file in files if file.name == "mask"]
    return edited(sent, masks[0] if masks else None, size, words)


if __name__ == "__main__":
    CompatibleStandIn.main()
