"""Mail: whether the relay takes it, and whether receivers can check its signature."""

import smtplib
import ssl
from collections.abc import Iterator

from chappe.config import Mail
from chappe.doctor.finding import Finding, Look, bad, ok, warn

SECONDS = 10.0


def check_mail(look: Look) -> Iterator[Finding]:
    """Whether mail can be sent. None is."""
    mail = look.settings.mail
    if mail is None:
        yield ok("mail", "none is sent: there is no relay in the settings")
        return
    if look.offline:
        return
    relay = f"{mail.host}:{mail.port}"
    try:
        with _connected(mail) as connection:
            if mail.username is not None and mail.password is not None:
                connection.login(mail.username, mail.password)
            connection.noop()
    except smtplib.SMTPAuthenticationError:
        yield bad("mail", f"{relay} does not take the password", "Check username and password of `mail`.")
    except (smtplib.SMTPException, OSError) as error:
        yield bad("mail", f"{relay} cannot be used: {error}", "Check host, port and tls of `mail`, and the firewall.")
    else:
        yield ok("mail", f"{relay} takes mail")
    yield from _signature(mail)


def _connected(mail: Mail) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if mail.tls == "tls":
        return smtplib.SMTP_SSL(mail.host, mail.port, timeout=SECONDS, context=context)
    connection = smtplib.SMTP(mail.host, mail.port, timeout=SECONDS)
    if mail.tls == "starttls":
        try:
            connection.starttls(context=context)
        except BaseException:
            connection.close()
            raise
    return connection


def _signature(mail: Mail) -> Iterator[Finding]:
    if mail.dkim_selector is None:
        mend = "Set dkim_selector and dkim_key_file, unless the relay signs: unsigned mail is often taken for spam."
        yield warn("mail", "letters are not signed here", mend)
        return
    import dns.exception  # loaded for who signs: it takes as long as everything else
    import dns.resolver

    name = f"{mail.dkim_selector}._domainkey.{mail.from_address.rpartition('@')[2]}"
    try:
        found = [str(record) for record in dns.resolver.resolve(name, "TXT", lifetime=SECONDS)]
    except dns.exception.DNSException as error:
        yield bad("mail", f"{name} has no TXT record: {type(error).__name__}", "Publish the public key there.")
        return
    if any("p=" in record for record in found):
        yield ok("mail", f"{name} has the public key")
    else:
        yield bad("mail", f"the TXT record of {name} holds no key", 'It begins with "v=DKIM1; k=rsa; p=".')
