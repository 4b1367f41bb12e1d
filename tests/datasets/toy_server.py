"""A toy data set and a web server on 127.0.0.1, so that no test needs the network."""

import hashlib
import http.server
import threading

from edex.datasets.registry import DatasetSpec, RemoteFile

CONTENT = {"first.csv": b"formula,melting_temperature\nNaCl,1074\n" * 2000, "second.csv": b"2\n"}


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


def serve(handler):
    """Start a server in a thread and give it with its address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_port}"


def toy_spec(address):
    files = tuple(
        RemoteFile(name, f"{address}/{name}", hashlib.sha256(data).hexdigest(), len(data))
        for name, data in CONTENT.items()
    )
    return DatasetSpec(name="toy", title="Two small files", files=files)
