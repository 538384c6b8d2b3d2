"""A small object storage on a real socket: what of S3 a server needs that keeps files in it."""

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class ObjectStorage(ThreadingHTTPServer):
    """Objects in memory, by their path; parts of those that are on their way, by upload and number."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects: dict[str, bytes] = {}
        self.parts: dict[tuple[str, int], bytes] = {}
        self.is_down = False
        self.unsigned = 0

    @property
    def address(self) -> str:
        """As the setting media_storage names it."""
        return f"s3+http://the-key:the%2Fsecret@127.0.0.1:{self.server_port}/bucket?region=test-1"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ObjectStorage

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def answer(
        self, status: int, body: bytes = b"", headers: Mapping[str, str] | None = None, length: int | None = None
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def begin(self) -> tuple[str, dict[str, list[str]], bytes]:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if "Credential=the-key/" not in self.headers.get("Authorization", ""):
            self.server.unsigned += 1
        return parts.path, parse_qs(parts.query, keep_blank_values=True), body

    def handle_one(self) -> None:
        path, query, body = self.begin()
        storage = self.server
        if storage.is_down:
            self.answer(503)
        elif self.command == "POST" and "uploads" in query:
            self.answer(200, b"<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>")
        elif self.command == "POST":
            storage.objects[path] = b"".join(storage.parts[key] for key in sorted(storage.parts))
            storage.parts.clear()
            done = "<CompleteMultipartUploadResult><Bucket>bucket</Bucket><Key>k</Key><ETag>e</ETag>"
            self.answer(200, f"{done}</CompleteMultipartUploadResult>".encode())
        elif self.command == "PUT" and "partNumber" in query:
            storage.parts[query["uploadId"][0], int(query["partNumber"][0])] = body
            self.answer(200, headers={"ETag": '"part"'})
        elif self.command == "PUT":
            storage.objects[path] = body
            self.answer(200, headers={"ETag": '"whole"'})
        elif self.command == "DELETE":
            storage.objects.pop(path, None)
            self.answer(204)
        elif self.command == "HEAD" and path == "/bucket":
            self.answer(403 if "Credential=the-key/" not in self.headers.get("Authorization", "") else 200)
        elif path not in storage.objects:
            self.answer(
                404,
                b"<Error><Code>NoSuchKey</Code></Error>" if self.command == "GET" else b"",
                {"Content-Type": "application/xml"},
            )
        elif self.command == "HEAD":
            when = {"Last-Modified": "Wed, 21 Oct 2015 07:28:00 GMT", "ETag": '"whole"'}
            self.answer(200, headers=when, length=len(storage.objects[path]))
        else:
            self.get(storage.objects[path])

    def get(self, held: bytes) -> None:
        found = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if found is None:
            self.answer(200, held)
            return
        part = held[int(found[1]) : int(found[2]) + 1 if found[2] else None]
        self.answer(206, part, {"Content-Range": f"bytes {found[1]}-{int(found[1]) + len(part) - 1}/{len(held)}"})

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = handle_one  # noqa: N815  # the names that the base class calls


@contextmanager
def object_storage() -> Iterator[ObjectStorage]:
    """One that runs for as long as the context lasts."""
    with ObjectStorage() as storage:
        thread = threading.Thread(target=storage.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield storage
        finally:
            storage.shutdown()
            thread.join()
