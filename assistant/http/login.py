"""The page that asks for a password: one form, no script, nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
from html import escape

_STYLE = """:root{color-scheme:light dark}body{font:16px/1.6 system-ui,sans-serif;display:grid;place-items:center;
min-height:90vh;margin:0}form{display:grid;gap:.75rem;width:min(20rem,90vw)}h1{font-size:1.4rem;margin:0}
label{display:grid;gap:.25rem}input,button{font:inherit;padding:.5rem .6rem}p{margin:0}[role=alert]{color:#b3261e}
@media(prefers-color-scheme:dark){[role=alert]{color:#ffb4ab}}"""
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
LOGIN_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def login_page(way_on: str, *, failed: bool) -> str:
    """The whole page.

    :param way_on: where the form leads once the password is right, a path of this server.
    """
    alert = '<p role="alert">用户名或密码不对。<span lang="en">Wrong name or password.</span></p>' if failed else ""
    return f"""<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>省问 · 登录</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head><body>
<main><form method="post" action="/login"><h1>省问 <span lang="en">ShengWen</span></h1>{alert}
<label>用户名 <span lang="en">Name</span><input name="username" autocomplete="username" required autofocus></label>
<label>密码 <span lang="en">Password</span><input name="password" type="password" autocomplete="current-password"
required></label><input type="hidden" name="next" value="{escape(way_on)}">
<button type="submit">登录 <span lang="en">Log in</span></button></form></main></body></html>"""
