"""E-mail: headers, the text that a mail program would show, and attachments that can be read.

Reads single messages (.eml), mailboxes (.mbox) and web pages saved as one file (.mhtml). Does not
check signatures, and decrypts nothing.
"""

from __future__ import annotations

from handler.documents.mail.mailbox import extract_mailbox
from handler.documents.mail.message import extract_mail, extract_web_archive

__all__ = ["extract_mail", "extract_mailbox", "extract_web_archive"]
