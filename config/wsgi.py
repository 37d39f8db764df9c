"""The WSGI entry point of the web server."""

import gc
import os

import django

from assets.imaging import fence
from config import static_files
from config.handler import Handler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

django.setup()
static_files.collect()  # before the application, which looks once what there is to serve
application = Handler()
fence.answer_people()

# What is loaded by now stays, and a set of ten thousand pictures is a million objects that are all in use: looking
# through either for garbage, again and again, is a tenth of the time that such a set takes.
gc.freeze()
gc.set_threshold(100_000, 50, 100)
