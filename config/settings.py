"""Django's settings, from the environment. Reading them starts nothing.

README.md lists every variable that is read here.
"""

import os
from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from config import embedded_places, environment

BASE_DIR = Path(__file__).resolve().parent.parent

# Everything made at run time by an installation without servers of its own.
DATA_DIR = embedded_places.data_directory(os.environ)
SERVICES = embedded_places.services_home(DATA_DIR)

DATABASE_URL = os.environ.get("DATABASE_URL", "")
EMBEDDED = not DATABASE_URL or environment.flag("STEELYARD_EMBEDDED")
DEBUG = environment.flag("DEBUG")

# --- Secrets --------------------------------------------------------------------------------------

_kept = DATA_DIR if EMBEDDED else None
SECRET_KEY = environment.secret("SECRET_KEY", _kept and _kept / "secret")
STEELYARD_AUDIT_KEY = environment.secret("STEELYARD_AUDIT_KEY", _kept and _kept / "audit-secret")
AUDIT_ANCHOR_FILE = Path(os.environ.get("STEELYARD_ANCHORS") or DATA_DIR / "audit-anchors")

# --- Apps, lowest first ---------------------------------------------------------------------------

APPS = (
    "audit",
    "calendars",
    "papers",
    "accounts",
    "notifications",
    "applications",
    "reviews",
    "secretaries",
    "awards",
    "portal",
    "rehearsal",
    "opendata",
)

INSTALLED_APPS = [
    *APPS,
    "config.apps.GroundConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "config.apps.StaticFiles",
    "allauth",
    "allauth.account",
    "guardian",
    "pgtrigger",
    "rest_framework",
    "django_htmx",
    "csp",
]

MIDDLEWARE = [
    "config.middleware.timing.timing_middleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "audit.origin.origin_middleware",
    "config.middleware.caching.caching_middleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.middleware.language.language_middleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.middleware.clock.clock_middleware",
    "config.middleware.refusals.RefusalMiddleware",
    "config.middleware.addresses.addresses_middleware",
    "config.middleware.uploads.uploads_middleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

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
                "config.context.frame",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "config.templatetags.amounts",
                "config.templatetags.display",
                "config.templatetags.fields",
                "config.templatetags.frame",
                "config.templatetags.moments",
                "config.templatetags.weighing",
            ],
        },
    }
]

# --- Database, sessions ---------------------------------------------------------------------------

_database = DATABASE_URL or embedded_places.database_url(SERVICES)
DATABASES: dict[str, Any] = {
    "default": {
        **environment.database(_database),
        "ATOMIC_REQUESTS": False,  # each service opens its own transaction
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "TEST": {"NAME": "test_steelyard"},
    }
}

# What is asked a fifth time is parsed no more: a fifth of the database's work. A PgBouncer that
# pools by transaction must know prepared statements (1.21).
DATABASES["default"]["OPTIONS"] |= {"server_side_binding": True, "prepare_threshold": 4}

# Redis carries tasks only: no page waits for it or fails without it.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_SAVE_EVERY_REQUEST = False
# In a signed cookie: a page that says "saved" writes no session, nor does the one that shows it.
MESSAGE_STORAGE = "django.contrib.messages.storage.fallback.FallbackStorage"

# --- Tasks ----------------------------------------------------------------------------------------

REDIS_URL = os.environ.get("REDIS_URL") or embedded_places.redis_url(SERVICES)
CELERY_BROKER_URL = environment.broker(REDIS_URL)

# --- People ---------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_validation = "django.contrib.auth.password_validation."
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {
        "NAME": _validation + "UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "email")},
    },
    {"NAME": _validation + "MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": _validation + "CommonPasswordValidator"},
    {"NAME": _validation + "NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "portal:workbench"

ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_ADAPTER = "notifications.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.signin.LoginForm",
    "signup": "accounts.forms.signin.SignupForm",
    "change_password": "accounts.forms.signin.ChangePasswordForm",
    "set_password": "accounts.forms.signin.SetPasswordForm",
    "reset_password": "accounts.forms.signin.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.signin.ResetPasswordKeyForm",
}
# Counted in the database: tries to sign in by accounts.services.signin, all else by its limits.
# A new address gets one letter to confirm it, and an address registers once.
ACCOUNT_RATE_LIMITS = False
# Composed for strangers too, and dropped by the worker: both answers take the same time.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True

GUARDIAN_MONKEY_PATCH_USER = False
GUARDIAN_RAISE_403 = False
ANONYMOUS_USER_NAME = None

# --- Language and time ----------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [BASE_DIR / "locale" / name for name in ("base", *APPS)]
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- Files ----------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Where `collectstatic` puts the files, under names with digests that browsers keep for ever.
# Unset: the sources are served as they are.
STATIC_ROOT = os.environ.get("STEELYARD_STATIC") or None
WHITENOISE_USE_FINDERS = STATIC_ROOT is None
WHITENOISE_AUTOREFRESH = DEBUG

MEDIA_ROOT = Path(os.environ.get("STEELYARD_MEDIA") or DATA_DIR / "media")
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
DATA_UPLOAD_MAX_NUMBER_FILES = 30

_bucket = os.environ.get("STEELYARD_S3_BUCKET", "")
STORAGES: dict[str, Any] = {
    "default": environment.object_store(_bucket)
    if _bucket
    else {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_ROOT
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# --- Documents ------------------------------------------------------------------------------------

# A folder of fonts beside the system's: those of the official typography are not free.
STEELYARD_FONTS = Path(os.environ["STEELYARD_FONTS"]) if os.environ.get("STEELYARD_FONTS") else None
# Who sets electronic seals: a dotted path; empty: both sides of an agreement upload stamped scans.
STEELYARD_SEAL = os.environ.get("STEELYARD_SEAL", "papers.trial_seal.TrialSeal" if EMBEDDED else "")

# --- Mail -----------------------------------------------------------------------------------------

SITE_URL = os.environ.get("SITE_URL") or "http://127.0.0.1:8000"
HOST_ORGANISATION = os.environ.get("STEELYARD_HOST", "")
MAIL_DIR = DATA_DIR / "mail"
DEFAULT_FROM_EMAIL = os.environ.get("EMAIL_FROM") or "Steelyard <steelyard@localhost>"
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 20
EMAIL_BACKEND = "notifications.mail.FileBackend"
if os.environ.get("EMAIL_URL"):
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    globals().update(environment.mail(os.environ["EMAIL_URL"]))

# --- Other channels -------------------------------------------------------------------------------

WECOM_URL = environment.address("STEELYARD_WECOM_URL")
DINGTALK_URL = environment.address("STEELYARD_DINGTALK_URL")
DINGTALK_SECRET = os.environ.get("STEELYARD_DINGTALK_SECRET", "")
SMS_URL = environment.address("STEELYARD_SMS_URL")
SMS_TOKEN = os.environ.get("STEELYARD_SMS_TOKEN", "")

# --- Open data ------------------------------------------------------------------------------------

# Who publishes, in the files of awards: a 统一社会信用代码, and the prefix that 360Giving gave.
HOST_CODE = os.environ.get("STEELYARD_HOST_CODE", "")
GRANT_PREFIX = os.environ.get("STEELYARD_GRANT_PREFIX") or "360G-steelyard"
# Requests a minute: of a visitor's address, of whoever signed in, of an address for files.
OPEN_DATA_RATES = {"visitor": 120, "person": 600, "download": 30}

_api = "opendata"
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        f"{_api}.authentication.Token",
        f"{_api}.authentication.Session",
    ],
    "DEFAULT_PERMISSION_CLASSES": [],  # each view asks the rule that its page asks
    "DEFAULT_THROTTLE_CLASSES": [f"{_api}.throttling.Rate"],
    "DEFAULT_PAGINATION_CLASS": f"{_api}.paging.Pages",
    "DEFAULT_PARSER_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": f"{_api}.problems.answer",
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Steelyard",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "PREPROCESSING_HOOKS": [f"{_api}.description.own_addresses"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        f"{_api}.description.declare_refusals",
    ],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "CallStatus": f"{_api}.serializers.calls.STATUSES",
        "InstalmentStatus": f"{_api}.serializers.dossiers.INSTALMENTS",
        "PaymentStatus": f"{_api}.serializers.payments.STATES",
        "DossierStatus": f"{_api}.serializers.dossiers.STATUSES",
        "ProjectState": f"{_api}.serializers.notices.STATES",
        "Phase": f"{_api}.serializers.calls.PHASES",
    },
}

# --- Safety ---------------------------------------------------------------------------------------

_own_hosts = "localhost,127.0.0.1,[::1]" if EMBEDDED or DEBUG else ""
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", _own_hosts)
CSRF_TRUSTED_ORIGINS = environment.words("CSRF_TRUSTED_ORIGINS")
TRUSTED_PROXIES = environment.number("STEELYARD_PROXIES", 0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

# An installation of one machine is visited at http://127.0.0.1; every other one by HTTPS.
HTTPS = environment.flag("STEELYARD_HTTPS", default=not DEBUG and not EMBEDDED)
SECURE_SSL_REDIRECT = HTTPS and environment.flag("STEELYARD_HTTPS_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
SESSION_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- Figures about ourselves ----------------------------------------------------------------------

STEELYARD_TIMING = environment.flag("STEELYARD_TIMING")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL") or "INFO"},
    "loggers": {
        "django": {"handlers": [], "propagate": True, "level": "INFO"},
        "pikepdf": {"level": "WARNING"},
        "django.server": {"handlers": ["console"], "propagate": False, "level": "INFO"},
    },
}
