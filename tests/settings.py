"""Settings of the tests: the portal's own, in an empty environment, in a folder that is thrown away.

`TEST_DATABASE=postgres` runs the same tests on PostgreSQL.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from tests import machine

THROWN_AWAY = Path(tempfile.mkdtemp(prefix="imprimatur-tests-"))
atexit.register(shutil.rmtree, THROWN_AWAY, ignore_errors=True)
# What the processes of a run make once and share is in the folder of the first. A run of its own has a name of its
# own, so that two runs at once do not drop each other's databases.
os.environ.setdefault("TEST_SHARED", str(THROWN_AWAY))

# What a developer has set for their own portal (a provider's key, say) must not reach a test.
KEPT = ("DJANGO_", "HOME", "IMPRIMATUR_", "LANG", "LC_", "PATH", "PLAYWRIGHT_", "PYTEST_", "PYTHON", "TEST_", "TMPDIR")
for name in set(os.environ):
    if not name.startswith(KEPT):
        del os.environ[name]

os.environ |= {
    "ALLOW_LOOPBACK_PROVIDERS": "1",
    "BROKER_URL": "memory://",
    "C2PA_DEVELOPMENT": "0",  # signing takes a while: who tests it turns it on
    "ENV_FILE": os.devnull,
    "LOG_LEVEL": "warning",
    "SECRET_KEY": "a-key-for-tests-that-is-long-enough-and-guards-nothing-at-all",
    "VAR_DIR": str(THROWN_AWAY),
}
if machine.on_postgres():
    os.environ["DATABASE_URL"] = machine.postgres_url() or "postgres://127.0.0.1:1/none"

from config.settings import *  # noqa: E402, F403 - all of them
from config.settings import DATABASES, STORAGES  # noqa: E402 - for their types

RUN = Path(os.environ["TEST_SHARED"]).name.replace("-", "_")
DATABASES["default"]["TEST"] = {
    "NAME": f"{RUN}_{os.getpid()}" if machine.on_postgres() else str(THROWN_AWAY / "test.sqlite3"),
}
DEBUG_PROPAGATE_EXCEPTIONS = False
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True  # it looks for a file when one is asked for, and not through all of them for every Client
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
