"""What a radio does beyond bumble 0.0.236's virtual controller: reach, loss, scan responses, withdrawn requests.

bumble gives a controller and a link; what they leave out of a radio is mended here: a cancelled connection request is
withdrawn, scan responses arrive, a public own address carries data, a reset cleans up, packets to a vanished peer are
lost and not an error, ACL packets hold 251 bytes, and the peers of a vanished radio lose the link after the
supervision timeout.
"""

from __future__ import annotations

import asyncio

from bumble import controller as virtual
from bumble import core, hci, link, ll
from bumble.transport.common import TransportSink

from firmware_sim.hci_events import extended_report, legacy_report, withdrawn_event

SUPERVISION_TIMEOUT_S = 2.0
"""Wall time after which the peers of a vanished host lose the link; phones ask for 2 to 6 s."""
LINK_LOST = hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR
NEVER_ESTABLISHED = hci.HCI_ErrorCode.CONNECTION_FAILED_TO_BE_ESTABLISHED_ERROR


class Medium(link.LocalLink):
    """bumble's link, with reach: a controller that is away neither sends nor receives."""

    def __init__(self, supervision_timeout_s: float = SUPERVISION_TIMEOUT_S) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # bumble leaves it bare
        self.away: set[str] = set()
        self._supervision_timeout_s = supervision_timeout_s
        self._fading: list[asyncio.TimerHandle] = []

    def in_reach(self, controller: virtual.Controller) -> bool:
        """Say whether this controller's radio is heard at all."""
        return controller in self.controllers and controller.name not in self.away

    def find_peer(self, self_address: hci.Address, peer_address: hci.Address) -> Radio | None:
        """Return the controller that holds the other end of a link; an address alone may belong to a ghost."""
        for controller in self.controllers:
            held = controller.le_connections.get(self_address)
            if held and held.self_address == peer_address and isinstance(controller, Radio):
                return controller
        return None

    def send_acl_data(
        self,
        sender_controller: virtual.Controller,
        destination_address: hci.Address,
        transport: core.PhysicalTransport,
        data: bytes,
    ) -> None:
        """Carry data along an existing link, from the address that the link was made with."""
        held = sender_controller.le_connections.get(destination_address)
        if held is None or not self.in_reach(sender_controller):
            return
        peer = self.find_peer(held.self_address, destination_address)
        if peer is not None and self.in_reach(peer):
            asyncio.get_running_loop().call_soon(peer.on_link_acl_data, held.self_address, transport, data)

    def send_ll_control_pdu(
        self, sender_address: hci.Address, receiver_address: hci.Address, packet: ll.ControlPdu
    ) -> None:
        """Carry a link-layer packet; to a peer that is gone it is lost, as on the air."""
        peer = self.find_peer(sender_address, receiver_address)
        if peer is not None:
            asyncio.get_running_loop().call_soon(peer.on_ll_control_pdu, sender_address, packet)

    def send_advertising_pdu(self, sender_controller: virtual.Controller, packet: ll.AdvertisingPdu) -> None:
        """Let everybody in reach hear an advertisement or a connection request."""
        if not self.in_reach(sender_controller):
            return
        loop = asyncio.get_running_loop()
        if isinstance(packet, ll.ConnectInd):
            loop.call_soon(self._ask_for_link, sender_controller, packet)
            return
        for controller in self.controllers - {sender_controller}:
            if isinstance(controller, Radio) and isinstance(sender_controller, Radio):
                loop.call_soon(controller.hear, sender_controller, packet)

    def _ask_for_link(self, initiator: virtual.Controller, packet: ll.ConnectInd) -> None:
        for controller in self.controllers - {initiator}:
            if self.in_reach(controller):
                controller.on_ll_advertising_pdu(packet)
        if self.find_peer(packet.initiator_address, packet.advertiser_address) is None:
            held = initiator.le_connections.get(packet.advertiser_address)
            if held is not None:  # the advertiser had just stopped: nobody answered the request
                initiator.on_le_disconnected(held, NEVER_ESTABLISHED)

    def leave(self, radio: Radio) -> None:
        """Silence a radio whose host is gone; its peers lose the link after the supervision timeout."""
        if radio not in self.controllers:
            return
        radio.fall_silent()
        radio.host = None
        links = list(radio.le_connections.values())
        self.remove_controller(radio)
        if links:
            self._fading.append(asyncio.get_running_loop().call_later(self._supervision_timeout_s, self._lose, links))

    def _lose(self, links: list[virtual.Connection]) -> None:
        for held in links:
            peer = self.find_peer(held.self_address, held.peer_address)
            if peer is not None:
                peer.on_le_disconnected(peer.le_connections[held.self_address], LINK_LOST)

    def close(self) -> None:
        """Take everybody off the air; nobody is told later."""
        for radio in list(self.controllers):
            if isinstance(radio, Radio):
                self.leave(radio)
        for expire in self._fading:
            expire.cancel()


class Radio(virtual.Controller):
    """One radio, with what bumble's virtual controller leaves out."""

    link: Medium
    # 27, bumble's figure, cuts a 240-byte notification into ten HCI packets.
    le_acl_data_packet_length = 251
    supported_max_tx_octets = 251
    supported_max_rx_octets = 251
    suggested_max_tx_octets = 251

    def __init__(
        self, name: str, medium: Medium, host_sink: TransportSink | None = None, address: str | None = None
    ) -> None:
        super().__init__(name, host_sink=host_sink, link=medium, public_address=address)
        self._reported: set[tuple[bytes, bytes]] = set()

    def close(self) -> None:
        """Take the radio off the air, as a transport's end is closed."""
        self.link.leave(self)

    def on_packet(self, packet: bytes) -> None:
        """Take a packet from the host, unless the radio has left the air."""
        if self in self.link.controllers:
            super().on_packet(packet)

    def fall_silent(self) -> None:
        """Stop advertising, scanning and connecting."""
        self.pending_le_connection = None
        self.le_scan_enable = False
        self.le_legacy_advertiser.stop()
        for advertising_set in self.advertising_sets.values():
            advertising_set.stop()

    def drop_links(self, reason: int) -> None:
        """End every link at both ends."""
        for held in list(self.le_connections.values()):
            peer = self.link.find_peer(held.self_address, held.peer_address)
            self.on_le_disconnected(held, reason)
            other_end = peer.le_connections.get(held.self_address) if peer else None
            if peer is not None and other_end is not None:
                peer.on_le_disconnected(other_end, reason)

    def scan_response_of(self, address: hci.Address) -> bytes:
        """Return what this advertiser answers to an active scanner."""
        for advertising_set in self.advertising_sets.values():
            if advertising_set.address == address:
                return bytes(advertising_set.scan_response_data)
        return bytes(self.le_legacy_advertiser.scan_response_data)

    def hear(self, sender: Radio, packet: ll.AdvertisingPdu) -> None:
        """Report an advertisement and its scan response to the host; connect if that was asked for."""
        if not (isinstance(packet, ll.AdvInd | ll.AdvExtInd) and self.link.in_reach(self)):
            return
        if self.le_scan_enable:
            self._report(packet.advertiser_address, bytes(packet.data), is_response=False)
            self._report(
                packet.advertiser_address, sender.scan_response_of(packet.advertiser_address), is_response=True
            )
        wanted = self.pending_le_connection
        if wanted is not None and wanted.peer_address == packet.advertiser_address:
            self.create_le_connection(packet.advertiser_address)

    def _report(self, address: hci.Address, data: bytes, is_response: bool) -> None:
        seen = (bytes(address), data)
        if self.filter_duplicates and seen in self._reported:
            return
        self._reported.add(seen)
        self.send_hci_packet(
            extended_report(address, data, is_response)
            if self.le_features & hci.LeFeatureMask.LE_EXTENDED_ADVERTISING
            else legacy_report(address, data, is_response)
        )

    def on_hci_le_set_scan_enable_command(
        self, command: hci.HCI_LE_Set_Scan_Enable_Command
    ) -> hci.HCI_StatusReturnParameters:
        """Start or stop scanning; what was reported before may be reported again."""
        self._reported.clear()
        return super().on_hci_le_set_scan_enable_command(command)

    def on_hci_le_set_extended_scan_enable_command(
        self, command: hci.HCI_LE_Set_Extended_Scan_Enable_Command
    ) -> hci.HCI_StatusReturnParameters:
        """Start or stop scanning; what was reported before may be reported again."""
        self._reported.clear()
        return super().on_hci_le_set_extended_scan_enable_command(command)

    def on_hci_le_set_advertising_parameters_command(
        self, command: hci.HCI_LE_Set_Advertising_Parameters_Command
    ) -> hci.HCI_StatusReturnParameters:
        """Keep the legacy interval in milliseconds: bumble reads the 0.625 ms units as such."""
        result = super().on_hci_le_set_advertising_parameters_command(command)
        self.le_legacy_advertiser.advertising_interval_min = round(command.advertising_interval_min * 0.625)
        return result

    def on_hci_le_create_connection_cancel_command(
        self, _command: hci.HCI_LE_Create_Connection_Cancel_Command
    ) -> hci.HCI_StatusReturnParameters:
        """Withdraw the pending request; the host is told by a completion with an error (Vol 4, Part E, 7.8.13)."""
        wanted = self.pending_le_connection
        if wanted is None:
            return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.COMMAND_DISALLOWED_ERROR)
        self.pending_le_connection = None
        asyncio.get_running_loop().call_soon(self.send_hci_packet, withdrawn_event(wanted.peer_address))
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)

    def on_hci_reset_command(self, _command: hci.HCI_Reset_Command) -> hci.HCI_StatusReturnParameters:
        """Forget links, advertising and scanning, as a reset does."""
        self.fall_silent()
        self.drop_links(LINK_LOST)
        self.advertising_sets.clear()
        return super().on_hci_reset_command(_command)

    def on_ll_control_pdu(self, sender_address: hci.Address, packet: ll.ControlPdu) -> None:
        """Take a link-layer packet of a link that still exists."""
        if sender_address in self.le_connections:
            super().on_ll_control_pdu(sender_address, packet)

    def on_link_acl_data(self, sender_address: hci.Address, transport: core.PhysicalTransport, data: bytes) -> None:
        """Take data of a link that still exists."""
        if sender_address in self.le_connections:
            super().on_link_acl_data(sender_address, transport, data)
