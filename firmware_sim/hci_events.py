"""What a radio tells its host by itself: advertisements heard, and a connection request withdrawn."""

from __future__ import annotations

from bumble import hci

RSSI_DBM = -55
WITHDRAWN = hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR


def extended_report(address: hci.Address, data: bytes, is_response: bool) -> hci.HCI_Packet:
    """Build the report of an advertisement, or scan response, sent with legacy packets."""
    event = hci.HCI_LE_Extended_Advertising_Report_Event
    kind = event.EventType.CONNECTABLE_ADVERTISING | event.EventType.SCANNABLE_ADVERTISING
    if is_response:
        kind |= event.EventType.SCAN_RESPONSE
    report = event.Report(
        event_type=kind | event.EventType.LEGACY_ADVERTISING_PDU_USED,
        address_type=address.address_type,
        address=address,
        primary_phy=hci.Phy.LE_1M,
        secondary_phy=0,
        advertising_sid=0xFF,
        tx_power=0x7F,
        rssi=RSSI_DBM,
        periodic_advertising_interval=0,
        direct_address_type=0,
        direct_address=hci.Address.ANY,
        data=data,
    )
    return event([report])


def legacy_report(address: hci.Address, data: bytes, is_response: bool) -> hci.HCI_Packet:
    """Build the same report for a host that knows legacy advertising only."""
    event = hci.HCI_LE_Advertising_Report_Event
    kind = event.EventType.SCAN_RSP if is_response else event.EventType.ADV_IND
    return event([event.Report(kind, address.address_type, address, data, RSSI_DBM)])


def withdrawn_event(peer_address: hci.Address) -> hci.HCI_Packet:
    """Build the connection completion that ends a withdrawn request."""
    return hci.HCI_LE_Connection_Complete_Event(
        status=WITHDRAWN,
        connection_handle=0,
        role=hci.Role.CENTRAL,
        peer_address_type=peer_address.address_type,
        peer_address=peer_address,
        connection_interval=0,
        peripheral_latency=0,
        supervision_timeout=0,
        central_clock_accuracy=0,
    )
