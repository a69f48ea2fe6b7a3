"""A camera's address without what must stay secret."""

import re

_SECRET = re.compile(r"(?i)\b(user|username|usr|pass|password|passwd|pwd|token|auth|key)=[^&/?#]*")


def without_credentials(address: str) -> str:
    """Take user, password and tokens out of an address, so that it may appear in messages and logs.

    All up to the last `@` goes, since passwords with a slash in them do occur.
    """
    scheme, _, rest = address.partition("://")
    return f"{scheme}://" + _SECRET.sub(r"\1=***", rest.rpartition("@")[2])
