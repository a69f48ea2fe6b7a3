"""The streams of a camera, as it tells them by ONVIF."""

import asyncio
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

import httpx

from vision.camera_address import without_credentials
from vision.errors import OnvifError, OnvifFault, OnvifRefused
from vision.soap import Credentials, SoapClient, http_client, printable, web_address

_DEVICE = "http://www.onvif.org/ver10/device/wsdl"
_MEDIA = "http://www.onvif.org/ver10/media/wsdl"
_MEDIA2 = "http://www.onvif.org/ver20/media/wsdl"
_SCHEMA = "http://www.onvif.org/ver10/schema"
_MOST_PROFILES = 64
_MOST_ADDRESS = 2048
_LABEL = r"[A-Za-z0-9_-]{1,63}"
_HOST = re.compile(rf"({_LABEL}(\.{_LABEL})*|\[[0-9A-Fa-f:.]+\])(:[0-9]{{1,5}})?")
_STREAM_SCHEMES = ("rtsp://", "rtsps://")


@dataclass(frozen=True, slots=True)
class StreamOffer:
    """A stream that a camera offers.

    Attributes:
        host: The camera that was asked.
        manufacturer: Who made it.
        model: What it is.
        name: What the camera calls the stream.
        width: Pixels, 0 where it is not told.
        height: Pixels, 0 where it is not told.
        codec: Such as "H264"; empty where it is not told.
        fps: Frames a second as set, or None.
        address: Without credentials; None where the camera tells none of RTSP.
        is_elsewhere: Whether the address names another host than the one that was asked.
    """

    host: str
    manufacturer: str
    model: str
    name: str
    width: int
    height: int
    codec: str
    fps: float | None
    address: str | None
    is_elsewhere: bool = False


def device_service(host: str) -> httpx.URL:
    """Tell where a device's service is, from "HOST" or "HOST:PORT".

    Raises:
        OnvifError: That is no host.
    """
    url = web_address(f"http://{host}/onvif/device_service") if _HOST.fullmatch(host) else None
    if url is not None:
        return url
    # A password may have been typed before it.
    raise OnvifError(f"host {host.rpartition('@')[2]!r} is no host; write it as 192.0.2.10 or 192.0.2.10:8080")


async def list_streams(service: httpx.URL, credentials: Credentials | None, limit_s: float = 20.0) -> list[StreamOffer]:
    """Ask one camera for all of its streams.

    Args:
        service: From `device_service` or `vision.discovery.probe`.
        credentials: Of a user of the camera, or None.
        limit_s: Longest time for all of it.

    Raises:
        OnvifError: It does not answer in time, not in ONVIF, or refuses.
    """
    name = service.netloc.decode()
    try:
        async with asyncio.timeout(limit_s), http_client() as client:
            return await _Camera(service, SoapClient(client, name, credentials), name).streams()
    except TimeoutError:
        raise OnvifError(f"{name}: not done within {limit_s:.0f} s; check the network to it, or restart it") from None


class _Camera:
    """The questions to one camera, in their order."""

    def __init__(self, service: httpx.URL, soap: SoapClient, name: str) -> None:
        self._service = service
        self._soap = soap
        self._name = name
        self._hosts = {service.host}

    async def streams(self) -> list[StreamOffer]:
        await self._follow_clock()
        device, peer = await self._soap.ask(self._service, f'<GetDeviceInformation xmlns="{_DEVICE}"/>')
        if peer:
            self._hosts.add(peer)
        made_by, model = (printable(device.find(f"{{*}}{tag}")) for tag in ("Manufacturer", "Model"))
        media, url = await self._media()
        wanted = "<Type>VideoEncoder</Type>" if media == _MEDIA2 else ""
        answer, _ = await self._soap.ask(url, f'<GetProfiles xmlns="{media}">{wanted}</GetProfiles>')
        offers = []
        for profile in answer.findall("{*}Profiles")[:_MOST_PROFILES]:
            encoder = profile.find("{*}VideoEncoderConfiguration")
            if encoder is None:
                encoder = profile.find("{*}Configurations/{*}VideoEncoder")
            if encoder is None:
                continue  # sound or metadata alone
            address = await self._address(media, url, profile.get("token", ""))
            offers.append(self._offer(made_by, model, profile, encoder, address))
        return offers

    async def _follow_clock(self) -> None:
        """Learn what time the camera thinks it is; one that does not tell is taken to be right."""
        try:
            answer, _ = await self._soap.ask(self._service, f'<GetSystemDateAndTime xmlns="{_DEVICE}"/>', signed=False)
        except (OnvifFault, OnvifRefused):
            return
        utc = answer.find("{*}SystemDateAndTime/{*}UTCDateTime")
        parts = [
            utc.findtext(f"{{*}}{place}") if utc is not None else None
            for place in (
                "Date/{*}Year",
                "Date/{*}Month",
                "Date/{*}Day",
                "Time/{*}Hour",
                "Time/{*}Minute",
                "Time/{*}Second",
            )
        ]
        try:
            year, month, day, hour, minute, second = (int(part or "") for part in parts)
            self._soap.follow_clock(datetime(year, month, day, hour, minute, second, tzinfo=UTC))
        except (ValueError, OverflowError):
            return

    async def _media(self) -> tuple[str, httpx.URL]:
        """Find the service that tells streams: of the second kind, which knows H.265, where there is one."""
        try:
            body = f'<GetServices xmlns="{_DEVICE}"><IncludeCapability>false</IncludeCapability></GetServices>'
            answer, _ = await self._soap.ask(self._service, body)
            places = {one.findtext("{*}Namespace"): one.findtext("{*}XAddr") for one in answer.findall("{*}Service")}
        except OnvifFault:
            # Cameras from before 2010 know only this.
            body = f'<GetCapabilities xmlns="{_DEVICE}"><Category>Media</Category></GetCapabilities>'
            answer, _ = await self._soap.ask(self._service, body)
            places = {_MEDIA: answer.findtext("{*}Capabilities/{*}Media/{*}XAddr")}
        for media in (_MEDIA2, _MEDIA):
            place = places.get(media)
            if place:
                return media, self._on_this_host(place)
        raise OnvifError(f"{self._name}: it tells no streams (no media service); check that it is a camera")

    def _on_this_host(self, place: str) -> httpx.URL:
        """Stay with the host that was asked: behind a router a camera names an address that is not to be reached."""
        url = web_address(place)
        if url is None:
            raise OnvifError(f"{self._name}: the address of its media service is none; update the camera")
        return url if url.host in self._hosts else self._service.copy_with(raw_path=url.raw_path)

    async def _address(self, media: str, url: httpx.URL, token: str) -> str | None:
        profile = f"<ProfileToken>{escape(token)}</ProfileToken>"
        if media == _MEDIA2:
            body = f"<Protocol>RTSP</Protocol>{profile}"
        else:
            body = (
                f'<StreamSetup><Stream xmlns="{_SCHEMA}">RTP-Unicast</Stream><Transport xmlns="{_SCHEMA}">'
                f"<Protocol>RTSP</Protocol></Transport></StreamSetup>{profile}"
            )
        try:
            answer, _ = await self._soap.ask(url, f'<GetStreamUri xmlns="{media}">{body}</GetStreamUri>')
        except OnvifFault:
            return None  # such as a stream that is switched off; the others are none the worse
        address = answer.findtext("{*}Uri") or answer.findtext("{*}MediaUri/{*}Uri") or ""
        address = without_credentials(address.strip()[:_MOST_ADDRESS])
        is_one = (
            len(address) < _MOST_ADDRESS
            and address.lower().startswith(_STREAM_SCHEMES)
            and address.isprintable()
            and " " not in address
        )
        return address if is_one else None

    def _offer(self, made_by: str, model: str, profile: Element, encoder: Element, address: str | None) -> StreamOffer:
        rate = _number(encoder, "{*}RateControl/{*}FrameRateLimit")
        return StreamOffer(
            host=self._name,
            manufacturer=made_by,
            model=model,
            name=printable(profile.find("{*}Name")),
            width=round(_number(encoder, "{*}Resolution/{*}Width") or 0),
            height=round(_number(encoder, "{*}Resolution/{*}Height") or 0),
            codec=printable(encoder.find("{*}Encoding")),
            fps=rate,
            address=address,
            is_elsewhere=address is not None and _host_of(address) not in self._hosts,
        )


def _number(element: Element, path: str) -> float | None:
    try:
        number = float(element.findtext(path) or "")
    except ValueError:
        return None
    return number if 0 < number < 100_000 else None


def _host_of(address: str) -> str | None:
    try:
        return httpx.URL(address).host
    except httpx.InvalidURL:
        return None
