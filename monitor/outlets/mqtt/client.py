"""One connection to the broker: the only file that knows paho.

A paho client is used for one connection and then thrown away: paho keeps what is published while it is unconnected and
would send it again beside the outbox. Its network loop runs in a thread of ours, so that the thread's end is always
noticed, and it enters the event loop at one line, ``_enter``. Callbacks only make records: an exception in a callback
would end the thread while ``publish`` goes on, and a live-looking daemon would hear no command any more.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import socket
import ssl
import threading
from dataclasses import replace
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from monitor.errors import MonitorError
from monitor.exchange import Message
from monitor.outlets.mqtt.certificates import refused_by_broker
from monitor.outlets.mqtt.credentials import BrokerContext, password, tls_context
from monitor.outlets.mqtt.rules import MqttRules
from monitor.outlets.mqtt.signals import (
    Acknowledged,
    ClosedUnheard,
    Lost,
    Opened,
    Received,
    Refused,
    Reply,
    Signal,
    SilentBroker,
)

log = logging.getLogger(__name__)

CONNECT_TIMEOUT_S = 5.0
ANSWER_TIMEOUT_S = 10.0
"""From the first packet to the broker's answer, TLS included; a Raspberry Pi Zero needs two seconds of it."""
IN_FLIGHT_LIMIT = 20
"""Unacknowledged publications at most, paho's default; a broker may ask for fewer, which paho does not heed."""
UNSUPPORTED_PROTOCOL = 132
QUOTA_EXCEEDED = 151
NO_MATCHING_SUBSCRIBERS = 16
_PAYLOAD_KEPT_BYTES = 128
"""More than any command may have; the rest of a foreign payload never enters the event loop."""
_PACKET_LIMIT_BYTES = 65536
LARGE_PAYLOAD_BYTES = 262_144
"""Longest message on a topic to which a wearable publishes; one byte more is handed on, to be seen as too much."""
SIGNALS_KEPT = 1000
"""Foreign messages beyond this backlog are dropped: memory stays bounded whatever the broker pours out."""
LARGE_SIGNALS_KEPT = 50
"""The same for large ones."""


class BrokerRefused(MonitorError):  # noqa: N818  a fact, named as the events are
    """The broker is there and does not let us in."""

    exit_code = 3

    def __init__(self, host: str, port: int, reason: str, remedy: str) -> None:
        super().__init__(f"the MQTT broker {host}:{port} refuses the connection: {reason}. {remedy}")
        self.host, self.port, self.reason = host, port, reason


class Connection:
    """From CONNECT to the end of the network thread; ``signals`` tells what happens, ``Lost`` being the last."""

    def __init__(
        self,
        rules: MqttRules,
        client_id: str,
        version: MQTTProtocolVersion,
        will: Message | None,
        large: frozenset[str] = frozenset(),
    ) -> None:
        """``large``: topics whose messages may be long."""
        self.signals: asyncio.Queue[Signal] = asyncio.Queue()
        self._rules = rules
        self._large = large
        self._version = version
        self._loop = asyncio.get_running_loop()
        self._given_up = False
        self._parting = ""
        self._context: BrokerContext | None = None
        self._paho = self._client(client_id, will)

    def _client(self, client_id: str, will: Message | None) -> paho.Client:
        clean = None if self._version == paho.MQTTv5 else True
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            clean_session=clean,
            protocol=self._version,
            reconnect_on_failure=False,
        )
        client.connect_timeout = CONNECT_TIMEOUT_S
        if will is not None:
            client.will_set(will.topic, will.payload, qos=will.qos, retain=will.retain)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_publish = self._on_publish
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        # With this callback set, publish() only wakes the network thread and never writes to the socket itself.
        client.on_socket_register_write = lambda *_: None
        return client

    # --- the network thread ---------------------------------------------------------------------------------

    def open(self) -> None:
        """Start to connect; the first signal is ``Opened``, ``Refused`` or ``Lost``."""
        threading.Thread(target=self._network, name="mqtt", daemon=True).start()

    def _network(self) -> None:
        reached, problem = False, None
        try:
            self._secure()
            options: dict[str, Any] = {}
            if self._version == paho.MQTTv5:
                options = {"clean_start": True, "properties": _properties(PacketTypes.CONNECT)}
                options["properties"].MaximumPacketSize = _PACKET_LIMIT_BYTES + (
                    LARGE_PAYLOAD_BYTES if self._large else 0
                )
            self._paho.connect(self._rules.host, self._rules.port, self._rules.keepalive_s, **options)
            reached = True
            while not self._given_up and self._paho.loop(1.0) == MQTTErrorCode.MQTT_ERR_SUCCESS:
                pass
        except Exception as caught:  # whatever it is: a thread that dies in silence is the worst of all
            problem = caught
        problem = problem or getattr(self._context and self._context.made, "trouble", None)
        self._hang_up()
        self._enter(Lost(self._why(problem), reached, problem))

    def _hang_up(self) -> None:
        # Callbacks hold this object and it holds the client: without the circle, paho's sockets close at once.
        self._paho.on_connect = self._paho.on_disconnect = None
        self._paho.on_publish = self._paho.on_subscribe = self._paho.on_message = None
        if self._context is not None and self._context.made is not None:
            self._context.made.close()  # paho forgets it when the handshake fails

    def _why(self, problem: Exception | None) -> str:
        if isinstance(problem, MonitorError):
            return str(problem)
        if isinstance(problem, ssl.SSLCertVerificationError):
            return f"the broker's certificate is not trusted ({problem.verify_message.rstrip('.')})"
        if refused := refused_by_broker(problem):
            return refused[0]
        return str(problem) if problem else self._parting or "the connection was closed"

    def _secure(self) -> None:
        rules = self._rules
        if rules.username:
            self._paho.username_pw_set(rules.username, password(rules) or None)
        if rules.tls != "off":
            self._context = tls_context(rules)
            self._paho.tls_set_context(self._context)

    def _enter(self, signal: Signal) -> None:
        if isinstance(signal, Received):
            is_large = len(signal.payload) > _PAYLOAD_KEPT_BYTES
            if self.signals.qsize() > (LARGE_SIGNALS_KEPT if is_large else SIGNALS_KEPT):
                return
        with contextlib.suppress(RuntimeError):  # the event loop has ended before us
            self._loop.call_soon_threadsafe(self.signals.put_nowait, signal)

    def _on_connect(self, client: paho.Client, _data: object, _flags: object, code: ReasonCode, props: object) -> None:
        if code.is_failure:
            self._enter(Refused(code.value, str(code).lower()))
        else:
            granted = getattr(props, "ReceiveMaximum", IN_FLIGHT_LIMIT)
            client._max_inflight_messages = min(IN_FLIGHT_LIMIT, granted)  # its public setter is too early or too late
            self._enter(Opened(self.protocol))

    def _on_disconnect(self, _client: object, _data: object, flags: Any, code: ReasonCode, _props: object) -> None:
        if flags.is_disconnect_packet_from_server:
            self._parting = f"the broker says: {str(code).lower()}"
            if code.value == 142:
                self._parting += " (another client uses the same client id)"

    def _on_publish(self, _client: object, _data: object, number: int, code: ReasonCode, _props: object) -> None:
        failure = str(code).lower() if code.is_failure else None
        self._enter(Acknowledged(number, failure, code.value == QUOTA_EXCEEDED, code.value == NO_MATCHING_SUBSCRIBERS))

    def _on_subscribe(
        self, _client: object, _data: object, number: int, codes: list[ReasonCode], _props: object
    ) -> None:
        denied = next((str(code).lower() for code in codes if code.is_failure), None)
        self._enter(Acknowledged(number, denied))

    def _on_message(self, _client: object, _data: object, message: paho.MQTTMessage) -> None:
        with contextlib.suppress(UnicodeDecodeError):  # paho decodes the topic when it is asked for
            topic = message.topic
            kept_bytes = LARGE_PAYLOAD_BYTES + 1 if topic in self._large else _PAYLOAD_KEPT_BYTES
            payload = bytes(message.payload[:kept_bytes])
            self._enter(Received(topic, payload, bool(message.retain), _reply(message.properties)))

    @property
    def protocol(self) -> str:
        """Which MQTT is spoken."""
        return "5" if self._version == paho.MQTTv5 else "3.1.1"

    # --- what the session may do ----------------------------------------------------------------------------

    def subscribe(self, topic: str) -> int:
        """Ask for a topic at QoS 1; ``Acknowledged`` comes with the returned number."""
        return self._paho.subscribe(topic, qos=1)[1] or 0

    def publish(self, message: Message, expiry_s: float | None = None, correlation: bytes | None = None) -> int:
        """Hand a message to the network thread; ``Acknowledged`` comes with the returned number."""
        properties = None
        if self._version == paho.MQTTv5:
            properties = _properties(PacketTypes.PUBLISH)
            if message.payload.startswith("{"):
                properties.ContentType = "application/json"
            if message.properties:
                properties.UserProperty = list(message.properties.items())
            if expiry_s is not None:
                properties.MessageExpiryInterval = max(1, math.ceil(expiry_s))
            if correlation is not None:
                properties.CorrelationData = correlation
        return self._paho.publish(message.topic, message.payload, message.qos, message.retain, properties).mid

    def close(self) -> None:
        """Say goodbye; the broker then sends no will. ``Lost`` follows."""
        self._paho.disconnect()

    def abandon(self) -> None:
        """End at once whatever the state; the broker sends the will if it has let us in."""
        self._given_up = True
        held = self._paho.socket()
        if isinstance(held, socket.socket):
            with contextlib.suppress(OSError):
                held.shutdown(socket.SHUT_RDWR)


async def connect(
    rules: MqttRules, client_id: str, will: Message | None = None, large: frozenset[str] = frozenset()
) -> Connection | Refused | Lost:
    """Connect in the version the rules ask for.

    ``auto``: a broker that closes twice without a word, or says that it does not know MQTT 5, gets 3.1.1 this time.
    """
    versions = {"5": [paho.MQTTv5], "3.1.1": [paho.MQTTv311], "auto": [paho.MQTTv5, paho.MQTTv5, paho.MQTTv311]}
    signal: Signal = Lost("not tried")
    for version in versions[rules.protocol]:
        connection = Connection(rules, client_id, version, will, large)
        connection.open()
        signal = await _first_signal(connection)
        if isinstance(signal, Opened):
            log.info("connected to the MQTT broker %s:%d (MQTT %s)", rules.host, rules.port, signal.protocol)
            return connection
        silent = isinstance(signal, Lost) and signal.reached and not isinstance(signal.problem, ssl.SSLError)
        if not silent and not (isinstance(signal, Refused) and signal.code == UNSUPPORTED_PROTOCOL):
            break
    assert isinstance(signal, Refused | Lost)
    if isinstance(signal, Lost) and signal.reached and signal.problem is None:
        return replace(signal, problem=ClosedUnheard())
    return signal


async def _first_signal(connection: Connection) -> Signal:
    """What comes of the attempt; a broker that says nothing is given up, whatever keepalive would allow it."""
    try:
        async with asyncio.timeout(ANSWER_TIMEOUT_S):
            return await connection.signals.get()
    except TimeoutError:
        connection.abandon()
        return Lost("the connection is taken and nothing is said", problem=SilentBroker())
    except asyncio.CancelledError:
        connection.abandon()
        raise


def _properties(kind: int) -> Any:
    return Properties(kind)  # type: ignore[no-untyped-call]


def _reply(properties: Any) -> Reply | None:
    topic = getattr(properties, "ResponseTopic", None)
    return Reply(topic, getattr(properties, "CorrelationData", None)) if topic else None
