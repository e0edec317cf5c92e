"""The archive's Ed25519 key: made at first use, the private part for its owner's eyes only.

`proof/signing-key.pem` signs, `proof/public-key.pem` is published. An archive has one key. Where it
has to be replaced, its owner renames the old public part to `public-key-<anything>.pem`: what that
key signed stays good, and nothing is ever signed anew.
"""

from __future__ import annotations

import hashlib
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from archive import files
from archive.errors import ArchiveError

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "proof"
PRIVATE = "signing-key.pem"
PUBLIC = "public-key.pem"
_RETIRED = "public-key-*.pem"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key; `id` is the SHA-256 (64 hex digits) of its DER form (SubjectPublicKeyInfo)."""

    id: str
    pem: bytes
    _key: Ed25519PublicKey

    def verifies(self, signature: bytes, data: bytes) -> bool:
        """Tells whether the signature (64 bytes) over `data` was made with this key."""
        try:
            self._key.verify(signature, data)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The private key with its public part."""

    public: PublicKey
    _key: Ed25519PrivateKey

    def sign(self, data: bytes) -> bytes:
        """Returns the signature over `data`, 64 bytes."""
        return self._key.sign(data)


def _public(key: Ed25519PublicKey) -> PublicKey:
    encoding, form = serialization.Encoding, serialization.PublicFormat.SubjectPublicKeyInfo
    der = key.public_bytes(encoding.DER, form)
    return PublicKey(hashlib.sha256(der).hexdigest(), key.public_bytes(encoding.PEM, form), key)


def read_public(path: Path) -> PublicKey:
    """Returns the public key in a PEM file.

    Raises:
        ArchiveError: if there is none.
    """
    try:
        key = serialization.load_pem_public_key(path.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise ArchiveError(f"{path.name} is no public key: {_said(error)}") from error
    if not isinstance(key, Ed25519PublicKey):
        raise ArchiveError(f"{path.name} is no Ed25519 key")
    return _public(key)


def _read_private(path: Path) -> SigningKey:
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ArchiveError(f"{path.name} is no private key: {_said(error)}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ArchiveError(f"{path.name} is no Ed25519 key")
    return SigningKey(_public(key.public_key()), key)


def _said(error: Exception) -> str:
    told = (error.strerror or "") if isinstance(error, OSError) else str(error)
    return " ".join(told.split()).partition(". ")[0][:200] or type(error).__name__


def known(data: Path) -> dict[str, PublicKey]:
    """Returns the public keys of a data folder by id: the one in use first, then retired ones."""
    keys = [read_public(path) for path in public_files(data)]
    return {key.id: key for key in keys}


def public_files(data: Path) -> list[Path]:
    """Returns the files of the public keys: the one in use first, then retired ones."""
    folder = data / FOLDER
    found = [folder / PUBLIC, *sorted(folder.glob(_RETIRED))]
    return [path for path in found if path.is_file()]


def public_file(data: Path, key: str) -> Path:
    """Returns the file of the public key with this id, the one in use where there is none."""
    for path in public_files(data):
        try:
            if read_public(path).id == key:
                return path
        except ArchiveError:
            continue
    return data / FOLDER / PUBLIC


def signing_key(data: Path) -> SigningKey:
    """Returns the archive's key, made where there is none yet. Call under a lock.

    Raises:
        ArchiveError: if one part of the key is there without the other, or they do not match.
        OSError: if it cannot be written.
    """
    folder = data / FOLDER
    private, public = folder / PRIVATE, folder / PUBLIC
    if not private.exists():
        if public.exists():
            raise ArchiveError(
                f"the archive's private key ({FOLDER}/{PRIVATE}) is missing: bring it back, or"
                f" rename {PUBLIC} to public-key-retired.pem to have a new key made"
            )
        folder.mkdir(exist_ok=True)
        _make(private)
    key = _read_private(private)
    if not public.exists():
        files.write_whole(public, key.public.pem)
    elif read_public(public).id != key.public.id:
        raise ArchiveError(f"{FOLDER}/{PUBLIC} is not the public part of {PRIVATE}")
    return key


def _make(path: Path) -> None:
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    files.write_whole(path, pem, mode=0o600)


def problems(data: Path) -> list[str]:
    """Returns what is wrong with the key files of a data folder, a line each."""
    folder, said = data / FOLDER, list[str]()
    private, public = folder / PRIVATE, folder / PUBLIC
    try:
        if private.exists() and stat.S_IMODE(private.stat().st_mode) & _OTHERS:
            said.append(f"{PRIVATE} may be read by others; `chmod 600` it")
        if private.exists() and public.exists() and _ours(private):
            own, shown = _read_private(private), read_public(public)
            if own.public.id != shown.id:
                said.append(f"{PUBLIC} is not the public part of {PRIVATE}")
    except (ArchiveError, OSError) as error:
        said.append(str(error))
    return said


def _ours(private: Path) -> bool:
    """Whether the private key may be read: whoever checks somebody else's archive need not."""
    try:
        with private.open("rb"):
            return True
    except PermissionError:
        return False
    except OSError:
        return True  # what is wrong with it is told when it is read
