"""Django's settings, made from the configuration of the environment."""

from __future__ import annotations

import os
from datetime import timedelta

from csp.constants import NONCE, NONE, SELF

from sizao_web.settings.configuration import configuration
from sizao_web.settings.database import database
from sizao_web.settings.logging import logging_settings

SIZAO = configuration(os.environ)

SECRET_KEY = SIZAO.secret
DEBUG = False
ALLOWED_HOSTS = list(SIZAO.hosts)
ROOT_URLCONF = "sizao_web.urls"
WSGI_APPLICATION = "sizao_web.wsgi.application"
AUTH_USER_MODEL = "accounts.Account"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": database(SIZAO)}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "procrastinate.contrib.django",
    "sizao_web.accounts",
    "sizao_web.records",
    "sizao_web.pages",
    "sizao_web.desks.account",
    "sizao_web.desks.everyone",
    "sizao_web.desks.command",
    "sizao_web.desks.community",
    "sizao_web.desks.duty",
    "sizao_web.desks.supervision",
    "sizao_web.desks.investigation",
    "sizao_web.desks.entry",
    "sizao_web.desks.institutions",
    "sizao_web.desks.quarantine",
    "sizao_web.desks.laboratory",
    "sizao_web.desks.clinic",
    "sizao_web.desks.recovered",
    "sizao_web.desks.capacity",
    "sizao_web.desks.policy",
    "sizao_web.desks.watch",
    "sizao_web.desks.public",
    *(["sizao_web.demo"] if not SIZAO.production else []),
]

MIDDLEWARE = [
    "sizao_web.pages.request_log.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    # Before sessions and cookies, and before what pages need: what machines ask never meets them.
    "sizao_web.gateway.door.Door",
    # Before WhiteNoise, which answers by itself: a picture opened by its address has the same policy.
    "csp.middleware.CSPMiddleware",
    "sizao_web.pages.headers.HeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "sizao_web.pages.uploads.UploadLimitMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "sizao_web.pages.whole.WholeRequestMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "sizao_web.accounts.middleware.SessionLimitsMiddleware",
    "sizao_web.accounts.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "sizao_web.records.access.middleware.ScopeMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "sizao_web.pages.context.frame",
            ],
            "builtins": [f"sizao_web.pages.templatetags.{one}" for one in ("words", "names", "ways", "each")],
        },
    }
]

AUTHENTICATION_BACKENDS = [
    # First: who is locked out is refused before a password is looked at.
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
SHORTEST_PASSWORD = 12
# Length and no common word; no rule of capitals and signs, no yearly change: both make passwords worse.
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": SHORTEST_PASSWORD},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name_zh", "name_en", "email")},
    },
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in/"

# A second factor is asked of whom SIZAO_SECOND_FACTOR says; a clock may be half a minute off.
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_ADAPTER = "sizao_web.accounts.second_factor.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Sizao"
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODE_DIGITS = 10

# Who mistypes. A ward shares a computer and a hospital an address, so that one name from one address is
# locked early, a name from everywhere later, an address as a whole only by what no ward mistypes.
AXES_HANDLER = "sizao_web.accounts.lock_out.Tries"
AXES_COOLOFF_TIME = timedelta(minutes=30)
AXES_FAILURE_LIMIT = 5
FAILURES_OF_A_NAME = 10
FAILURES_OF_AN_ADDRESS = 200
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "sizao_web.accounts.lock_out.address_of"
AXES_CLIENT_STR_CALLABLE = "sizao_web.accounts.lock_out.nobody_named"
# The middleware of axes would answer for the page, with 429, and what fails is rolled back: the failure too.
AXES_LOCKOUT_CALLABLE = "sizao_web.accounts.lock_out.page_as_it_is"
AXES_SENSITIVE_PARAMETERS = ["username", "password", "code", "next", "csrfmiddlewaretoken"]
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

LANGUAGE_CODE = "zh-hans" if SIZAO.language == "zh" else "en"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
TIME_ZONE = SIZAO.zone
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = SIZAO.data / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if SIZAO.mode == "test"
        else "sizao_web.pages.assets.NamedByDigest"
    },
}
WHITENOISE_USE_FINDERS = SIZAO.mode == "test"
WHITENOISE_MAX_AGE = 3600  # of a name without a digest in it; the others may be kept for ever

SESSION_ENGINE = "sizao_web.accounts.sessions"
# __Host-: a browser takes it over TLS only, for this host only, so that no neighbouring host can plant one.
SESSION_COOKIE_NAME = "__Host-sizao" if SIZAO.production else "sizao"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_IDLE = 3600
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "sizao_web.pages.unavailable.out_of_date"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SIZAO.production
SECURE_SSL_REDIRECT = SIZAO.production
SECURE_REDIRECT_EXEMPT = [r"^health/"]
# Believed only where a proxy of ours stands in front and sets it.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SIZAO.proxies else None
SECURE_HSTS_SECONDS = 31_536_000 if SIZAO.production else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        # Charts write styles onto what they draw; no style can fetch anything from elsewhere.
        "style-src-attr": ["'unsafe-inline'"],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
        "worker-src": [SELF],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# What is larger lies on a disk while it arrives, where nobody can read it.
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "sizao_web.pages.arriving.SealedUploads",
]
DATA_UPLOAD_MAX_NUMBER_FILES = 20  # of one form; more is refused before any is kept

LOGGING = dict(logging_settings())
# Known to every process from its start: a worker that does not know a task fails the job that asks for it.
PROCRASTINATE_IMPORT_PATHS = [
    "sizao_web.records.ledger.tasks",
    "sizao_web.records.streams.tasks",
    "sizao_web.records.partner_tasks",
    "sizao_web.records.deliveries.tasks",
    "sizao_web.records.matching.tasks",
    "sizao_web.records.retention.tasks",
]
