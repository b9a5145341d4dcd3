"""A page that is one file: its style, its script, its content, and a policy that allows no more.

The Content-Security-Policy allows the one script and the one style by their digests, forbids
every request and, by Trusted Types, turning text into markup.
"""

from __future__ import annotations

import base64
import hashlib
import html

_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
{body}
<script>{script}</script>
</body>
</html>
"""


def page(*, title: str, style: str, script: str, body: str, language: str = "en", allowed: str = "") -> str:
    """Return the page; ``title`` is plain text, ``body`` markup, ``allowed`` more of the policy.

    Lone surrogates, which UTF-8 cannot carry, become question marks.
    """
    text = _PAGE.format(
        language=language,
        policy=policy(script, style, allowed),
        title=html.escape(title),
        style=style,
        body=body,
        script=script,
    )
    return text.encode("utf-8", "replace").decode("utf-8")


def policy(script: str, style: str, allowed: str = "") -> str:
    """Return a Content-Security-Policy that allows this script and style, and what ``allowed`` adds."""
    return (
        "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; trusted-types 'none'; "
        "require-trusted-types-for 'script'; "
        f"script-src '{_digest(script)}'; style-src '{_digest(style)}'{allowed}"
    )


def inert(text: str) -> str:
    """Escape ``<`` in JSON, so that nothing in a script element can end it."""
    return text.replace("<", "\\u003c")


def _digest(code: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
