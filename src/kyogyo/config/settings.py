"""Django's settings. One file; what differs between installations comes from the environment."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.db.backends.signals import connection_created

from kyogyo.config.environment import read_database, read_flag, read_list, read_number, read_text
from kyogyo.config.secret import keep_secret
from kyogyo.config.sign_on import form_origins, read_providers
from kyogyo.config.sqlite import PRAGMAS, WAIT_SECONDS, use_own_sqlite, wait_fairly

use_own_sqlite()
connection_created.connect(wait_fairly, dispatch_uid="wait_fairly")

# --- where it runs -------------------------------------------------------------------------------

HOME = Path(read_text("KYOGYO_HOME", "kyogyo-data")).absolute()
WEB = Path(__file__).parent.parent / "web"
DEBUG = read_flag("KYOGYO_DEBUG")
SECRET_KEY = read_text("KYOGYO_SECRET_KEY") or keep_secret(HOME)
SECRET_KEY_FALLBACKS = read_list("KYOGYO_OLD_SECRET_KEYS")
KYOGYO_URL = read_text("KYOGYO_URL").rstrip("/")
_URL = urlsplit(KYOGYO_URL)
ALLOWED_HOSTS = [
    *read_list("KYOGYO_HOSTS", ("localhost", "127.0.0.1", "[::1]")),
    *([_URL.hostname] if _URL.hostname else []),
]
CSRF_TRUSTED_ORIGINS = [f"{_URL.scheme}://{_URL.netloc}"] if _URL.netloc else []

ROOT_URLCONF = "kyogyo.config.urls"
WSGI_APPLICATION = "kyogyo.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

_DATABASE_URL = read_text("KYOGYO_DATABASE_URL")
DATABASES = {
    "default": read_database(_DATABASE_URL)
    if _DATABASE_URL
    else {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(HOME / "kyogyo.sqlite3"),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": WAIT_SECONDS,
            "transaction_mode": "IMMEDIATE",
            "init_command": PRAGMAS,
        },
    }
}

# Tries that failed are counted here (allauth), for all web processes together.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": HOME / "tries",
    },
    # What took long to count, for all processes; it can be deleted at any time.
    "counted": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": HOME / "counted",
        "TIMEOUT": 86_400,
        "OPTIONS": {"MAX_ENTRIES": 300},
    },
}

# --- what it is made of --------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",  # the sessions page of allauth uses it
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.saml",
    "axes",
    "csp",
    "django_htmx",
    "kyogyo.records",
    "kyogyo.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "kyogyo.web.middleware.SpeakingMiddleware",
    "kyogyo.web.middleware.BusyMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "kyogyo.web.sign_in.middleware.SecondFactorMiddleware",
    "kyogyo.api.idempotency.IdempotencyMiddleware",
    "axes.middleware.AxesMiddleware",  # the last one: it answers for whoever is locked out
]

TEMPLATES = [
    {
        "NAME": "pages",
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [WEB / "templates"],
        "OPTIONS": {"environment": "kyogyo.web.environment.make_environment"},
    },
    {
        # For the pages of allauth, which are written in it; ours lie over them.
        "NAME": "sign_in",
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [WEB / "sign_in" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "libraries": {"kyogyo": "kyogyo.web.sign_in.tags"},
        },
    },
]

# --- words and times -----------------------------------------------------------------------------

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = read_text("KYOGYO_LANG", "ja")
LANGUAGES = [("ja", "日本語"), ("en", "English")]

# --- files that browsers fetch -------------------------------------------------------------------

STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "kyogyo.web.static_files.DigestStorage"},
}
# Files are served as they lie in the packages: no step to collect them that could be forgotten.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 0 if DEBUG else 31_536_000  # the address changes with the content

# --- who may come in -----------------------------------------------------------------------------

AUTH_USER_MODEL = "records.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # the first one: who is locked out gets no further
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "kyogyo.web.sign_in.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "kyogyo.web.sign_in.forms.SignInForm",
    "reauthenticate": "kyogyo.web.sign_in.forms.ConfirmForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an administrator vouches for the address
ACCOUNT_LOGOUT_REDIRECT_URL = "/sign-in/login/"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Kyogyo] "
# Five failures from one address lock it out (axes); this holds many addresses at one account.
ACCOUNT_RATE_LIMITS = {"login_failed": "50/m/ip,20/15m/key"}

SOCIALACCOUNT_ADAPTER = "kyogyo.web.sign_in.adapters.SingleSignOnAdapter"
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_PROVIDERS = read_providers()
# The company's own directory vouches for the address, so it signs in the person who has it.
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True

MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "add_webauthn": "kyogyo.web.sign_in.forms.AddKeyForm",
    "edit_webauthn": "kyogyo.web.sign_in.forms.RenameKeyForm",
}
MFA_TOTP_ISSUER = "Kyogyo"
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = _URL.scheme != "https"
KYOGYO_ADMIN_MFA = read_flag("KYOGYO_ADMIN_MFA")

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_CALLABLE = "kyogyo.web.sign_in.lock_out.name_tried"
AXES_LOCKOUT_CALLABLE = "kyogyo.web.sign_in.lock_out.say_locked_out"
AXES_CLIENT_IP_CALLABLE = "kyogyo.web.sign_in.lock_out.address_of"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

SESSION_ENGINE = "kyogyo.web.sessions"
SESSION_COOKIE_AGE = 86_400 * read_number("KYOGYO_SESSION_DAYS", 14)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "kyogyo.web.errors.csrf_failed"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- what browsers are told to refuse ------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],  # the code to scan for a second factor
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF, *form_origins(SOCIALACCOUNT_PROVIDERS)],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True

_HTTPS = _URL.scheme == "https"
SECURE_SSL_REDIRECT = _HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz/"]
SESSION_COOKIE_SECURE = _HTTPS
CSRF_COOKIE_SECURE = _HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _HTTPS and read_flag("KYOGYO_HSTS_SUBDOMAINS")
SECURE_HSTS_PRELOAD = SECURE_HSTS_INCLUDE_SUBDOMAINS
KYOGYO_PROXIES = read_number("KYOGYO_PROXIES", 0)
if KYOGYO_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Whether the company's other hosts speak https is not ours to promise: KYOGYO_HSTS_SUBDOMAINS says it.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# --- mail ----------------------------------------------------------------------------------------

_MAIL = urlsplit(read_text("KYOGYO_MAIL_URL"))
KYOGYO_SENDS_MAIL = bool(_MAIL.hostname)
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if KYOGYO_SENDS_MAIL
    else "django.core.mail.backends.dummy.EmailBackend"
)
EMAIL_HOST = _MAIL.hostname or ""
EMAIL_PORT = _MAIL.port or (465 if _MAIL.scheme == "smtps" else 587)
EMAIL_HOST_USER = _MAIL.username or ""
EMAIL_HOST_PASSWORD = _MAIL.password or ""
EMAIL_USE_SSL = _MAIL.scheme == "smtps"
EMAIL_USE_TLS = _MAIL.scheme == "smtp+tls"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = read_text("KYOGYO_MAIL_FROM", "kyogyo@localhost")

# --- what it says of itself ----------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"kyogyo": {"level": "INFO"}},
}
