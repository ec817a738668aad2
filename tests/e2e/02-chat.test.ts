import { randomBytes } from "node:crypto";
import { relayRange } from "../../components/snikket/ports";
import { call } from "../../sandbox/chat/call";
import { download, upload } from "../../sandbox/chat/files";
import { joinGroup } from "../../sandbox/chat/group";
import { Person } from "../../sandbox/chat/person";
import { peerPort } from "../../sandbox/services";
import { address, domain } from "../../sandbox/settings";
import { bringUp, containerIds, createInvite, expectDone, server } from "../support/e2e";
import { agreedTls, newLogin, newPerson, newToken, registerWith } from "../support/e2e-people";
import { outputs, summary, up } from "../support/e2e-stack";

beforeAll(bringUp);

describe("an invitation", () => {
  it("lets one person in, and nobody after", async () => {
    const invitation = await createInvite();
    const login = newLogin("carla");
    const carla = await Person.enter(server(), login, invitation);
    await carla.leave();
    await (await Person.enter(server(), login)).leave();
    await expect(Person.enter(server(), newLogin("dora"), invitation)).rejects.toThrow(
      "The invitation cannot be used (any more)",
    );
  });

  it("is asked for by the server itself, past the page", async () => {
    const token = await newToken();
    await registerWith(token);
    await expect(registerWith(token)).rejects.toThrow(/invite token is invalid/);
    await expect(registerWith("made-up")).rejects.toThrow(/invite token is invalid/);
  });

  it("is not needed to log in, but the password is", async () => {
    const login = newLogin("emil");
    await (await Person.enter(server(), login, await createInvite())).leave();
    const wrong = { ...login, password: `${login.password}x` };
    await expect(Person.enter(server(), wrong)).rejects.toThrow(/not-authorized/);
  });
});

describe("TLS for apps", () => {
  it("is 1.3", async () => expect(await agreedTls("TLSv1.3")).toBe("TLSv1.3"));

  it("is never 1.2, under the profile modern", () =>
    expect(agreedTls("TLSv1.2")).rejects.toThrow(/protocol version/));
});

describe("two people", () => {
  let frida: Person;
  let gerd: Person;

  beforeAll(async () => {
    [frida, gerd] = await Promise.all([newPerson("frida"), newPerson("gerd")]);
  });
  afterAll(() => Promise.all([frida?.leave(), gerd?.leave()]));

  it("write to each other", async () => {
    const text = `Grüße & <küsse> ${randomBytes(4).toString("hex")}`;
    expect(await gerd.hear(frida.address, await frida.say(gerd.address, text))).toBe(text);
  });

  it("talk in a group on the name for groups", async () => {
    const group = `${randomBytes(4).toString("hex")}@groups.${domain}`;
    await joinGroup(frida, group);
    await joinGroup(gerd, group);
    const id = await gerd.say(group, "hello all", "groupchat");
    expect(await frida.hear(`${group}/${gerd.name}`, id)).toBe("hello all");
  });

  it("share a file on the name for files, byte for byte", async () => {
    const file = randomBytes(300_000);
    const link = await upload(frida, "photo.jpg", file);
    expect(new URL(link).host).toBe(`share.${domain}`);
    expect((await download(server(), link)).equals(file)).toBe(true);
    const another = link.replace(/[^/]+(?=\/photo)/, "somewhere-else");
    await expect(download(server(), another)).rejects.toThrow("HTTP 404");
  });

  it("call somebody outside, relayed at the public address", async () => {
    const { relay, sent, returned } = await call(gerd, {
      address: address("peer"),
      port: peerPort,
    });
    const { from, to } = relayRange(10);
    expect(relay.address).toBe(address("machine"));
    expect(relay.port).toBeGreaterThanOrEqual(from);
    expect(relay.port).toBeLessThanOrEqual(to);
    expect(returned).toBeGreaterThan(sent / 2);
  });
});

it("says that the first invitation was used, instead of a dead link", async () => {
  const ids = await containerIds();
  const again = await up();
  expectDone(again);
  expect(summary(again)).toEqual({ unchanged: 13 });
  expect(await containerIds()).toEqual(ids);
  const { invitation } = await outputs("--show-secrets");
  expect(invitation).toMatch(
    /^The first invitation was used, or has expired\..+ create-invite .+$/,
  );
});
