"""What a simulated device can be set to: the annotated keywords of its factory, read from words.

A parameter is an option where its annotation bears a description; its type says what is allowed::

    def witmotion(..., ragged: Annotated[float, Meta(ge=0, le=1, description="...")] = 0.05)

    read_options(PROFILES["witmotion"], ["ragged=0.9"])     # {"ragged": 0.9}
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, get_args, get_type_hints

from msgspec import Meta

from firmware_sim.reading import UnfitError, either, read_as

Address = Annotated[
    str,
    Meta(
        pattern=r"^[C-F][0-9A-F](:[0-9A-F]{2}){5}\Z",
        description="Its static random address; the first digit is C to F.",
    ),
]
MaxMtu = Annotated[int, Meta(ge=23, le=517, description="The largest ATT MTU it agrees to.")]
Pairing = Annotated[bool, Meta(description="Whether it refuses what needs trust on a link that is not paired.")]
Unheard = Annotated[float, Meta(ge=0, le=1, description="Share of its measurements that nobody hears.")]

_WORDS = {True: ("true", "yes", "on", "1", "t", "y"), False: ("false", "no", "off", "0", "f", "n")}


@dataclass(frozen=True, slots=True)
class OneOf:
    """Stands in an annotation, before its Meta: the numbers among which one is chosen."""

    numbers: tuple[float, ...]


class OptionError(ValueError):
    """A device cannot be set so; the message says how it can."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that a device can be set to."""

    name: str
    kind: Any
    """Its annotated type, without None where that is the default."""
    default: object
    description: str


def options_of(make: Callable[..., Any]) -> dict[str, Option]:
    """What the factory of a device can be told, by name."""
    hints = get_type_hints(make, include_extras=True)
    found = {}
    for name, parameter in inspect.signature(make).parameters.items():
        for kind in (hints[name], *get_args(hints[name])):
            notes = [each for each in getattr(kind, "__metadata__", ()) if isinstance(each, Meta)]
            if notes and notes[0].description:
                found[name] = Option(name, kind, parameter.default, notes[0].description)
    return found


def read_options(make: Callable[..., Any], said: Sequence[str]) -> dict[str, Any]:
    """Understand NAME=VALUE words for a device."""
    known = options_of(make)
    read = {}
    for word in said:
        name, sign, value = word.partition("=")
        name = name.strip().replace("-", "_")
        if not sign:
            raise OptionError(f"{word!r} is not NAME=VALUE")
        if name not in known:
            raise OptionError(f"it has no option {name!r}; it has {', '.join(sorted(known))}")
        try:
            read[name] = _value(known[name].kind, value.strip())
        except UnfitError as error:
            raise OptionError(f"{word}: {error.remedy}. {known[name].description}") from None
    return read


def _value(kind: Any, text: str) -> Any:
    bare, *notes = get_args(kind)
    if bare is bool:
        return read_as(kind, next((sense for sense, words in _WORDS.items() if text.lower() in words), text))
    value = read_as(kind, text)
    for note in notes:
        if isinstance(note, OneOf) and value not in note.numbers:
            raise UnfitError("", f"must be {either(f'{number:g}' for number in note.numbers)}", text)
    return value


def listed(profiles: dict[str, Callable[..., Any]]) -> Iterator[str]:
    """Lines that say what each device can be set to."""
    for profile, make in profiles.items():
        yield profile
        for option in options_of(make).values():
            default = "" if option.default in (None, "") else f" [{option.default}]"
            yield f"  {option.name}{default}: {option.description}"
