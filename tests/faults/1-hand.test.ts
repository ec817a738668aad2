import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { newKey } from "../../sandbox/keys";
import { knownMachine } from "../../sandbox/machine";
import { machineUser } from "../../sandbox/settings";
import { bringUp, expectDone, onMachine } from "../support/e2e";
import { pulumi, stackFileWithSecret } from "../support/e2e-stack";
import { fault, newSetting, setInStack, stackFile } from "../support/fault";
import { another, locked } from "../support/fault-causes";
import { ofKeys } from "../support/fault-keys";
import { up } from "../support/fault-up";
import { onIt } from "../support/fault-victim";

const authorized = `/home/${machineUser}/.ssh/authorized_keys`;

beforeAll(() => bringUp({ settings: "any" }));

const hands: [string, string][] = [
  [
    "settings in /etc/snikket are edited and a file is deleted",
    `sed -i 's/^SNIKKET_ADMIN_EMAIL=.*/SNIKKET_ADMIN_EMAIL=somebody@else.example/' /etc/snikket/snikket.conf
    echo SNIKKET_TWEAK_MINE=1 >>/etc/snikket/snikket.conf
    sed -i s/unless-stopped/no/ /etc/snikket/docker-compose.yml
    rm /etc/snikket/turn-addresses`,
  ],
  ["all of /etc/snikket is removed", "rm -r /etc/snikket"],
  ["others may read the settings", "chmod 644 /etc/snikket/snikket.conf"],
  ["a container is stopped", "docker stop --time 5 snikket-portal"],
  ["two containers are removed", "docker rm --force snikket-certs snikket"],
  ["the whole server is taken down", "cd /etc/snikket && docker compose down --timeout 5"],
];
for (const [name, script] of hands)
  fault({ name: `by hand: ${name}`, cause: onIt(script), change: newSetting, within: 30 });

for (const [name, script] of hands.slice(1))
  fault({ name: `by hand: ${name}, and nothing else changes`, cause: onIt(script), within: 30 });

describe("what was edited by hand, without any other change", () => {
  const seen = () =>
    onMachine("find /etc/snikket -type f -printf '%m %u ' -exec sha256sum {} + | sort");
  const warning =
    "On the machine, /etc/snikket was changed by hand: ca/acme-root.pem, turn-addresses, .env, docker-compose.yml, domain, snikket.conf. pulumi up puts it back";
  const edit = () =>
    onMachine(`cd /etc/snikket; rm -f turn-addresses
      for file in ca/acme-root.pem .env docker-compose.yml; do echo '# mine' >>$file; done
      chown nobody domain; chmod 644 snikket.conf`);
  let before: string;

  it("is found and shown, and left alone by a preview", async () => {
    setInStack(newSetting());
    expectDone(await up(stackFile()));
    before = await seen();
    await edit();
    const edited = await seen();
    const preview = await pulumi(["preview"], { stackFile: stackFile() });
    expectDone(preview);
    expect(preview.output).toContain(warning);
    expect(preview.output).toMatch(/snikket-stage +update/);
    expect(await seen()).toBe(edited);
  });

  it("is put back by up, every time, and is no change afterwards", async () => {
    for (const _ of ["once", "the same once more"]) {
      await edit();
      const ended = await up(stackFile());
      expectDone(ended);
      expect(ended.output).toContain(warning);
      expect(ended.output).toMatch(/ok +turn /);
      expect(await seen()).toBe(before);
      const idle = await up(stackFile());
      expect(idle.output).toMatch(/^Resources:\n +\d+ unchanged$/m);
      expect(idle.output).not.toContain("changed by hand");
    }
  });
});

fault({
  name: "two people run `pulumi up` at once",
  cause: another,
  change: newSetting,
  says: locked,
  within: 30,
});

/** A private key as it stands in a stack's file. */
async function encrypted(key: string): Promise<unknown> {
  const file = await stackFileWithSecret("snikket:sshPrivateKey", key);
  return parse(readFileSync(file, "utf8")).config["snikket:sshPrivateKey"];
}

describe("keys", () => {
  const key = newKey("rotated");
  const own = () => knownMachine()?.key.public.trim() ?? "";
  afterAll(() => onMachine(`echo '${own()}' >>${authorized}`));

  fault({
    name: "the key is rotated on the machine, and the stack has the old one",
    async cause() {
      await onMachine(`echo '${key.public.trim()}' >${authorized}`);
      return async () => setInStack({ sshPrivateKey: await encrypted(key.private) });
    },
    change: newSetting,
    says: /refuses the private key in snikket:sshPrivateKey. Add its public half to /,
    within: 30,
    byHand: "the new key is set in the stack",
  });

  fault(ofKeys.hostKey);
});
