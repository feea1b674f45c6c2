"""Every setting of the platform, in one file.

Environment variables are parsed once, by `Environment`; a wrong value stops the
process with a sentence that names the variable. Code outside `core` and `config`
reads settings only through named accessors.
"""

import json
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlparse

from csp.constants import NONCE, NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.templatetags.static import static
from django.urls import reverse_lazy
from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from huigong.core import logs
from huigong.core.sms.aliyun import AliyunSettings

REPO = Path(__file__).resolve().parents[2]


class Environment(BaseSettings):
    """What an operator may set. docs/operations.md lists each with its meaning."""

    model_config = SettingsConfigDict(env_prefix="HUIGONG_", env_ignore_empty=True)

    data: Path = Path("data")
    database_url: str = Field(validation_alias="DATABASE_URL")
    port: int = Field(8000, validation_alias="PORT", ge=1, le=65535)
    listen: str = "127.0.0.1"
    mode: Literal["production", "demo", "test"] = "production"
    site_name: str = "惠安县总工会"
    hosts: str = "localhost,127.0.0.1"
    origins: str = ""
    https: bool = False
    trusted_proxies: int = Field(0, ge=0, le=5)
    sms: Literal["", "console", "aliyun"] = ""
    sms_key_id: str = ""
    sms_key_secret: SecretStr = SecretStr("")
    sms_sign_name: str = ""
    sms_code_template: str = ""
    sms_endpoint: str = "https://dysmsapi.aliyuncs.com"
    sms_daily_budget: int = Field(5000, ge=0)
    secrets: Path | None = None
    node_modules: Path = REPO / "node_modules"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    conversation_days: int = Field(5, ge=1, le=60)
    case_accept_days: int = Field(5, ge=1, le=10)
    case_plain_days: int = Field(5, ge=1, le=40)
    case_hard_days: int = Field(15, ge=1, le=40)
    case_complex_days: int = Field(30, ge=1, le=40)
    case_extra_days: int = Field(20, ge=1, le=20)
    letter_days: int = Field(10, ge=1, le=30)
    letter_mark: str = Field("惠工监", min_length=1, max_length=10)
    media_mb: int = Field(50, ge=1, le=500)
    suggestion_points: int = Field(50, ge=0, le=1000)
    live_url: str = ""
    live_port: int = Field(8001, ge=1, le=65535)
    web_workers: int = Field(2, ge=1, le=64)
    web_threads: int = Field(3, ge=1, le=64)

    @field_validator("database_url")
    @classmethod
    def postgres_only(cls, value: str) -> str:
        if urlparse(value).scheme not in {"postgres", "postgresql"}:
            raise ValueError("must look like postgresql://user:password@host:5432/name")
        return value

    @model_validator(mode="after")
    def aliyun_whole(self) -> "Environment":
        wanted = {
            "HUIGONG_SMS_KEY_ID": self.sms_key_id,
            "HUIGONG_SMS_KEY_SECRET": self.sms_key_secret.get_secret_value(),
            "HUIGONG_SMS_SIGN_NAME": self.sms_sign_name,
            "HUIGONG_SMS_CODE_TEMPLATE": self.sms_code_template,
        }
        missing = [name for name, value in wanted.items() if not value]
        if self.sms == "aliyun" and missing:
            raise ValueError(f"HUIGONG_SMS=aliyun needs {', '.join(missing)} too")
        return self

    @field_validator("data", "node_modules")
    @classmethod
    def absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()


ENV = Environment()  # type: ignore[call-arg]
SECRETS_FILE = ENV.secrets or ENV.data / "secrets.json"
SECRETS = json.loads(SECRETS_FILE.read_text())
"""{"secret_key", "field_keys": {id: base64 of 32 bytes}, "field_key", "index_key", "member_code_key"}"""

DEMO = ENV.mode == "demo"
TESTING = ENV.mode == "test"
DEBUG = False
SECRET_KEY = SECRETS["secret_key"]
SECRET_KEY_FALLBACKS = SECRETS.get("secret_key_fallbacks", [])
ALLOWED_HOSTS = ["*"] if DEMO else [host.strip() for host in ENV.hosts.split(",") if host.strip()]
CSRF_TRUSTED_ORIGINS = [origin.strip() for origin in ENV.origins.split(",") if origin.strip()]

SITE_NAME = ENV.site_name
DATA_DIR = ENV.data
MEDIA_ROOT = ENV.data / "files"
MEMBER_CODE_SECONDS = 30
LIVE_URL = ENV.live_url
"""Where pages find the live stream: a path behind a proxy, or `:port` for a port of its own; empty: they ask."""
SMS_GATEWAY = ENV.sms or "console"
SMS_IS_CHOSEN = bool(ENV.sms)
SMS_ALIYUN = AliyunSettings(
    key_id=ENV.sms_key_id,
    key_secret=ENV.sms_key_secret.get_secret_value(),
    sign_name=ENV.sms_sign_name,
    templates={"code": ENV.sms_code_template},
    endpoint=ENV.sms_endpoint.rstrip("/"),
)
CONVERSATION_DAYS = ENV.conversation_days
"""Working days in which a union answers a letter before the union above is told."""
CASE_DAYS = {
    "accept": ENV.case_accept_days,
    "plain": ENV.case_plain_days,
    "hard": ENV.case_hard_days,
    "complex": ENV.case_complex_days,
    "extra": ENV.case_extra_days,
    "letter": ENV.letter_days,
}
"""Working days that complaints and letters about them are given."""
LETTER_MARK = ENV.letter_mark
"""What the number of a letter of legal supervision begins with: 惠工监 in 惠工监提〔2026〕3号."""
MEDIA_MOST_MB = ENV.media_mb
"""How large a film or a piece of sound beside an article may be."""
SUGGESTION_POINTS = ENV.suggestion_points
"""What a member gets whose suggestion is adopted."""
SMS_DAILY_BUDGET = ENV.sms_daily_budget
TRUSTED_PROXIES = ENV.trusted_proxies

INSTALLED_APPS = [
    "huigong.core",
    "huigong.people.accounts",
    "huigong.people.inbox",
    "huigong.people.approvals",
    "huigong.people.orgs",
    "huigong.people.membership",
    "huigong.resources.seats",
    "huigong.resources.points",
    "huigong.services.activities",
    "huigong.services.notices",
    "huigong.services.policies",
    "huigong.services.complaints",
    "huigong.services.conversations",
    "huigong.services.funds",
    "huigong.services.news",
    "huigong.faces.portal",
    "huigong.faces.workbench",
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "huigong.core.apps.WorkbenchAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "lucide",
    "ninja",
    "pgtrigger",
    "procrastinate.contrib.django",
]
if DEMO or TESTING:
    INSTALLED_APPS.append("huigong.demo")

MIDDLEWARE = [
    "huigong.core.middleware.RequestContextMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "huigong.core.middleware.PolicyMiddleware",
    "huigong.core.confidential.ConfidentialMiddleware",
    "huigong.core.middleware.UnkeepableText",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "huigong.core.middleware.OfficeHours",
    "huigong.core.middleware.LoginRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "huigong.faces.portal.middleware.PageMiddleware",
    "huigong.core.middleware.RefusalMiddleware",
]
ROOT_URLCONF = "huigong.config.urls"
WSGI_APPLICATION = "huigong.config.wsgi.application"
FORMS_URLFIELD_ASSUME_HTTPS = True

# The workbench's templates name no engine, and each miss would search every folder of the other one; members' pages
# name theirs (`core.jinja.render_page`).
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,
        "OPTIONS": {
            "environment": "huigong.core.jinja.environment",
            "context_processors": ["huigong.core.jinja.page_context"],
        },
    },
]


def _database(url: str) -> dict:
    parts = urlparse(url)
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "huigong.core.postgres",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or query.pop("user", "")),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", None) or unquote(parts.hostname or ""),
        "PORT": str(parts.port or query.pop("port", "")),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **query,
            "server_side_binding": True,
            "prepare_threshold": 3,
            "connect_timeout": 5,
            # The last: django-pgtrigger's functions look for it, and where it is missing raise and catch an error for
            # every row, whose subtransaction looks through all that the transaction has left to check.
            "options": "-c statement_timeout=15s -c lock_timeout=5s"
            " -c idle_in_transaction_session_timeout=30s -c timezone=UTC -c pgtrigger.ignore={}",
        },
    }


DATABASES = {"default": _database(ENV.database_url)}
# Process memory, for figures that may be a minute old; a test sees no other test's.
_CACHE = "dummy.DummyCache" if TESTING else "locmem.LocMemCache"
CACHES = {"default": {"BACKEND": f"django.core.cache.backends.{_CACHE}"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ATOMIC_REQUESTS = False

AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = [
    "huigong.people.accounts.backends.PhoneBackend",
    "huigong.people.orgs.backends.PostBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = reverse_lazy("accounts:login")
LOGIN_REDIRECT_URL = "/"

SESSION_COOKIE_AGE = 30 * 24 * 3600
SESSION_COOKIE_NAME = "__Host-sid" if ENV.https else "sid"
CSRF_COOKIE_NAME = "__Host-csrf" if ENV.https else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENV.https
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "huigong.core.errors.csrf_failure"
SECURE_SSL_REDIRECT = ENV.https and not DEMO
SECURE_HSTS_SECONDS = 31_536_000 if ENV.https and not DEMO else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = ENV.https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.trusted_proxies else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

_CSP = {
    "default-src": [SELF],
    "script-src": [SELF],
    "style-src": [SELF],
    "img-src": [SELF, "data:", "blob:"],
    "font-src": [SELF],
    "media-src": [SELF],
    "connect-src": [SELF, f"*{ENV.live_url}"] if ENV.live_url.startswith(":") else [SELF],
    "worker-src": [SELF],
    "object-src": [NONE],
    "base-uri": [NONE],
    "frame-ancestors": [NONE],
    "form-action": [SELF],
    "report-uri": ["/csp-report"],
}
CONTENT_SECURITY_POLICY = {"DIRECTIVES": _CSP}
WORKBENCH_CSP = {
    **_CSP,
    "script-src": [SELF, NONCE, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
}
"""unfold's Alpine evaluates expressions and sets inline styles; nothing else gets this policy."""

UNFOLD = {
    "SITE_TITLE": f"{SITE_NAME}工作台",
    "SITE_HEADER": SITE_NAME,
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("core/img/icon.svg")}
    ],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "ENVIRONMENT": "huigong.core.admin.site.environment",
    "GLOBAL_CALLBACK": "huigong.faces.workbench.views.surroundings",
    "DASHBOARD_CALLBACK": "huigong.faces.workbench.views.dashboard",
    "STYLES": [lambda request: static("workbench/workbench.css")],
    "SIDEBAR": {"navigation": "huigong.faces.workbench.views.navigation"},
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文")]
LOCALE_PATHS = [REPO / "huigong" / "faces" / "workbench" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = ENV.data / "static"
STATICFILES_DIRS = [
    ("weui", ENV.node_modules / "weui" / "dist" / "style"),
    ("htmx", ENV.node_modules / "htmx.org" / "dist"),
    ("js-sha256", ENV.node_modules / "js-sha256" / "build"),
    ("jsqr", ENV.node_modules / "jsqr" / "dist"),
    ("pell", ENV.node_modules / "pell" / "dist"),
    ("signature_pad", ENV.node_modules / "signature_pad" / "dist"),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# Tests take files from where they are written, and only those asked for: every test client would look at all of them.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = TESTING
WHITENOISE_MANIFEST_STRICT = True

LOGGING = logs.settings(ENV.log_level)
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"
PGTRIGGER_INSTALL_ON_MIGRATE = False
SILENCED_SYSTEM_CHECKS: list[str] = []
