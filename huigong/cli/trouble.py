"""What an operator must be told in one sentence, instead of a traceback."""

from typing import IO, Any

import click


class Trouble(click.ClickException):
    """A refusal of the command line: one clear Chinese sentence, exit code 1."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the sentence to standard error, without click's English prefix."""
        click.secho(self.message, file=file, err=file is None, fg="red")
