"""Stand-in for Snikket's portal: its health page, a start page, and the page behind an invitation link."""
import html
import json
import os
import signal
import sys
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SITE = os.environ.get("SNIKKET_SITE_NAME") or os.environ.get("SNIKKET_DOMAIN", "")
PROSODY = os.environ["SNIKKET_WEB_PROSODY_ENDPOINT"].rstrip("/")


def invitation(token):
    """What Prosody knows of an invitation, or None when it is used, expired or unknown."""
    url = f"{PROSODY}/register_api/invite/{urllib.parse.quote(token, safe='')}"
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as problem:
        if problem.code == 404:
            return None
        raise


class Portal(BaseHTTPRequestHandler):
    server_version, sys_version = "portal", ""

    def reply(self, status, body="", kind="text/html; charset=utf-8", **headers):
        data = body.encode()
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(data)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def page(self, status, title, text, **headers):
        head = f'<meta charset="utf-8"><title>{html.escape(SITE)} | {title}</title>'
        note = "<p><small>This is a stand-in for Snikket's own portal.</small></p>"
        self.reply(status, f"<!DOCTYPE html><html><head>{head}</head><body><h1>{title}</h1>{text}{note}</body></html>", **headers)

    def show_invitation(self, token):
        try:
            invite = invitation(token)
        except OSError:
            return self.page(503, "Service unavailable", "<p>The server behind this page does not answer.</p>")
        if invite is None:
            return self.page(404, "Invalid invitation", "<p>This invitation is used, expired or unknown.</p>")
        if invite.get("reset"):
            return self.page(200, "Reset your password", f"<p>For {html.escape(invite['reset'])}.</p>")
        link = html.escape(invite["uri"])
        shared = {"Access_Control_Allow_Origin": "*", "Access_Control_Expose_Headers": "Link"}
        text = f'<p>Open <a href="{link}">{link}</a> with the Snikket app.</p>'
        return self.page(200, f"Invite to {html.escape(SITE)}", text, Link=f'<{invite["uri"]}>; rel="alternate"', **shared)

    def do_GET(self):
        match urllib.parse.urlsplit(self.path).path.split("/")[1:]:
            case ["_health"]:
                self.reply(200, "STATUS OK", "text/plain")
            case [""]:
                self.reply(302, Location="/login")
            case ["login"]:
                self.page(200, html.escape(SITE), "<p>Welcome! Join with an invitation link.</p>")
            case ["invite", token]:
                self.reply(302, Location=f"/invite/{token}/")
            case ["invite", token, ""]:
                self.show_invitation(urllib.parse.unquote(token))
            case _:
                self.page(404, "Not found", "")

    do_HEAD = do_GET


# As the first process of a container it gets no default action for this signal.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
address = os.environ.get("SNIKKET_TWEAK_PORTAL_INTERNAL_HTTP_INTERFACE", "127.0.0.1")
port = int(os.environ.get("SNIKKET_TWEAK_PORTAL_INTERNAL_HTTP_PORT", "5765"))
ThreadingHTTPServer((address, port), Portal).serve_forever()
