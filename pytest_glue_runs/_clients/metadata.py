"""The metadata services of EC2 instances and of containers: who a machine in AWS is.

botocore asks them for credentials and the region, outside of any client. While Glue is mocked
they are answered here, with the mocked credentials.
"""

from __future__ import annotations

import json
import os
from urllib.parse import urlsplit

from pytest_glue_runs._clients import hosts
from pytest_glue_runs._clients.credentials import ACCESS_KEY, SECRET_KEY, TOKEN, expiry
from pytest_glue_runs._clients.environment import region
from pytest_glue_runs._clients.hosts import Host
from pytest_glue_runs._service.protocol.wire import Response

_INSTANCE_HOSTS = ("169.254.169.254", "fd00:ec2::254")
# Of ECS and EKS.
_CONTAINER_HOSTS = ("169.254.170.2", "169.254.170.23", "fd00:ec2::23")
_CONTAINER_URL = "AWS_CONTAINER_CREDENTIALS_FULL_URI"

# A profile may name another address than EC2's.
_INSTANCE_PATHS = ("/latest/api/", "/latest/meta-data/")
_TOKEN_PATH = "/latest/api/token"
_ROLE_PATH = "/latest/meta-data/iam/security-credentials/"
_ZONE_PATH = "/latest/meta-data/placement/availability-zone"
_ROLE = "glue-runs-role"


def respond(method: str, url: str) -> Response | None:
    """Return the response of a metadata service; None if *url* is not one's."""
    name = hosts.name_of(url)
    if name in _CONTAINER_HOSTS or url == os.environ.get(_CONTAINER_URL):
        return _json({"RoleArn": f"arn:aws:iam::123456789012:role/{_ROLE}", **_credentials()})
    path = urlsplit(url).path
    elsewhere = hosts.kind_of(url) is Host.OTHER and path.startswith(_INSTANCE_PATHS)
    if name in _INSTANCE_HOSTS or elsewhere:
        return _instance_response(method, path)
    return None


def _instance_response(method: str, path: str) -> Response:
    if (method, path) == ("PUT", _TOKEN_PATH):
        return _text("token")
    if method == "GET" and path == _ROLE_PATH:
        return _text(_ROLE)
    if method == "GET" and path == _ROLE_PATH + _ROLE:
        return _json({"Code": "Success", "Type": "AWS-HMAC", **_credentials()})
    if method == "GET" and path.rstrip("/") == _ZONE_PATH:
        return _text(f"{region()}a")
    return Response(404, {}, b"")


def _credentials() -> dict[str, str]:
    return {
        "AccessKeyId": ACCESS_KEY,
        "SecretAccessKey": SECRET_KEY,
        "Token": TOKEN,
        "Expiration": expiry(),
    }


def _json(content: dict[str, str]) -> Response:
    return Response(200, {"Content-Type": "application/json"}, json.dumps(content).encode())


def _text(content: str) -> Response:
    return Response(200, {"Content-Type": "text/plain"}, content.encode())
