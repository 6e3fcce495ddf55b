"""The one settings file. Everything comes from the environment; nothing half-configured starts in production.

WAYMARK_ENV is `development` (the default: a site on this machine alone, for trying out and for tests) or
`production`, in which the variables below must be set and an insecure value stops the start with a sentence.
"""

import os
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
ENVIRONMENTS = ("development", "production")
LEAST_SECRET_LENGTH = 50


def _required(name: str, how: str) -> str:
    value = os.environ.get(name, "").strip()
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. {how}")
    return value


def _megabytes(name: str, default: int) -> int:
    """Bytes, of a variable in megabytes."""
    value = os.environ.get(name, "").strip() or str(default)
    if not (value.isascii() and value.isdecimal()):
        raise ImproperlyConfigured(f"{name} is “{value}”. Set it to a number of megabytes, such as {default}.")
    return int(value) * 1024**2


ENVIRONMENT = os.environ.get("WAYMARK_ENV", "development")
if ENVIRONMENT not in ENVIRONMENTS:
    raise ImproperlyConfigured(f"WAYMARK_ENV is “{ENVIRONMENT}”. Set it to one of: {', '.join(ENVIRONMENTS)}.")
PRODUCTION = ENVIRONMENT == "production"

if PRODUCTION:
    SECRET_KEY = _required("SECRET_KEY", "Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'")
    if len(SECRET_KEY) < LEAST_SECRET_LENGTH:
        raise ImproperlyConfigured(f"SECRET_KEY is shorter than {LEAST_SECRET_LENGTH} characters. Make a longer one.")
    SITE_URL = _required("SITE_URL", "Set it to the site's address, such as https://waymark.example.gov.uk.")
    if not SITE_URL.startswith("https://"):
        raise ImproperlyConfigured("SITE_URL does not start with https://. Waymark is not served without encryption.")
    ALLOWED_HOSTS = [
        host.strip()
        for host in _required("ALLOWED_HOSTS", "Set it to the site's host names, with commas.").split(",")
        if host.strip()
    ]
    if "*" in ALLOWED_HOSTS:
        raise ImproperlyConfigured("ALLOWED_HOSTS may not be “*”. Name the hosts that serve this site.")
    DEFAULT_DATABASE_URL = _required(
        "DATABASE_URL", "Set it to the PostgreSQL database, such as postgres://user:password@host/waymark."
    )
    # Keys of before: what was signed or encrypted under them still holds.
    SECRET_KEY_FALLBACKS = os.environ.get("SECRET_KEY_FALLBACKS", "").split()
else:
    SECRET_KEY = "development-only-this-key-protects-nothing-and-is-known-to-all"
    SITE_URL = os.environ.get("SITE_URL") or "http://127.0.0.1:8000"
    ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", "testserver"]
    DEFAULT_DATABASE_URL = os.environ.get("DATABASE_URL") or f"sqlite:///{BASE_DIR / 'db.sqlite3'}"

DEBUG = False

# A demonstration asks for no second step at sign-in, and says on every page that it is one.
DEMONSTRATION = os.environ.get("WAYMARK_DEMONSTRATION", "" if PRODUCTION else "1") == "1"

# The council a new plan belongs to when the installation has none yet.
COUNCIL_NAME = os.environ.get("COUNCIL_NAME", "").strip()
# How to reach those who run Waymark at the council: an e-mail address, or words such as a telephone number.
CONTACT = os.environ.get("WAYMARK_CONTACT", "").strip()

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "csp",
    "django_filters",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "simple_history",
    "accounts",
    "plans",
    "milestones",
    "indicators",
    "imports",
    "reports",
]

MIDDLEWARE = [
    "accounts.logs.RequestLogMiddleware",
    # Those that only add headers stand outside of all that may fail or refuse: such an answer has them too.
    "accounts.headers.HeadersMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "accounts.headers.MethodsMiddleware",
    "accounts.headers.PackedPagesMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.session_limits.SessionLimitsMiddleware",
    "accounts.middleware.SignInRequiredMiddleware",
    "accounts.second_factor.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.session_limits.time_left",
                "accounts.second_factor.demonstration",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
        },
    }
]

# Forms draw themselves with templates/django/forms, in the shape of GOV.UK's components.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# SQLite: a write lock from the start of each transaction, a reader never waits, an acknowledged save is on disk.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA temp_store=MEMORY;"
        "PRAGMA mmap_size=134217728;PRAGMA journal_size_limit=27103364;PRAGMA cache_size=-20000;"
        "PRAGMA secure_delete=ON;"  # what was deleted is overwritten, not only forgotten
    ),
}
POSTGRESQL_OPTIONS = {
    "connect_timeout": 3,
    "options": "-c statement_timeout=30000 -c idle_in_transaction_session_timeout=30000",
}

try:
    _database = dj_database_url.parse(DEFAULT_DATABASE_URL, conn_max_age=60, conn_health_checks=True)
except (dj_database_url.ParseError, dj_database_url.UnknownSchemeError) as error:
    raise ImproperlyConfigured("DATABASE_URL is not the address of a database. See docs/operations.md.") from error
_options = {
    "django.db.backends.sqlite3": SQLITE_OPTIONS,
    "django.db.backends.postgresql": POSTGRESQL_OPTIONS,
}.get(_database["ENGINE"])
if _options is None:
    raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL or an SQLite database.")
_database["OPTIONS"] = {**_database.get("OPTIONS", {}), **_options}
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# Signing in (accounts/adapters.py). An e-mail address alone never says who somebody is, so allauth keeps none.
AUTHENTICATION_BACKENDS = ["accounts.backends.PasswordBackend"]
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_AUTHENTICATED_LOGIN_REDIRECTS = False
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"
PASSWORD_RESET_TIMEOUT = 60 * 60
# Asked again before what matters most (accounts/sudo.py); in seconds.
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
# accounts/limits.py counts instead, in the database, which all processes share; allauth would count in a cache.
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "reauthenticate": "accounts.forms.ConfirmPasswordForm",
    "reset_password": "accounts.forms.AskForLinkForm",
    "reset_password_from_key": "accounts.forms.NewPasswordForm",
    "change_password": "accounts.forms.ChangePasswordForm",
}

# The second step (accounts/second_factor.py).
MFA_ADAPTER = "accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_ALLOW_UNVERIFIED_EMAIL = True
# A code of the half minute before and after is taken too: the clocks of telephones differ.
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "accounts.forms.CodeForm",
    "reauthenticate": "accounts.forms.ConfirmCodeForm",
    "activate_totp": "accounts.forms.SetUpAppForm",
    "add_webauthn": "accounts.forms.AddPasskeyForm",
    "authenticate_webauthn": "accounts.forms.PasskeyForm",
    "reauthenticate_webauthn": "accounts.forms.ConfirmPasskeyForm",
    "login_webauthn": "accounts.forms.PasskeySignInForm",
}
SECOND_FACTOR_REQUIRED = not DEMONSTRATION

# Signing in with the council's own accounts (accounts/openid.py).
SOCIALACCOUNT_ADAPTER = "accounts.adapters.OpenIDAdapter"
OIDC_ISSUER = os.environ.get("OIDC_ISSUER", "").strip()
OIDC_NAME = os.environ.get("OIDC_NAME", "").strip() or "your council’s account"
OIDC_CLIENT_ID = OIDC_CLIENT_SECRET = ""
OIDC_ASKS_SECOND_FACTOR = os.environ.get("OIDC_ASKS_SECOND_FACTOR", "") == "1"
if OIDC_ISSUER:
    if PRODUCTION and not OIDC_ISSUER.startswith("https://"):
        raise ImproperlyConfigured("OIDC_ISSUER does not start with https://.")
    OIDC_CLIENT_ID = _required("OIDC_CLIENT_ID", "Set it to the identifier that the provider gave this site.")
    OIDC_CLIENT_SECRET = _required("OIDC_CLIENT_SECRET", "Set it to the secret that the provider gave this site.")

# How many proxies of ours stand before the site, each of which adds to X-Forwarded-For; nobody else is believed.
_proxies = os.environ.get("TRUSTED_PROXIES", "").strip() or "0"
if not (_proxies.isascii() and _proxies.isdecimal()):
    raise ImproperlyConfigured(f"TRUSTED_PROXIES is “{_proxies}”. Set it to a number, such as 1.")
ALLAUTH_TRUSTED_PROXY_COUNT = int(_proxies)

# Mail (accounts/invitations.py). Without a server none is sent, and a page shows the link that would go out.
EMAIL_HOST = os.environ.get("EMAIL_HOST", "").strip()
SENDS_MAIL = bool(EMAIL_HOST)
if SENDS_MAIL:
    _port = os.environ.get("EMAIL_PORT") or "587"
    if not _port.isdecimal():
        raise ImproperlyConfigured(f"EMAIL_PORT is “{_port}”. Set it to a number, such as 587.")
    EMAIL_PORT = int(_port)
    EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
    EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
    EMAIL_SECURITY = os.environ.get("EMAIL_SECURITY") or "starttls"
    if EMAIL_SECURITY not in ("starttls", "tls", "none"):
        raise ImproperlyConfigured(f"EMAIL_SECURITY is “{EMAIL_SECURITY}”. Set it to one of: starttls, tls, none.")
    EMAIL_USE_TLS, EMAIL_USE_SSL = EMAIL_SECURITY == "starttls", EMAIL_SECURITY == "tls"
    EMAIL_TIMEOUT = 10
    DEFAULT_FROM_EMAIL = _required("EMAIL_FROM", "Set it to the address that mail comes from.")
else:
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

# Work outside a request waits in the database for `manage.py work`, a process of its own.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["packs"]}}

CSRF_FAILURE_VIEW = "accounts.views.csrf_failure"
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "reports:home"
LOGOUT_REDIRECT_URL = "accounts:sign_in"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = False
USE_TZ = True
DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y, H:i"

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not PRODUCTION

# A council's table is a few megabytes at most; imports/limits.py has the limits within a file.
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
# Ticked differences are a field each: half a dozen for every row that a table may have.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 30_000

# Uploaded files (plans/documents.py): a folder that no address leads to, and how much of it each may fill.
FILES_FOLDER = Path(os.environ.get("WAYMARK_FILES", "").strip() or BASE_DIR / "files")
FILES_MOST_OF_A_PLAN = _megabytes("WAYMARK_FILES_OF_A_PLAN", 2048)
FILES_MOST_OF_A_USER_A_DAY = _megabytes("WAYMARK_FILES_A_DAY", 500)
FILE_UPLOAD_HANDLERS = ["plans.receiving.BoundedHandler"]
# The virus scanner, a path or host:port (plans/scanning.py).
CLAMD_ADDRESS = os.environ.get("CLAMD_ADDRESS", "").strip()

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
# Seconds until somebody is signed out (accounts/session_limits.py): without doing anything, for those who look after
# all users or all records, and at the latest; and how long before that the page warns.
SESSION_LIMITS = {"idle": 60 * 60, "idle_of_installation": 15 * 60, "absolute": SESSION_COOKIE_AGE, "warning": 5 * 60}
CSRF_COOKIE_HTTPONLY = True
if PRODUCTION:
    SECURE_SSL_REDIRECT = True
    # A monitor on the same machine asks without TLS, and is told nothing worth hiding.
    SECURE_REDIRECT_EXEMPT = [r"^health/"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_SECURE = True
    CSRF_COOKIE_NAME = "__Host-csrf"
    CSRF_TRUSTED_ORIGINS = [SITE_URL]

# One line for each event, to standard error; JSON in production (accounts/logs.py).
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "accounts.logs.JsonLines" if PRODUCTION else "accounts.logs.ReadableLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "waymark": {"level": "INFO"},
        # The development server writes a line of its own for each request.
        "waymark.request": {"level": "INFO" if PRODUCTION else "WARNING"},
        # Django would send mail to nobody, and write lines of another shape.
        "django": {"handlers": [], "level": "WARNING"},
    },
}
