"""A program of its own that reads one page: it never trusts the page, and nobody need trust it.

It reads JSON {type, bytes} in one line, then the page, from its standard input, and writes JSON of what the page says
of itself to its standard output. Before it reads the page it takes limits on itself that it cannot lift: no new file or
socket, little memory and time. So a page that breaks a parser, or takes for ever, reaches one process without anything
in it but that page. Imports nothing of Chappe.
"""

import codecs
import json
import os
import re
import resource
import sys
from html.parser import HTMLParser

CPU_SECONDS = 3
MEMORY_BYTES = 256 * 1024 * 1024
MAX_TEXT_CHARS = 4_000
"""Of anything that a page says; who asked for it keeps less."""
PIECE_CHARS = 16 * 1024

NAMES = {
    "og:title": "og:title",
    "og:description": "og:description",
    "og:site_name": "og:site_name",
    "og:type": "og:type",
    "og:image": "og:image",
    "og:image:url": "og:image",
    "og:image:secure_url": "og:image",
    "twitter:title": "twitter:title",
    "twitter:description": "twitter:description",
    "twitter:image": "twitter:image",
    "description": "description",
}
"""What `<meta>` may be called, and under what it is remembered. The first of each counts."""
INSTEAD = {
    "og:title": ("twitter:title", "title"),
    "og:description": ("twitter:description", "description"),
    "og:image": ("twitter:image", "image_src"),
}
"""What is taken where a page has no OpenGraph."""

_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:-]{2,30})""", re.IGNORECASE)
_TYPE_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9_:-]{2,30})""", re.IGNORECASE)
_LETTERS = re.compile(
    r"utf-?8|us-ascii|ascii|latin-?1|iso-?8859-\d{1,2}|windows-\d{3,4}|cp125\d|koi8-[ru]|macintosh|shift[_-]jis|euc-jp"
    r"|iso-2022-jp|gb2312|gbk|gb18030|big5(?:-hkscs)?|euc-kr|utf-16(?:le|be)?"
)
"""Ways to write letters that browsers know, too. Python has others that unpack, and some that take very long."""

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class Page(HTMLParser):
    """What a page says of itself."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: dict[str, str] = {}
        self.base = ""
        self.is_done = False
        """Whether the head has ended, or what comes after it has begun, and there was a title in it."""
        self._title: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at what says something; the first `<title>` only, as drawings in a page have some, too."""
        given = {name: value or "" for name, value in attrs}
        if tag == "meta":
            name = NAMES.get((given.get("property") or given.get("name") or "").strip().lower())
            if name:
                self._say(name, given.get("content", ""))
        elif tag == "link" and "image_src" in given.get("rel", "").lower().split():
            self._say("image_src", given.get("href", ""))
        elif tag == "base" and not self.base:
            self.base = given.get("href", "")[:MAX_TEXT_CHARS]
        elif tag == "title" and "title" not in self.said and self._title is None:
            self._title = []
        elif tag == "body":
            self._end_head()

    def handle_endtag(self, tag: str) -> None:
        """The end of the title, or of the head."""
        if tag == "title" and self._title is not None:
            self._say("title", "".join(self._title))
            self._title = None
        elif tag == "head":
            self._end_head()

    def handle_data(self, data: str) -> None:
        """The words of the title."""
        if self._title is not None:
            self._title.append(data[:MAX_TEXT_CHARS])

    def _say(self, name: str, text: str) -> None:
        if text.strip():
            self.said.setdefault(name, text.strip()[:MAX_TEXT_CHARS])

    def _end_head(self) -> None:
        self.is_done = self.is_done or "title" in self.said or "og:title" in self.said


def letters_of(content_type: str, page: bytes) -> str:
    """How the letters of a page are written: as its mark, its header or itself says, if that is a way to do it."""
    for mark, name in _MARKS:
        if page.startswith(mark):
            return name
    said = [found[1] for found in [_TYPE_CHARSET.search(content_type)] if found]
    said += [found[1].decode() for found in [_CHARSET.search(page[:4096])] if found]
    for name in said:
        if _LETTERS.fullmatch(name.lower()):
            try:
                return codecs.lookup(name).name
            except LookupError:
                continue
    return "utf-8"


def read(content_type: str, page: bytes) -> dict[str, str]:
    """What a page says of itself, by the names of OpenGraph, and `base`, from where its addresses count."""
    parser, text = Page(), page.decode(letters_of(content_type, page), "replace")
    for at in range(0, len(text), PIECE_CHARS):
        parser.feed(text[at : at + PIECE_CHARS])
        if parser.is_done:
            break
    said = parser.said
    for name, others in INSTEAD.items():
        for other in others:
            if name not in said and other in said:
                said[name] = said[other]
    return {name: said[name] for name in (*set(NAMES.values()),) if name.startswith("og:") and name in said} | (
        {"base": parser.base} if parser.base else {}
    )


def _lock_in() -> None:
    """Let no more in. None of these limits can be raised again."""
    os.nice(10)
    for limit, soft in (
        (resource.RLIMIT_NOFILE, 3),  # all taken: no file and no socket can be opened
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
    ):
        resource.setrlimit(limit, (soft, soft))


def main() -> None:
    """Read one page."""
    source = sys.stdin.buffer
    job = json.loads(source.readline())
    page = source.read(job["bytes"])
    codecs.lookup(letters_of(job["type"], page))  # loaded while files can still be opened
    b"".decode(letters_of(job["type"], page))
    _lock_in()
    sys.stdout.write(json.dumps(read(job["type"], page)))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
