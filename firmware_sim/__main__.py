"""`firmware-sim`: one virtual wearable on an air of its own, on somebody else's, or on a real dongle."""

from __future__ import annotations

import argparse
import asyncio
import logging
import math
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from bumble.transport import open_transport
from bumble.transport.common import Transport

from firmware_sim.air import Air
from firmware_sim.clock import ScaledClock
from firmware_sim.ear import lines_of_input
from firmware_sim.peripheral import VirtualWearable
from firmware_sim.profiles import PROFILES
from firmware_sim.profiles.options import OptionError, listed, read_options
from firmware_sim.scenario import Scenario, ScenarioError, load_scenario, packaged_scenarios
from firmware_sim.truth import Truth
from firmware_sim.wearer import MOUNTS

INTERRUPTED = 130
RADIO = "wearable"


class TransportError(Exception):
    """The transport that was named cannot be opened; the message names two that can."""

    exit_code = 3

    def __init__(self, spec: str, reason: str) -> None:
        super().__init__(f"--hci {spec}: {reason}; for example usb:0 or tcp-client:127.0.0.1:9000")
        self.spec = spec


def host_and_port(text: str) -> tuple[str, int]:
    """Read HOST:PORT."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not HOST:PORT; for example 127.0.0.1:0")
    return host, int(port)


def at_least(lowest: int) -> Callable[[str], int]:
    """Return a reader of whole numbers from `lowest` on."""

    def read(text: str) -> int:
        if not text.isdigit() or int(text) < lowest:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least {lowest}")
        return int(text)

    return read


def number(text: str) -> float:
    """Read a finite number."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number")
    return value


def above_zero(text: str) -> float:
    """Read a number above 0."""
    value = number(text)
    if value <= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not above 0")
    return value


def parser() -> argparse.ArgumentParser:
    """Build the command line."""
    line = argparse.ArgumentParser(prog="firmware-sim", description=__doc__)
    where = line.add_mutually_exclusive_group()
    where.add_argument("--serve", metavar="HOST:PORT", type=host_and_port, default=("127.0.0.1", 0),
                       help="hold an air and accept hosts there; port 0 chooses one (default 127.0.0.1:0)")  # fmt: skip
    where.add_argument("--hci", metavar="TRANSPORT", help="put the wearable on a bumble transport, e.g. usb:0 or "
                       "tcp-client:127.0.0.1:9000, instead of an air of its own")  # fmt: skip
    line.add_argument("--vhci", action="store_true", help="join this machine's kernel to the air (needs /dev/vhci)")
    line.add_argument("--profile", choices=PROFILES, default="deskband", help="which wearable to be")
    line.add_argument("--scenario", metavar="NAME|FILE", default="office_day",
                      help=f"the day to be worn: {', '.join(packaged_scenarios())}, or a TOML file")  # fmt: skip
    line.add_argument("--placement", choices=sorted(MOUNTS), default="thigh", help="where on the body it sits")
    line.add_argument("--seed", type=at_least(0), default=1, help="fixes the body, the mounting and the faults")
    line.add_argument("--origin", metavar="UNIX_S", type=number, help="when the scenario starts (default now)")
    line.add_argument("--speed", type=above_zero, default=1.0, help="how fast simulated time runs (default 1)")
    line.add_argument("--mtu", type=int, choices=range(23, 518), metavar="23..517", dest="max_mtu",
                      help="the largest ATT MTU it agrees to (default: as the device does)")  # fmt: skip
    line.add_argument("--buffer-bytes", type=at_least(1024), help="size of a DeskBand's ring buffer (default 2 MB)")
    line.add_argument("--option", metavar="NAME=VALUE", action="append", default=[],
                      help="set something of the device itself; as often as needed (see --options)")  # fmt: skip
    line.add_argument("--options", action="store_true", help="list what each wearable can be set to, and end")
    line.add_argument("--ear", action="store_true", help='let the wearer hear lines on standard input: "called" is a '
                      'call from elsewhere, "begin" begins a day that waits for a host')  # fmt: skip
    line.add_argument("--truth", metavar="FILE", type=Path, help="write what really happens as JSON lines")
    return line


async def simulate(options: argparse.Namespace, scenario: Scenario) -> None:
    """Run until cancelled; nothing is told of the air before everything asked for is there."""
    clock = ScaledClock(time.time() if options.origin is None else options.origin, options.speed)
    async with AsyncExitStack() as stack:
        stream = stack.enter_context(options.truth.open("w", encoding="utf-8")) if options.truth else None
        air = await stack.enter_async_context(Air())
        transport = await stack.enter_async_context(await opened(options.hci)) if options.hci else air.join(RADIO)
        wearable = VirtualWearable(
            PROFILES[options.profile],
            transport,
            clock,
            scenario,
            seed=options.seed,
            placement=options.placement,
            truth=Truth(stream, clock.origin_s),
            reach=None if options.hci else lambda away: air.set_out_of_range(RADIO, away),
            **device_options(options),
        )
        if options.vhci:
            await air.join_kernel()
        if not options.hci:
            host, port = options.serve
            print(f"air {host}:{await air.serve(host, port)}", flush=True)
        if options.ear:
            heard = {"called": wearable.call, "begin": wearable.begin_day}
            lines_of_input(lambda word: heard.get(word, lambda: None)())
        await live_while_connected(wearable, transport)


async def opened(spec: str) -> Transport:
    """Open a bumble transport."""
    try:
        return await open_transport(spec)
    except Exception as error:  # sockets, serial ports, USB and the specification's own text: each has its errors
        raise TransportError(spec, str(error) or type(error).__name__) from error


def device_options(options: argparse.Namespace) -> dict[str, Any]:
    """Return what was said about the device itself."""
    own = {name: getattr(options, name) for name in ("max_mtu", "buffer_bytes")}
    said = [f"{name}={value}" for name, value in own.items() if value is not None] + options.option
    try:
        return read_options(PROFILES[options.profile], said)
    except OptionError as error:
        raise OptionError(f"{options.profile}: {error}") from None


async def live_while_connected(wearable: VirtualWearable[Any], transport: Transport) -> None:
    """Run the wearable until it is cancelled or its transport is gone."""
    life = asyncio.create_task(wearable.run(), name="wearable")
    try:
        await asyncio.wait({life, transport.source.terminated}, return_when=asyncio.FIRST_COMPLETED)
        if not life.done():
            raise ConnectionError("the HCI transport has ended; is the air still running?")
    finally:
        life.cancel()
        await asyncio.gather(life, return_exceptions=True)
    life.result()


async def run_until_signalled(options: argparse.Namespace, scenario: Scenario) -> int:
    """Run the simulation; return the exit code: 130 after Ctrl-C, 0 after a request to stop."""
    codes: list[int] = []
    task = asyncio.create_task(simulate(options, scenario), name="firmware-sim")
    loop = asyncio.get_running_loop()

    def stop(code: int) -> None:
        codes.append(code)
        task.cancel()

    for number, code in ((signal.SIGINT, INTERRUPTED), (signal.SIGTERM, 0)):
        try:
            loop.add_signal_handler(number, stop, code)
        except NotImplementedError:  # Windows' loop has no signal handlers
            signal.signal(number, lambda *_, code=code: loop.call_soon_threadsafe(stop, code))
    try:
        await task
    except asyncio.CancelledError:
        return codes[0] if codes else 0
    return 0


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the console script."""
    options = parser().parse_args(arguments)
    if options.options:
        print("\n".join(listed(PROFILES)))
        return
    logging.getLogger("bumble").setLevel(logging.ERROR)  # it warns of every command and packet that an end cuts short
    try:
        if options.vhci and options.hci:
            parser().error("--vhci joins the kernel to an air of our own: leave --hci out")
        code = asyncio.run(run_until_signalled(options, load_scenario(options.scenario)))
    except (ScenarioError, OptionError, TransportError) as error:
        print(f"firmware-sim: {error}", file=sys.stderr)
        code = error.exit_code
    except OSError as error:
        print(f"firmware-sim: {error}", file=sys.stderr)
        code = 3
    sys.exit(code)


if __name__ == "__main__":
    main()
