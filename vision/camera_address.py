"""A camera's address without what must stay secret."""

import re

_SECRET_NAME = re.compile(r"(?i)user|usr|pass|pwd|psw|token|auth|key|secret|sign|session|credential")
# Possessive and from the start of a name on, so that the time stays in proportion to the length.
_PARAMETER = re.compile(r"(?<![\w.-])([\w.-]++)=[^&/?#]*+")


def without_credentials(address: str) -> str:
    """Take user, password and tokens out of an address, so that it may appear in messages and logs.

    All up to the last `@` goes, since passwords with a slash in them do occur.
    """
    scheme, _, rest = address.partition("://")
    return f"{scheme}://" + _PARAMETER.sub(_masked, rest.rpartition("@")[2])


def _masked(parameter: re.Match[str]) -> str:
    return f"{parameter[1]}=***" if _SECRET_NAME.search(parameter[1]) else parameter[0]
