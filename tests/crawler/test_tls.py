from __future__ import annotations

import datetime as dt
import ssl
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from OpenSSL import SSL
from scrapy.core.downloader.contextfactory import _load_context_factory_from_settings
from scrapy.utils.test import get_crawler
from small_portal import crawled, put_reports, serving

from crawler.middlewares.tls import ListedHostsPolicy, _context_of

if TYPE_CHECKING:
    from pathlib import Path


def certificate(folder: Path, bits: int = 2048) -> Path:
    """A certificate of an unknown authority for another host, long expired."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "another.example")])
    then = dt.datetime(2015, 1, 1, tzinfo=dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(then)
        .not_valid_after(then + dt.timedelta(days=365))
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


def context(folder: Path) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate(folder))
    return made


def test_a_certificate_that_nobody_vouches_for_is_no_hindrance(tmp_path: Path) -> None:
    with serving(tls=context(tmp_path)) as site:
        put_reports(site, 2021)
        summary = crawled(site, tmp_path / "data")
    assert (summary.found, summary.problems) == (1, [])
    assert site.url.startswith("https://")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_host_that_speaks_only_old_tls_is_reached(tmp_path: Path) -> None:
    old = context(tmp_path)
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version = ssl.TLSVersion.TLSv1
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    with serving(tls=old) as site:
        put_reports(site, 2021)
        summary = crawled(site, tmp_path / "data")
    assert (summary.found, summary.problems) == (1, [])


def test_a_host_that_speaks_no_tls_at_all_is_one_clear_line(tmp_path: Path) -> None:
    with serving() as site:
        portal = site.portal()
        url = site.url.replace("http:", "https:")
        site.portal = lambda: type(portal)("p1", None, "x", url)  # type: ignore[method-assign]
        summary = crawled(site, tmp_path)
    assert len(summary.problems) == 1
    assert "TLS" in summary.problems[0]


def test_tls_is_weakened_for_the_hosts_that_are_listed_only() -> None:
    crawler = get_crawler(settings_dict={"DOWNLOAD_VERIFY_CERTIFICATES": False})
    policy = ListedHostsPolicy(_load_context_factory_from_settings(crawler), {"old.example"})
    old, new, again = (
        SSL.Connection(_context_of(policy.creatorForNetloc(host, 443))).get_cipher_list()
        for host in (b"OLD.example", b"new.example", b"old.example")
    )
    weak = {cipher for cipher in old if "NULL" in cipher or "anon" in cipher or "ADH" in cipher}
    assert weak
    assert not weak & set(new)
    assert set(new) < set(old) == set(again)
