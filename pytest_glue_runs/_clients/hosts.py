"""Whose a host is: AWS's, this machine's, or another's."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit, urlunsplit

from pytest_glue_runs._clients.model import aws_host_suffixes

# LocalStack's name for 127.0.0.1. Subdomains count as well.
_LOCAL_NAMES = ("localhost", "localhost.localstack.cloud")


class Host(Enum):
    """Whose a host is."""

    AWS = "AWS"
    LOCAL = "this machine"
    OTHER = "another"


def name_of(url: str) -> str:
    """Return the host of *url*: in lower case, without port and trailing dot."""
    return (urlsplit(url).hostname or "").rstrip(".")


@lru_cache(maxsize=1024)
def kind_of(url: str) -> Host:
    """Return whose the host of *url* is."""
    name = name_of(url)
    if f".{name}".endswith(aws_host_suffixes()):
        return Host.AWS
    return Host.LOCAL if is_listed(name, _LOCAL_NAMES) or _is_loopback(name) else Host.OTHER


def is_listed(name: str, hosts: Iterable[str]) -> bool:
    """Whether *name* is one of *hosts*, or a subdomain of one."""
    return any(name == host or name.endswith(f".{host}") for host in hosts)


def canonical(url: str) -> str:
    """Return *url* with its host in the one spelling that moto knows."""
    return urlunsplit(urlsplit(url)._replace(netloc=name_of(url)))


def shown(url: str) -> str:
    """Return *url* without user, password and query, which may be secret."""
    parts = urlsplit(url)
    netloc = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=netloc, query="", fragment=""))


def _is_loopback(name: str) -> bool:
    try:
        address = ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
