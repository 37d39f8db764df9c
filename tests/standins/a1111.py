"""A stand-in for AUTOMATIC1111's API: `python -m tests.standins.a1111 --port 8807`."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

from tests.standins.pictures import picture
from tests.standins.server import Handler, StandIn

LOADED = "sd_xl_base_1.0"
NOT_SET = -1


class A1111StandIn(StandIn):
    """Draws text to picture and picture to picture, and ignores checkpoints it does not have, as the real one does."""

    plays = "a1111"
    model_id = "sd_xl_base_1.0"
    modes = ("memory", "down", "lost", "slow", "grid", "silent", "nonsense", "empty")

    def respond(self, handler: Handler, method: str, path: str) -> None:
        if (method, path) == ("GET", "/sdapi/v1/sd-models"):
            return handler.answer(200, [{"title": f"{LOADED}.safetensors [31e35c80fc]", "model_name": LOADED}])
        if method != "POST" or path not in ("/sdapi/v1/txt2img", "/sdapi/v1/img2img"):
            return handler.answer(404, {"detail": "Not Found"})
        wish = handler.json_body()
        mode = self.take(handler, str(wish.get("prompt", "")))
        if path.endswith("img2img") and not wish.get("init_images"):
            return handler.answer(404, {"detail": "Init image not found"})
        if mode == "memory":
            error = {"error": "OutOfMemoryError", "detail": "", "body": "", "errors": "CUDA out of memory."}
            return handler.answer(500, error)
        if mode == "down":
            return handler.answer(503, {"detail": "Loading."})
        self.bill(int(wish.get("n_iter", 1)))
        if mode == "slow":
            time.sleep(self.seconds)
        if mode == "lost":
            return handler.hang_up()
        return handler.answer(200, self._drawn(wish, mode))

    def _drawn(self, wish: dict[str, Any], mode: str) -> dict[str, Any]:
        count = 0 if mode == "empty" else int(wish.get("n_iter", 1))
        first = 4711 if wish.get("seed", NOT_SET) == NOT_SET else int(wish["seed"])
        seeds = [first + number for number in range(count)]
        images = [self._base64(wish, str(seed)) for seed in seeds]
        if mode == "grid":
            images.insert(0, self._base64(wish, "contact sheet"))
        info = {
            "seed": first,
            "all_seeds": seeds,
            "steps": wish.get("steps", 20),
            "sd_model_name": LOADED,
            "sd_model_hash": "31e35c80fc",
            "index_of_first_image": 1 if mode == "grid" else 0,
            "job_timestamp": "20261122190000",
        }
        said = {"silent": "", "nonsense": "not JSON"}.get(mode, json.dumps(info))
        return {"images": images, "parameters": wish, "info": said}

    def _base64(self, wish: dict[str, Any], words: str) -> str:
        body = picture(int(wish.get("width", 512)) // 4, int(wish.get("height", 512)) // 4, words)
        return base64.b64encode(body).decode()


if __name__ == "__main__":
    A1111StandIn.main()
