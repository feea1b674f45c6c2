"""Django in this process, once the environment names a database and the keys exist."""

import os

from huigong.cli.trouble import Trouble


def set_up_django() -> None:
    """`django.setup()`, with one sentence for each setting that has a wrong value."""
    from pydantic import ValidationError

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huigong.config.settings")
    try:
        import django

        django.setup()
    except ValidationError as error:
        raise Trouble(
            "\n".join(_sentence(detail["loc"], detail["msg"]) for detail in error.errors())
        ) from error


def _sentence(location: tuple[int | str, ...], problem: str) -> str:
    if not location:  # about several settings at once: the problem names them
        return f"环境变量的值不对：{problem}"
    name = str(location[0])
    variable = name if name.isupper() else f"HUIGONG_{name.upper()}"
    return f"环境变量 {variable} 的值不对：{problem}"
