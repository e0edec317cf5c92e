"""A time-stamp authority of our own: `openssl ts` behind a server on loopback."""

from __future__ import annotations

import shutil
import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HAS_OPENSSL = shutil.which("openssl") is not None
_CONFIG = """
[req]
distinguished_name = name
prompt = no
[name]
CN = nianbao test root
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
[signer]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[tsa]
serial = ./serial
signer_cert = signer.pem
certs = root.pem
signer_key = signer.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
"""


def openssl(folder: Path, *words: str) -> None:
    """Runs openssl in a folder."""
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


class Authority:
    """Keys and certificates in a folder; `root` is what others need to check its stamps."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.root = folder / "root.pem"
        self.asked = 0
        (folder / "tsa.cnf").write_text(_CONFIG)
        (folder / "serial").write_text("01\n")
        curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
        config = ("-config", "tsa.cnf")
        openssl(folder, "req", "-x509", *curve, "-keyout", "root.key", "-out", "root.pem",
                "-days", "3650", *config, "-extensions", "root")  # fmt: skip
        openssl(folder, "req", *curve, "-keyout", "signer.key", "-out", "signer.csr",
                "-subj", "/CN=nianbao test authority", *config)  # fmt: skip
        openssl(folder, "x509", "-req", "-in", "signer.csr", "-CA", "root.pem", "-CAkey",
                "root.key", "-CAcreateserial", "-out", "signer.pem", "-days", "3650",
                "-extfile", "tsa.cnf", "-extensions", "signer")  # fmt: skip

    def reply(self, query: bytes) -> bytes:
        """Answers a request for a time stamp."""
        self.asked += 1
        (self.folder / "query").write_bytes(query)
        openssl(self.folder, "ts", "-reply", "-config", "tsa.cnf", "-section", "tsa",
                "-queryfile", "query", "-out", "answer")  # fmt: skip
        return (self.folder / "answer").read_bytes()

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Serves it; gives its address."""
        authority = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                query = self.rfile.read(int(self.headers["Content-Length"]))
                answer = authority.reply(query)
                self.send_response(200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_args: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/tsa"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
