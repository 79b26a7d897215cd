"""Django's settings, made from the configuration of the environment."""

from __future__ import annotations

import os

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
    "sizao_web.desks.policy",
    *(["sizao_web.demo"] if not SIZAO.production else []),
]

MIDDLEWARE = [
    "sizao_web.pages.request_log.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
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
            "builtins": ["sizao_web.pages.templatetags.words", "sizao_web.pages.templatetags.names"],
        },
    }
]

AUTHENTICATION_BACKENDS = [
    # First: who is locked out is refused before a password is looked at.
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in/"

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
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SIZAO.production
SECURE_SSL_REDIRECT = SIZAO.production
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SIZAO.production else None
SECURE_HSTS_SECONDS = 31_536_000 if SIZAO.production else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        # Charts set styles on elements they make; nothing else needs it, and no style can fetch anything.
        "style-src": [SELF, "'unsafe-inline'"],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

LOGGING = dict(logging_settings())
# Known to every process from its start: a worker that does not know a task fails the job that asks for it.
PROCRASTINATE_IMPORT_PATHS = ["sizao_web.records.ledger.tasks"]
