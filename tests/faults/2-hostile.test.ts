import { domain } from "../../sandbox/settings";
import { bringUp, onMachine } from "../support/e2e";
import { fault, newSetting } from "../support/fault";

beforeAll(() => bringUp({ settings: "any" }));

/** With the right certificate: one page has no end, and the other leads to itself. */
const hostile = `import http.server, ssl
class Hostile(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        endless = self.path.endswith("portal")
        self.send_response(200 if endless else 302)
        if not endless: self.send_header("Location", "https://${domain}" + self.path)
        self.end_headers()
        while endless: self.wfile.write(b"\x1b[2Jendless " * 4096)
server = http.server.ThreadingHTTPServer(("", 8443), Hostile)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
live = "/var/lib/snikket/data/letsencrypt/live/${domain}/"
context.load_cert_chain(live + "fullchain.pem", live + "privkey.pem")
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()`;

/** What others send to the portal; the machine itself reaches the right one. */
const diverted = "PREROUTING -t nat -p tcp --dport 443 -j REDIRECT --to-ports 8443";

fault({
  name: "a hostile server stands before the portal",
  async cause() {
    await onMachine(`systemd-run --quiet --unit hostile python3 -c '${hostile}'
      timeout 10 bash -c 'until ss -Hlnt sport = :8443 | grep -q .; do sleep 0.1; done'
      iptables -w 30 -I ${diverted}`);
    return async () => {
      await onMachine(`iptables -w 30 -D ${diverted}; systemctl stop hostile`);
    };
  },
  change: newSetting(),
  says: /FAILED +portal .* gave HTTP 200 from "\S+ \S+", beginning ".*endless [\s\S]*FAILED +xmpp .* gave HTTP 302 .*a redirect to https:\S+\/_health\/xmpp instead of STATUS OK[\s\S]*2 of 10 checks failed/,
  within: 30,
});
