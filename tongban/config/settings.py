"""Django's settings, derived from the options. Nothing is read from the environment here."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django.conf.locale
import django_htmx

from tongban.config import database, languages
from tongban.config.options import (
    CHECKOUT,
    current,
    department_systems,
    open311_clients,
    pairs,
    relay_partners,
    secret,
)

OPTIONS = current()
PACKAGE = CHECKOUT / "tongban"
WEB = CHECKOUT / "web"

ROOMS = (
    "tongban.records",
    "tongban.people",
    "tongban.documents",
    "tongban.notices",
    "tongban.reading",
    "tongban.catalogue",
    "tongban.engine",
    "tongban.forms",
    "tongban.licences",
    "tongban.payments",
    "tongban.cases",
    "tongban.hotline",
    "tongban.credit",
    "tongban.exchange",
    "tongban.relay",
    "tongban.voice",
    "tongban.packages",
    "tongban.ratings",
    "tongban.window",
    "tongban.upkeep",
    "tongban.doors.citizen",
    "tongban.doors.desk",
    "tongban.doors.hall",
    "tongban.doors.line",
    "tongban.doors.openapi",
)

SECRET_KEY = OPTIONS.secret_key or secret(OPTIONS.home, "secret_key")
DEBUG = OPTIONS.debug
SITE_URL = OPTIONS.site_url
_site = urlsplit(SITE_URL)
ALLOWED_HOSTS = [
    *("127.0.0.1", "localhost", "[::1]", _site.hostname or ""),
    *(host.strip() for host in OPTIONS.hosts.split(",") if host.strip()),
]
CSRF_TRUSTED_ORIGINS = [f"{_site.scheme}://{_site.netloc}"]

INSTALLED_APPS = [
    *ROOMS,
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "procrastinate.contrib.django",
    # The last: when it is ready, every room is.
    "tongban.config",
]

MIDDLEWARE = [
    "tongban.config.middleware.request_number",
    "tongban.config.middleware.health_page",
    "tongban.config.middleware.security_headers",
    "tongban.config.middleware.last_resort",
    "django.middleware.security.SecurityMiddleware",
    *(["whitenoise.middleware.WhiteNoiseMiddleware"] if OPTIONS.collected_static else []),
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    # Who is at the door, what time it is in the city, and how a refusal looks.
    "tongban.doors.middleware.AtTheDoor",
]

# Faults come through to `last_resort`, which tells each of them once.
DEBUG_PROPAGATE_EXCEPTIONS = True

ROOT_URLCONF = "tongban.config.urls"
WSGI_APPLICATION = "tongban.config.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [WEB / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "libraries": {"tongban": "tongban.doors.tags"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tongban.doors.frame.frame",
            ],
        },
    }
]

_pool: dict[str, Any] = (
    {"pool": {"min_size": 1, "max_size": OPTIONS.database_pool, "timeout": 10}}
    if OPTIONS.database_pool
    else {}
)
_address = database.address(OPTIONS)
# Prepared from the first use on: the same life costs a third less CPU. Migrations come as scripts
# of several commands, which cannot be prepared.
_statements: dict[str, Any] = (
    {"server_side_binding": True, "prepare_threshold": 0}
    if OPTIONS.database_role == "app"
    else {"prepare_threshold": None}
)
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        **_address.django(),
        "CONN_MAX_AGE": 0,
        # A pooled connection that died with the server is replaced instead of handed out.
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **_statements,
            **_pool,
            **dict(_address.parameters),
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = ["tongban.people.queries.AccountBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "tongban.config.hashers.DrawnPasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/login/"

USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
LANGUAGE_CODE = "zh-hans"
PSEUDO_LOCALE = "qps-plocm"
django.conf.locale.LANG_INFO[languages.KAZAKH["code"]] = languages.KAZAKH
LANGUAGES = languages.offered(WEB / "locale")
CITIZENS_LANGUAGES = languages.CITIZENS_ONLY
if OPTIONS.pseudo_locale:
    LANGUAGES.append((PSEUDO_LOCALE, "Pseudo"))
    django.conf.locale.LANG_INFO[PSEUDO_LOCALE] = {
        "bidi": True,
        "code": PSEUDO_LOCALE,
        "name": "Pseudo right-to-left",
        "name_local": "Pseudo",
    }
LOCALE_PATHS = [WEB / "locale"]

STATIC_URL = "/static/"
STATIC_ROOT = OPTIONS.home / "static"
STATICFILES_DIRS = [
    *([WEB / "static"] if (WEB / "static").is_dir() else []),
    ("htmx", Path(django_htmx.__file__).parent / "static" / "django_htmx"),
]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "tongban.config.packaged.PackagedFinder",
]
# Names with a hash where `tongban static` has collected the files; plain names in tests.
_storage = (
    "whitenoise.storage.CompressedManifestStaticFilesStorage"
    if OPTIONS.collected_static
    else "django.contrib.staticfiles.storage.StaticFilesStorage"
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _storage},
}
MEDIA_ROOT = OPTIONS.home / "documents"

# The first key wraps the keys of personal data, all of them unwrap.
JOURNAL_KEYS = [
    key.strip()
    for key in (OPTIONS.journal_keys or secret(OPTIONS.home, "journal_key")).split(",")
    if key.strip()
]
JOURNAL_SEAL_KEY = OPTIONS.journal_seal_key or secret(OPTIONS.home, "journal_seal_key")
JOURNAL_PUBLISHED = OPTIONS.journal_published or str(OPTIONS.home / "published")

CODE_KEY = OPTIONS.code_key or secret(OPTIONS.home, "code_key")
CONTENT = CHECKOUT / "content"
# Gateways: the class, and what it is made with (ARCHITECTURE decision 10).
POPULATION_REGISTER: tuple[str, dict[str, Any]] = (
    (
        "tongban.people.gateways.HttpRegister",
        {"url": OPTIONS.population_register_url, "token": OPTIONS.population_register_token},
    )
    if OPTIONS.population_register_url
    else ("tongban.people.queries.LocalRegister", {})
)
SMS_GATEWAY: tuple[str, dict[str, Any]] = (
    (
        "tongban.notices.gateways.HttpSms",
        {"url": OPTIONS.sms_url, "token": OPTIONS.sms_token},
    )
    if OPTIONS.sms_url
    else ("tongban.notices.gateways.FileSms", {"path": OPTIONS.home / "sms.log"})
)
PAYMENT_BANK: tuple[str, dict[str, Any]] = (
    "tongban.payments.gateways.FileBank",
    {"folder": OPTIONS.home / "bank", "key": secret(OPTIONS.home, "bank_key")},
)
DOCUMENT_STORE: tuple[str, dict[str, Any]] = (
    "tongban.documents.gateways.FolderStore",
    {"folder": OPTIONS.home / "files"},
)
DOCUMENT_RENDERER: tuple[str, dict[str, Any]] = (
    "tongban.documents.gateways.TypstRenderer",
    {"templates": WEB / "typst"},
)
DOCUMENT_SEALS: tuple[str, dict[str, Any]] = (
    "tongban.documents.gateways.LocalSeals",
    {"folder": OPTIONS.home / "secrets" / "seals"},
)
# Departments' own systems by name: those of the operator's file, and two built-in ones.
_exchange_key = secret(OPTIONS.home, "exchange_key")
DEPARTMENT_SYSTEMS: dict[str, tuple[str, dict[str, Any]]] = {
    **{
        code: (
            "tongban.exchange.gateways.Simulator",
            {
                "code": code,
                "folder": OPTIONS.home / "systems" / code,
                "key": _exchange_key,
                "pace": timedelta(seconds=OPTIONS.simulated_seconds),
            },
        )
        for code in ("registration-simulator", "tobacco-simulator")
    },
    **{
        code: ("tongban.exchange.gateways.HttpSystem", {"code": code, **how})
        for code, how in department_systems(OPTIONS.department_systems).items()
    },
}
# Items that a built-in system works on in a city whose content names no system for them.
SIMULATED_ITEMS = {
    item: system
    for item, system in pairs(OPTIONS.simulated_items, "simulated_items").items()
    if system in DEPARTMENT_SYSTEMS
}
# Apps of others that may report (Open311): name -> key, and where to tell them what happens.
OPEN311_CLIENTS: dict[str, dict[str, str]] = open311_clients(OPTIONS.open311_clients)
# Those outside to whom requests are handed over: the class, its options, the key it signs with.
RELAY_PARTNERS: dict[str, tuple[str, dict[str, Any]]] = {
    **(
        {
            "police-110": (
                "tongban.relay.gateways.simulator.PoliceSimulator",
                {"code": "police-110", "folder": OPTIONS.home / "systems" / "police-110"},
            )
        }
        if OPTIONS.relay_simulator
        else {}
    ),
    **relay_partners(OPTIONS.relay_partners),
}
# Calls: the key of the telephone system, and the page that plays one where there is none.
VOICE_KEY = OPTIONS.voice_key
VOICE_PAGE = OPTIONS.voice_page and not OPTIONS.voice_key
MAP_TILES, MAP_CREDIT = OPTIONS.map_tiles, OPTIONS.map_credit
REGIONAL_PLATFORM: tuple[str, dict[str, Any]] = (
    (
        "tongban.exchange.gateways.HttpRegional",
        {"url": OPTIONS.regional_platform_url, "key": OPTIONS.regional_platform_key},
    )
    if OPTIONS.regional_platform_url
    else (
        "tongban.exchange.gateways.RegionalSimulator",
        {"folder": OPTIONS.home / "systems" / "regional"},
    )
)
UPLOAD_LIMITS = {
    "size": OPTIONS.upload_megabytes * 1_000_000,
    "pixels": OPTIONS.upload_megapixels * 1_000_000,
}
# Notices do not know people: who is reached where is answered by this function.
ADDRESS_BOOK = "tongban.engine.queries.address_of"

_secure = _site.scheme == "https"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = _secure
CSRF_COOKIE_SECURE = _secure
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _secure else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if _secure else 0
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {"()": "tongban.config.logs.TextFormatter"},
        "json": {"()": "tongban.config.logs.JsonFormatter"},
    },
    "filters": {"answers": {"()": "tongban.config.logs.AnswersAreNoWarnings"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": OPTIONS.log_format}},
    "root": {"handlers": ["console"], "level": OPTIONS.log_level},
    "loggers": {
        "procrastinate": {"level": "WARNING"},
        "django.request": {"filters": ["answers"]},
        # Every try of every thread; whoever waited for the connection says so once.
        "psycopg.pool": {"level": "ERROR"},
    },
}
