"""The `huigong` command: everything an operator does, in one place."""

import click

from huigong.cli.commands import administration, demo, imports, serving


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="huigong")
def main() -> None:
    """惠工：县级工会服务平台。"""


for command in [
    serving.up,
    serving.serve,
    serving.worker,
    serving.prepare,
    administration.migrate,
    administration.check,
    administration.manage,
    administration.pg,
    administration.create_admin,
    administration.rotate_key,
    administration.verify,
    imports.import_unions,
    imports.import_roll,
    demo.demo,
]:
    main.add_command(command)
