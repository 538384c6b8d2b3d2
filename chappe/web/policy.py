"""What a browser may do on the pages of the web client: as little as the client needs."""

from typing import Final

CONTENT: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",  # the crypto is WebAssembly; no text is ever run
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "media-src 'self' blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types chappe",  # the one policy of client/src/app/trusted.ts
    )
)
"""The Content-Security-Policy. Pictures and sounds may also come from memory: they are decrypted there."""

PERMISSIONS: Final = ", ".join(
    (
        "camera=(self)",  # scanning a code, taking a picture
        "microphone=(self)",  # voice messages
        "geolocation=()",
        "payment=()",
        "usb=()",
        "serial=()",
        "hid=()",
        "midi=()",
        "browsing-topics=()",
    )
)

PAGE: Final = (
    ("Content-Security-Policy", CONTENT),
    ("Permissions-Policy", PERMISSIONS),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("X-Frame-Options", "DENY"),
)
"""The headers of the page itself."""

ALWAYS: Final = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
"""The headers of every file."""
