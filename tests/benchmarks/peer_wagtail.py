"""Wagtail's list of images, measured as our own is: run by `bench_speed` with a Python that has Wagtail.

Its rows are in SQLite, whose work counts as the process's own: a millisecond or so of some twenty.
Arguments: a folder to work in, and how many images. Prints milliseconds of processor time for a list of twenty.
"""

import io
import statistics
import sys
import time
from pathlib import Path

FOLDER, COUNT = Path(sys.argv[1]), int(sys.argv[2])
CALLS, WARMED = 100, 20


def prepare() -> None:
    from django.conf import settings

    settings.configure(
        SECRET_KEY="for-a-measurement",
        ROOT_URLCONF="peer_urls",
        ALLOWED_HOSTS=["*"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(FOLDER / "wagtail.sqlite3")}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        MEDIA_ROOT=str(FOLDER / "media"),
        MEDIA_URL="/media/",
        STATIC_URL="/static/",
        USE_TZ=True,
        WAGTAIL_SITE_NAME="Peer",
        WAGTAILADMIN_BASE_URL="http://localhost",
        INSTALLED_APPS=[
            *(f"wagtail.{app}" for app in ("documents", "images", "search", "users", "admin", "api.v2")),
            "wagtail",
            "modelcluster",
            "taggit",
            "rest_framework",
            *(f"django.contrib.{app}" for app in ("auth", "contenttypes", "sessions", "messages", "staticfiles")),
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    )
    (FOLDER / "peer_urls.py").write_text(
        "from django.urls import path\n"
        "from wagtail.api.v2.router import WagtailAPIRouter\n"
        "from wagtail.images.api.v2.views import ImagesAPIViewSet\n"
        "api = WagtailAPIRouter('wagtailapi')\n"
        "api.register_endpoint('images', ImagesAPIViewSet)\n"
        "urlpatterns = [path('api/v2/', api.urls)]\n"
    )
    sys.path.insert(0, str(FOLDER))


def fill() -> None:
    from django.core.files.images import ImageFile
    from django.core.management import call_command
    from PIL import Image as Picture
    from wagtail.images.models import Image

    call_command("migrate", verbosity=0)
    drawn = io.BytesIO()
    Picture.new("RGB", (96, 64), (200, 120, 40)).save(drawn, "JPEG")
    drawn.seek(0)
    first = Image(title="Hall", file=ImageFile(drawn, name="hall.jpg"))
    Image.objects.bulk_create([first])  # sends no signal: this one of Wagtail's search fails on some Pythons
    same = {"file": first.file.name, "width": 96, "height": 64, "collection_id": first.collection_id}
    Image.objects.bulk_create([Image(title=f"Hall {number}", **same) for number in range(1, COUNT)], 500)


def cost() -> float:
    from django.test import Client

    client, costs = Client(), []
    for number in range(WARMED + CALLS):
        begun = time.process_time()
        answer = client.get("/api/v2/images/", {"limit": "20", "fields": "*"})
        costs += [time.process_time() - begun] if number >= WARMED else []
        if answer.status_code != 200 or len(answer.json()["items"]) != min(COUNT, 20):
            raise SystemExit(f"Wagtail answered {answer.status_code}")
    return statistics.median(costs) * 1000


if __name__ == "__main__":
    prepare()
    import django

    django.setup()
    fill()
    sys.stdout.write(f"{cost():.3f}\n")
