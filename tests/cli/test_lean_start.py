"""What a server without mail, pushers and pictures does not need is not loaded when it starts: memory and time."""

import subprocess
import sys

NOT_YET = ("PIL", "aiosmtplib", "asyncpg", "cryptography", "cyclopts", "dkim", "dns", "httpcore", "jinja2", "minio")


def test_the_server_starts_without_what_it_may_never_need() -> None:
    code = f"import sys, chappe.app; print([name for name in {NOT_YET} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert loaded.strip() == "[]"
