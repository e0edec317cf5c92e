"""Time stamps by RFC 3161: an authority outside says that a signed manifest was there by then.

One request, to the configured address and nowhere else, after a run has ended. What is stamped is
the SHA-256 of a manifest and its signature; nothing else of the archive leaves the machine.
"""

from __future__ import annotations

import hashlib
import os
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from archive.der import with_sorted_certificates
from archive.errors import ArchiveError, Damaged

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rfc3161_client import TimeStampResponse

ADDRESS = "NIANBAO_TSA"
"""The variable that names the authority's address."""
AUTHORITY = "NIANBAO_TSA_CA"
"""The variable that names a PEM file with the authority's root certificates."""
_SECONDS = 20.0
_LARGEST = 1 << 20
_GRANTED = 0


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time stamp that holds.

    `at` is the authority's time in UTC (`2026-11-20T06:46:35Z`), `by` its certificate's subject,
    `certificate` the SHA-256 (64 hex digits) of that certificate, `rooted` whether the chain was
    led back to a root given from outside: else it vouches for itself only.
    """

    at: str
    by: str
    certificate: str
    rooted: bool


def address(given: str | None = None) -> str | None:
    """Returns the authority's address as given or as the environment has it.

    Raises:
        ArchiveError: if it is not one for HTTP.
    """
    url = given or os.environ.get(ADDRESS) or None
    if url and (urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname):
        raise ArchiveError(f"not the address of a time-stamp authority: {url[:200]!r}")
    return url


def roots_named() -> Path | None:
    """Returns the file of root certificates that the environment names."""
    named = os.environ.get(AUTHORITY)
    return Path(named) if named else None


def roots(path: Path) -> list[x509.Certificate]:
    """Returns the certificates in a PEM file.

    Raises:
        ArchiveError: if it cannot be read.
    """
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ArchiveError(f"{path} holds no certificates: {_said(error)}") from error


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The configured address answers, or nobody."""

    def redirect_request(self, *_args: Any, **_named: Any) -> None:
        """Follows nothing."""
        return


def request(url: str, imprinted: bytes, trusted: Iterable[x509.Certificate] = ()) -> bytes:
    """Asks the authority at `url` for a time stamp over `imprinted` (manifest and signature).

    Returns:
        Its answer (DER), which `check` accepts.

    Raises:
        ArchiveError: if there is no answer, or none that holds.
    """
    asked = TimestampRequestBuilder(data=imprinted, hash_algorithm=HashAlgorithm.SHA256).build()
    query = urllib.request.Request(  # noqa: S310 - the scheme was checked by `address`
        url,
        data=asked.as_bytes(),
        headers={"Content-Type": "application/timestamp-query", "User-Agent": "nianbao"},
    )
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        with opener.open(query, timeout=_SECONDS) as answer:
            data: bytes = answer.read(_LARGEST + 1)
    except (OSError, ValueError, urllib.error.URLError) as error:
        raise ArchiveError(
            f"the time-stamp authority at {url} was not reached: {_said(error)}"
        ) from error
    try:
        check(data, imprinted, trusted, nonce=asked.nonce)
    except Damaged as error:
        raise ArchiveError(f"the time-stamp authority at {url}: {error}") from error
    return data


def check(
    data: bytes,
    imprinted: bytes,
    trusted: Iterable[x509.Certificate] = (),
    nonce: int | None = None,
) -> Stamp:
    """Checks a time stamp (DER, as it was answered) over `imprinted`.

    Args:
        data: the answer of the authority.
        imprinted: the bytes it is said to be over.
        trusted: root certificates. Without any, a root that the answer brings itself; and if it
            brings none, only what it is over is checked.
        nonce: what the request said, where the answer is to that.

    Raises:
        Damaged: if it does not hold, and why.
    """
    given = list(trusted)
    try:
        answer = decode_timestamp_response(with_sorted_certificates(data))
        if answer.status != _GRANTED:
            raise Damaged(f"it did not grant a time stamp (status {answer.status})")
        held = [x509.load_der_x509_certificate(der) for der in answer.signed_data.certificates]
        signer = _signer(held, answer)
        _over(answer, imprinted, nonce)
        if own := given or [one for one in held if one.issuer == one.subject]:
            # Not as intermediates: the library trusts those, and these come from the answer.
            VerifierBuilder(roots=own, nonce=nonce).build().verify_message(answer, imprinted)
        moment = answer.tst_info.gen_time
    except (VerificationError, ValueError, TypeError, IndexError) as error:
        raise Damaged(_said(error)) from error
    return Stamp(
        at=moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        by=signer.subject.rfc4514_string(),
        certificate=signer.fingerprint(hashes.SHA256()).hex(),
        rooted=bool(given),
    )


def _over(answer: TimeStampResponse, imprinted: bytes, nonce: int | None) -> None:
    """Holds the answer against what was asked; who signed it is another matter."""
    if answer.tst_info.message_imprint.message != hashlib.sha256(imprinted).digest():
        raise Damaged("it is over something else")
    if nonce is not None and answer.tst_info.nonce != nonce:
        raise Damaged("it answers another request")


def _signer(held: list[x509.Certificate], answer: TimeStampResponse) -> x509.Certificate:
    wanted = {(info.issuer, info.serial_number) for info in answer.signed_data.signer_infos}
    for certificate in held:
        if (certificate.issuer, certificate.serial_number) in wanted:
            return certificate
    raise Damaged("the certificate of its signer is not with it")


def _said(error: Exception) -> str:
    if isinstance(error, urllib.error.URLError) and isinstance(error.reason, OSError):
        error = error.reason
    told = str(error)
    if isinstance(error, OSError) and error.strerror:
        told = error.strerror
    return " ".join(told.split()).partition(". ")[0][:200] or type(error).__name__
