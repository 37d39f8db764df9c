"""Settings, read from the environment. With nothing set, the portal runs embedded: SQLite, folders, no other server.

`.env.example` lists every variable. `SITE_URL` beginning with https turns on what needs TLS. `DATABASE_URL`,
`BROKER_URL`, `CACHE_URL` and `STORAGE` move one part each from `var/` to a server of its own.
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from environ import Env

from config import adapters, signing
from config import environment as env
from config.logs import logging_config

BASE_DIR = Path(__file__).resolve().parent.parent
Env.read_env(env.text("ENV_FILE", str(BASE_DIR / ".env")))

# Where this portal is

DEBUG = env.flag("DEBUG")
PORT = env.number("PORT", 8000, least=1, most=65535)
SITE_URL = env.site_address("SITE_URL", f"http://localhost:{PORT}")
SITE_HOST = urlsplit(SITE_URL).netloc.rpartition(":")[0] if urlsplit(SITE_URL).port else urlsplit(SITE_URL).netloc
"""As hosts are written in addresses: one of IPv6 in its brackets."""
ALLOWED_HOSTS = [SITE_HOST, "localhost", "127.0.0.1", "[::1]", *env.words("ALLOWED_HOSTS")]
VAR_DIR = env.folder("VAR_DIR", BASE_DIR / "var")
"""What an embedded portal keeps: database, files, queue, mail, its secret key. Back this folder up."""

DATABASE_URL = env.server_address("DATABASE_URL", "postgres", "postgresql", "sqlite")
IS_EMBEDDED = not DATABASE_URL

# Secret key

EXAMPLE_SECRET_KEY = "replace-this-with-fifty-or-more-random-characters-of-your-own"  # noqa: S105 - refused below
NEW_KEY = "Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(64))'"

if IS_EMBEDDED and not env.secret("SECRET_KEY"):
    SECRET_KEY = env.kept_secret(VAR_DIR / "secret_key")
else:
    SECRET_KEY = env.required("SECRET_KEY", NEW_KEY)
if not DEBUG and (SECRET_KEY == EXAMPLE_SECRET_KEY or SECRET_KEY.startswith("django-insecure-")):
    raise env.wrong("SECRET_KEY", "is a published example", NEW_KEY)
if not DEBUG and len(SECRET_KEY) < 50:
    raise env.wrong("SECRET_KEY", "is shorter than 50 characters", NEW_KEY)

# Apps

INSTALLED_APPS = [
    "config",
    "approvals",
    "generation",
    "assets",
    "core",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "drf_spectacular",
    "lucide",
    "rest_framework",
    "template_partials",
]

MIDDLEWARE = [
    "config.middleware.request_id",
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.utf8_alone",
    "config.middleware.calls",
    "config.middleware.nobodys_session",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.CompressedPages",
    "config.middleware.no_store",
    "config.sessions.client_side_redirects",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.middleware.local_time",
    "allauth.account.middleware.AccountMiddleware",
    "config.sessions.SignInRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.middleware.no_nul",
    "config.middleware.htmx",
    "config.middleware.Refusals",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.dashboard.navigation.navigation",
            ],
            "libraries": {"ui": "core.ui.tags"},
        },
    }
]

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"  # as it is stored; what people see goes by their own zone
TEAM_TIME_ZONE = env.time_zone("TEAM_TIME_ZONE", "UTC")
"""Whose days budgets and models go by, and whose hours people see who have chosen no zone."""
USE_TZ = True

# Data

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# IMMEDIATE takes the write lock when a transaction begins, so that one which reads before it writes waits for its turn
# and is not refused half way ("database is locked"). WAL lets readers go on meanwhile. Without recursive triggers a
# row that is replaced by another of its key passes the guards that let none be deleted.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA recursive_triggers=ON;",
}

DATABASES: dict[str, dict[str, Any]] = {
    "default": Env.db_url_config(DATABASE_URL or f"sqlite:///{VAR_DIR / 'imprimatur.sqlite3'}")
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
else:
    DATABASES["default"] |= {"ENGINE": "core.postgresql", "CONN_HEALTH_CHECKS": True}
    DATABASES["default"]["CONN_MAX_AGE"] = env.number("DATABASE_CONN_MAX_AGE", 60)
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 2)
    DATABASES["default"]["OPTIONS"].setdefault("prepare_threshold", 5)  # for `core.statements` alone

CACHE_URL = env.server_address("CACHE_URL", "redis", "rediss")
CACHES: dict[str, dict[str, Any]] = {"default": Env.cache_url_config(CACHE_URL or "locmemcache://")}
if CACHE_URL:
    from redis.backoff import NoBackoff  # comes with the redis extra
    from redis.retry import Retry

    # Signing in waits for it. By itself it would wait for ever, and try again for half a minute.
    soon = {"socket_connect_timeout": 0.7, "socket_timeout": 0.7, "retry": Retry(NoBackoff(), 0)}
    CACHES["default"]["OPTIONS"] = CACHES["default"].get("OPTIONS", {}) | soon

# Files

STORAGE = env.one_of("STORAGE", "folder", "s3")
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "core" / "ui" / "static"]
STATIC_ROOT = None if DEBUG else env.text("STATIC_ROOT", str(VAR_DIR / "static"))
"""Where the fingerprinted copies are. With DEBUG=1 the source tree is served as it is."""

FOLDER_OPTIONS: dict[str, Any] = {
    "location": VAR_DIR / "media",
    "file_permissions_mode": 0o600,
    "directory_permissions_mode": 0o700,
}
IN_FOLDER = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": FOLDER_OPTIONS}


def in_bucket() -> dict[str, Any]:
    """The same in a private S3 bucket."""
    endpoint = env.text("S3_ENDPOINT_URL")
    options = {
        "bucket_name": env.required("S3_BUCKET", "STORAGE=s3 needs the name of a private bucket"),
        "endpoint_url": endpoint or None,
        "region_name": env.text("S3_REGION") or None,
        "access_key": env.secret("S3_ACCESS_KEY_ID") or None,
        "secret_key": env.secret("S3_SECRET_ACCESS_KEY") or None,
        "default_acl": None,
        "querystring_auth": True,
        "file_overwrite": False,
        "signature_version": "s3v4",
        "addressing_style": "path" if endpoint else "auto",
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


STATIC_FILES = {
    "BACKEND": "config.static_files.Storage" if STATIC_ROOT else "django.contrib.staticfiles.storage.StaticFilesStorage"
}
STORAGES: dict[str, dict[str, Any]] = {
    "default": in_bucket() if STORAGE == "s3" else IN_FOLDER,
    "staticfiles": STATIC_FILES,
}
MEDIA_URL = ""
WHITENOISE_USE_FINDERS = STATIC_ROOT is None

# Background work (the rest is in config/celery.py)

BROKER_URL = env.server_address(
    "BROKER_URL", "redis", "rediss", "amqp", "amqps", "filesystem", "memory", default="filesystem://localhost"
)

# People

AUTH_USER_MODEL = "core.User"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_ADAPTER = "core.people.accounts.ClosedSignUp"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody can sign up, so nobody is invited to
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Imprimatur] "
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # an open session is not enough to send the next password somewhere else
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Imprimatur"

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

vars().update(
    Env.email_url_config(
        env.server_address("EMAIL_URL", "smtp", "smtp+tls", "smtp+ssl", "consolemail")
        or f"filemail:///{VAR_DIR / 'mail'}"
    )
)
EMAIL_TIMEOUT = 20  # seconds; well within the first wait of the outbox, after which another worker tries
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("MAIL_FROM", f"imprimatur@{env.mail_domain(SITE_HOST)}")

# Web security

TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0, most=10)
"""How many proxies stand before the portal and write X-Forwarded-For and X-Forwarded-Proto truthfully."""

HAS_TLS = SITE_URL.startswith("https://")
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HAS_TLS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HAS_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HAS_TLS
SECURE_REFERRER_POLICY = "same-origin"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "config.sessions.csrf_failure"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# API (views, keys, pages and limits are in approvals/api)

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "NUM_PROXIES": TRUSTED_PROXIES,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Imprimatur listing-site API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
}

# Making pictures

ALLOW_LOOPBACK_PROVIDERS = env.flag("ALLOW_LOOPBACK_PROVIDERS")
"""Lets a provider's address be on this machine: for stand-ins in tests, or a model server next to the portal."""

IMAGE_PROVIDERS: dict[str, dict[str, Any]] = adapters.delivered()
"""Key of a provider -> the class that speaks to it and what it is made with. Each adapter declares its variables."""

IMAGE_PROVIDERS |= adapters.further(env.words("IMAGE_PROVIDERS"), env.text("IMAGE_PROVIDERS_FILE"), IMAGE_PROVIDERS)

TEAM_BUDGET_USD = env.number("TEAM_BUDGET_USD", 50, most=1_000_000)
"""What the team may spend in a month for which nobody has set a budget."""

# Approving pictures

UNDO_SECONDS = env.number("UNDO_SECONDS", 20, most=3600)
"""How long a decision can be undone before it takes effect."""

# Content Credentials (C2PA)

C2PA_CERTIFICATE, C2PA_PRIVATE_KEY = env.pem("C2PA_CERTIFICATE"), env.pem("C2PA_PRIVATE_KEY")
"""With what delivered files are signed, PEM; without them nothing is."""
C2PA_TRUST_ANCHORS = env.file_content("C2PA_TRUST_ANCHORS")
"""Certificates, PEM, of those who vouch for signers; without them every signer is unknown."""
C2PA_TIMESTAMP_URL = env.text("C2PA_TIMESTAMP_URL") and env.web_address("C2PA_TIMESTAMP_URL", "http://stamps.example")
"""Who is asked for time stamps, when a file is signed in the background."""

if C2PA_CERTIFICATE or C2PA_PRIVATE_KEY or C2PA_TRUST_ANCHORS:
    in_production = HAS_TLS or not IS_EMBEDDED
    signing.check(C2PA_CERTIFICATE, C2PA_PRIVATE_KEY, C2PA_TRUST_ANCHORS, is_production=in_production)
if IS_EMBEDDED and not HAS_TLS and not C2PA_CERTIFICATE and env.flag("C2PA_DEVELOPMENT", True):
    C2PA_CERTIFICATE, C2PA_PRIVATE_KEY = signing.kept_for_development(VAR_DIR / "c2pa_development.pem")

# Logs

LOG_HEAD_TO = env.kept_outside("LOG_HEAD_TO", VAR_DIR, bucket=STORAGE == "s3", loopback=DEBUG)
"""Where the end of the log is kept every hour, out of reach of whoever can write to the database."""
LOG_FORMAT = env.one_of("LOG_FORMAT", "json", "text")
LOG_LEVEL = env.one_of("LOG_LEVEL", "info", "debug", "warning", "error").upper()
LOGGING = logging_config(LOG_FORMAT, LOG_LEVEL)
