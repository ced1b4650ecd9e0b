"""Credentials of clients: while Glue is mocked nothing is asked for them, and nothing keeps them.

A client without credentials, or with some that it would have to fetch, signs with mocked ones.
Instance and container metadata are answered in `http_sessions`; roles are assumed in moto's STS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import Any
from weakref import WeakSet

from pytest_glue_runs._clients import aiobotocore
from pytest_glue_runs._clients.seams import Method, Seam, wrapped
from pytest_glue_runs._time import clock

# moto's own, so that a user's `mock_aws` and ours see the same caller.
ACCESS_KEY = "FOOBARKEY"
SECRET_KEY = "FOOBARSECRET"
TOKEN = "FOOBARTOKEN"

# In seconds. Longer than the time before the end when botocore begins to refresh.
_LIFETIME = 6 * 60 * 60


def expiry() -> str:
    """Return when mocked credentials that are fetched now expire."""
    return clock.later(_LIFETIME).strftime("%Y-%m-%dT%H:%M:%SZ")


@contextmanager
def mocked() -> Iterator[None]:
    """While active, sign with mocked credentials in place of those that would be fetched."""
    signing, refreshes = _Signing(), _Refreshes()
    signer = "botocore.signers:RequestSigner"
    aio_signer = "aiobotocore.signers:AioRequestSigner"
    with ExitStack() as stack:
        stack.callback(refreshes.undo)
        stack.enter_context(
            wrapped(
                Seam(signer, "__init__", signing.note),
                *(Seam(owner, "get_auth_instance", signing.sign) for owner in (signer, aio_signer)),
                Seam("botocore.credentials:ProcessProvider", _RUN, _answered),
                Seam("aiobotocore.credentials:AioProcessProvider", _RUN, _answered_async),
                Seam("botocore.credentials:RefreshableCredentials", _SET, refreshes.note),
                Seam("botocore.credentials:CachedCredentialFetcher", "_write_to_cache", _uncached),
            )
        )
        yield


class _Signing:
    """Which credentials a client signs with."""

    def __init__(self) -> None:
        self._made_inside: WeakSet[Any] = WeakSet()

    def note(self, init: Method) -> Method:
        """Wrap a signer's constructor to know which signers are made while active."""

        @wraps(init)
        def noted(signer: Any, *args: Any, **kwargs: Any) -> None:
            init(signer, *args, **kwargs)
            self._made_inside.add(signer)

        return noted

    def sign(self, get_auth: Method) -> Method:
        """Wrap a signer's `get_auth_instance` to use mocked credentials where needed."""

        @wraps(get_auth)
        def signed(
            signer: Any,
            signing_name: str,
            region_name: str,
            signature_version: str | None = None,
            request_credentials: Any = None,
            **kwargs: Any,
        ) -> Any:
            if request_credentials is None and self._cannot_sign(signer):
                request_credentials = self._of(signer)
            return get_auth(
                signer, signing_name, region_name, signature_version, request_credentials, **kwargs
            )

        return signed

    def _of(self, signer: Any) -> Any:
        from botocore.credentials import Credentials

        made_by = aiobotocore.credentials_class() if aiobotocore.is_signer(signer) else Credentials
        return made_by(ACCESS_KEY, SECRET_KEY, TOKEN)

    def _cannot_sign(self, signer: Any) -> bool:
        credentials = signer._credentials
        if credentials is None:
            return True
        refresh_needed: Callable[[], bool] | None = getattr(credentials, "refresh_needed", None)
        if refresh_needed is None:
            return False
        # Then moto's STS is asked. A role from before the mock may ask for an MFA code.
        can_assume = signer in self._made_inside and credentials.method.startswith("assume-role")
        return not can_assume and refresh_needed()


_RUN = "_retrieve_credentials_using"
_SET = "_set_from_data"


def _process_result() -> dict[str, str]:
    return {
        "access_key": ACCESS_KEY,
        "secret_key": SECRET_KEY,
        "token": TOKEN,
        "expiry_time": expiry(),
    }


def _answered(run: Method) -> Method:
    @wraps(run)
    def answered(_provider: Any, _command: str) -> dict[str, str]:
        return _process_result()

    return answered


def _answered_async(run: Method) -> Method:
    @wraps(run)
    async def answered(_provider: Any, _command: str) -> dict[str, str]:
        return _process_result()

    return answered


def _uncached(write: Method) -> Method:
    @wraps(write)
    def nothing_written(_fetcher: Any, _response: Any) -> None:
        """Sessions, and the AWS CLI's files, would keep moto's credentials after the mock."""

    return nothing_written


class _Refreshes:
    """The credentials that were refreshed while active, and what they were before."""

    def __init__(self) -> None:
        self._before: dict[int, tuple[Any, dict[str, Any]]] = {}

    def note(self, set_from_data: Method) -> Method:
        """Wrap the method that takes over fetched credentials."""

        @wraps(set_from_data)
        def noted(credentials: Any, data: Any) -> Any:
            self._before.setdefault(id(credentials), (credentials, vars(credentials).copy()))
            return set_from_data(credentials, data)

        return noted

    def undo(self) -> None:
        """Restore the credentials as they were."""
        for credentials, before in self._before.values():
            vars(credentials).update(before)
