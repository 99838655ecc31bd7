"""Step: the MQTT broker, tried at once."""

from __future__ import annotations

from pathlib import Path

from monitor.errors import MonitorError
from monitor.first_run.answers import write_privately
from monitor.first_run.broker import BrokerReport, try_broker
from monitor.first_run.guide import Guide
from monitor.rules import Secret, changed
from monitor.settings.faults import SettingsError

TLS = ("off", "system", "ca-file")
PLAIN_PORT, TLS_PORT = 1883, 8883
PASSWORD_FILE = "mqtt-password"
NONE = "-"
"""Typed where a default stands and nothing is wanted."""


def join(guide: Guide) -> None:
    """Ask for the broker and try it, until it works or is left for later."""
    talk, flags, password = guide.talk, guide.flags, ""
    if flags.broker is not None:
        _by_flags(guide)
    elif talk.asks:
        password = _ask_where(guide)
    while guide.settings().mqtt.enabled:
        report = _tried(guide, password)
        _tell(guide, report)
        if report.works:
            if password:  # only now: a file that is in use is not spoilt by a slip of the finger
                guide.answers.password_file = _kept(guide, password)
            return
        if not talk.asks:
            guide.failed.append("broker")
            return
        number = talk.choose("broker.and_now", [talk.words(f"broker.{each}") for each in ("again", "other", "later")])
        if number == 1:
            password = _ask_where(guide)
        elif number == 2:
            guide.answers.host = ""
    talk.say("broker.without")


def _by_flags(guide: Guide) -> None:
    flags, answers = guide.flags, guide.answers
    tls = flags.tls or ("ca-file" if flags.ca_file else "off")
    host, port = host_and_port(flags.broker or "", TLS_PORT if tls != "off" else PLAIN_PORT)
    answers.host, answers.port, answers.tls, answers.ca_file = host, port, tls, flags.ca_file
    answers.username, answers.password_file = flags.username, flags.password_file


def host_and_port(text: str, port: int) -> tuple[str, int]:
    """Read HOST or HOST:PORT; an address of IPv6 stands in brackets where a port follows. Raises SettingsError."""
    if text.count(":") > 1 and "]:" not in text:
        return text.strip("[]"), port
    host, colon, digits = text.rpartition(":")
    if not colon:
        return text, port
    host = host.strip("[]")
    if not (host and digits.isdigit() and 0 < int(digits) < 65536):
        raise SettingsError("--broker", text, "write it as HOST or HOST:PORT, for example homeassistant.local:1883")
    return host, int(digits)


def _ask_where(guide: Guide) -> str:
    """Ask for everything, and return the password, which is nowhere written down yet."""
    talk, answers = guide.talk, guide.answers
    talk.say("broker.what_for")
    known = guide.settings().mqtt
    host = f"[{known.host}]" if ":" in known.host else known.host
    default = known.host if known.port in (PLAIN_PORT, TLS_PORT) else f"{host}:{known.port}"
    text = talk.ask("broker.host", default if known.host else "", lambda text: _host_fault(guide, text))
    if not text or text == NONE:
        answers.host = ""
        return ""
    kinds = [talk.words(f"broker.tls_{each.replace('-', '_')}") for each in TLS]
    answers.tls = TLS[talk.choose("broker.tls", kinds, TLS.index(known.tls))]
    answers.host, answers.port = host_and_port(text, PLAIN_PORT if answers.tls == "off" else TLS_PORT)
    answers.ca_file = ""
    if answers.tls == "ca-file":
        answers.ca_file = talk.ask("broker.ca_file", known.ca_file, lambda text: _file_fault(guide, text))
    username = talk.ask("broker.username", known.username)
    answers.username = "" if username == NONE else username
    password = talk.secret("broker.password") if answers.username else ""
    same = answers.username == known.username and not password
    answers.password_file = known.password_file if same else ""
    return password


def _host_fault(guide: Guide, text: str) -> str | None:
    try:
        host_and_port(text, PLAIN_PORT)
    except MonitorError as error:
        return str(error)
    return guide.talk.words("broker.host_fault") if "/" in text or " " in text else None


def _file_fault(guide: Guide, text: str) -> str | None:
    path = Path(text).expanduser()
    return None if text and path.is_file() else guide.talk.words("broker.no_file", path=text)


def _kept(guide: Guide, password: str) -> str:
    """Put the password into a file of its own beside the settings, which only the user may read."""
    path = guide.config.parent / PASSWORD_FILE
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_privately(path, f"{password}\n")
    guide.talk.say("broker.password_kept", path=path)
    return str(path)


def _tried(guide: Guide, password: str) -> BrokerReport:
    try:
        rules = guide.settings().mqtt
        if password:
            rules = changed(rules, password=Secret(password))
        guide.talk.say("broker.trying", host=rules.host, port=rules.port)
        return guide.wait_for(try_broker(rules))
    except MonitorError as error:
        return BrokerReport(str(error))


def _tell(guide: Guide, report: BrokerReport) -> None:
    if not report.works:
        problem = ". ".join(map(guide.talk.told, report.problem.split(". ")))  # what it is, and what to do
        guide.talk.problem(guide.talk.words("broker.fails", problem=problem))
        return
    guide.talk.good("broker.works", milliseconds=round(1000 * report.round_trip_s))
    if report.home_assistant == "yes":
        guide.talk.good("broker.home_assistant_yes")
    else:
        guide.talk.say(f"broker.home_assistant_{report.home_assistant}")
