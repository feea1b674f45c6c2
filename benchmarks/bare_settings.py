"""The platform's database and models under the bare view: no middleware, no other address."""

from huigong.config.settings import *  # noqa: F403 the same database, the same drivers' options

MIDDLEWARE = []
ROOT_URLCONF = "benchmarks.bare"
