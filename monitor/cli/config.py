"""``sitbreak config``: the settings, explained."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from monitor.cli.asking import new_password
from monitor.cli.process import ConfigOption, SetOption, StateDirOption, default_config, history_file, load_settings
from monitor.cli.translation import said_here

app = typer.Typer(no_args_is_help=True, help="Show, check and write settings.")


@app.command("template")
def template() -> None:
    """Print a settings file with every setting, its unit and its default."""
    from monitor.settings.template import settings_template

    typer.echo(settings_template(), nl=False)


@app.command("show")
def show(config: ConfigOption = None, set_: SetOption = None) -> None:
    """Print every setting in force and where it comes from; secrets are hidden."""
    from monitor.settings.loading import in_force

    say = said_here("config")
    table = Table(say("setting"), say("value"), say("from"))
    for key, value, source in in_force(load_settings(config, set_)):
        table.add_row(key, value, say(source))
    Console().print(table)


@app.command("check")
def check(config: ConfigOption = None, set_: SetOption = None) -> None:
    """Say whether the settings are right; exit 2 with the first fault otherwise."""
    from monitor.assembly.wearer import new_pipeline

    path = config or default_config()
    settings = load_settings(path, set_).settings
    for wearer in settings.wearers:
        new_pipeline(settings, wearer)
    say, unnamed = said_here("config"), "no file, so every setting has its default or comes from the environment"
    typer.echo(f"{path or say(unnamed)}: {say('settings are right')}")


@app.command("topics")
def topics(config: ConfigOption = None, set_: SetOption = None, state_dir: StateDirOption = None) -> None:
    """Print what each wearer's MQTT topics begin with: a random name, made when the daemon first runs."""
    from monitor.history import queries

    settings, say = load_settings(config, set_).settings, said_here("config")
    nodes = {row.name: row.node_id for row in queries.wearers(history_file(state_dir))}
    for name in settings.wearers:
        topic = f"{settings.mqtt.base}/{nodes[name]}" if name in nodes else say("not yet: sitbreak run")
        typer.echo(f"{name}\t{topic}")


@app.command("password")
def password(
    wearer: Annotated[str, typer.Option(help="For this wearer's page only; for all unless told.")] = "",
) -> None:
    """Ask for a password for the web page, and print the lines for the settings."""
    from monitor.web.passwords import SHORTEST, hash_of

    say = said_here("config")
    given = new_password(say("Password for the web page"), say("The same once more"), say("The two are not the same."))
    if len(given) < SHORTEST:
        raise typer.BadParameter(f"the password needs at least {SHORTEST} characters")
    section, key = ("web.password_hashes", wearer) if wearer else ("web", "password_hash")
    typer.echo(f'[{section}]\n{key} = "{hash_of(given)}"')
