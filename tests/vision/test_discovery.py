"""Asking the local network for cameras, on real sockets of the loopback interface."""

import asyncio

import httpx
import pytest

from tests.vision.onvif_camera import GROUP, discoverable, probe_matches
from vision.discovery import Answer, probe
from vision.errors import ProbeFailed

HERE = "http://127.0.0.1:8080/onvif/device_service"


def ask(port: int, wait_s: float = 0.5) -> list[Answer]:
    return asyncio.run(probe(wait_s, "lo", (GROUP, port)))


def test_camera_answers_with_its_service() -> None:
    with discoverable(lambda asked: [probe_matches(asked, f"http://[fe80::1]/onvif/device_service {HERE}")]) as port:
        assert ask(port) == [Answer("127.0.0.1", httpx.URL(HERE))]


def test_many_answers_of_one_device_are_one() -> None:
    with discoverable(lambda asked: [probe_matches(asked, HERE)] * 50) as port:
        assert len(ask(port)) == 1


@pytest.mark.parametrize(
    "told", ["http://203.0.113.5/onvif/device_service", "", "ftp://127.0.0.1/", "http://[x", "\u202e"]
)
def test_device_that_names_no_service_of_its_own_is_taken_to_have_none(told: str) -> None:
    with discoverable(lambda asked: [probe_matches(asked, told)]) as port:
        assert ask(port) == [Answer("127.0.0.1", None)]


def test_rubbish_and_answers_to_others_are_passed_over() -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    with discoverable(
        lambda asked: [
            b"",
            b"\xff" * 60_000,
            b"<a/>",
            probe_matches("uuid:of-somebody-else", HERE),
            bomb + probe_matches(asked, HERE),
        ]
    ) as port:
        assert ask(port) == []


def test_nobody_answers() -> None:
    with discoverable(lambda _: []) as port:
        assert ask(port, 0.1) == []


def test_interface_that_is_not_there_is_told() -> None:
    with pytest.raises(ProbeFailed, match="through eth99 .*no interface with this name.*--host"):
        asyncio.run(probe(0.1, "eth99"))
