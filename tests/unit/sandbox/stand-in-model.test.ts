import { models } from "../../../sandbox/stand-ins/command/model";
import {
  check,
  differences,
  foreseen,
  MASKED,
  type Model,
  marked,
  UNKNOWN,
  unwrap,
} from "../../../sandbox/stand-ins/model";

const secret = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});
const remote = models["command:remote:Command"] as Model;
const connection = { host: "198.51.100.20" };

describe("differences", () => {
  it.each([
    ["nothing", { a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, {}],
    ["a changed value", { a: { b: 1 } }, { a: { b: 2 } }, { "a.b": "update" }],
    ["an added element", { a: [1] }, { a: [1, 2] }, { "a[1]": "add" }],
    ["a removed property", { a: 1, b: 2 }, { a: 1 }, { b: "delete" }],
    ["a key that is no word", { a: { "c.d": 1 } }, { a: { "c.d": 2 } }, { 'a["c.d"]': "update" }],
    ["another kind of value", { a: [1] }, { a: { b: 1 } }, { a: "update" }],
    ["a value that becomes unknown", { a: 1 }, { a: UNKNOWN }, { a: "update" }],
    ["null for nothing", { a: null }, {}, {}],
  ])("sees %s", (_, old, now, expected) => {
    expect(differences(old, now)).toEqual(expected);
  });

  it("takes a masked old value as equal only in a plan", () => {
    const [old, now] = [
      { connection: MASKED, stdin: "a" },
      { connection, stdin: "b" },
    ];
    expect(differences(old, now, true)).toEqual({ stdin: "update" });
    expect(differences(old, now)).toEqual({ connection: "update", stdin: "update" });
  });
});

describe("secrets", () => {
  it("are unwrapped at any depth", () => {
    expect(unwrap({ a: [secret({ b: secret("x") })] })).toEqual({ a: [{ b: "x" }] });
  });

  it("are marked on outputs of the same name, and where the model says so", () => {
    const inputs = { connection, stdin: secret("s"), triggers: [secret("t")], create: "c" };
    const outputs = { connection, stdin: "s", triggers: ["t"], create: "c", stdout: "s" };
    expect(marked(remote, inputs, outputs)).toEqual({
      connection: secret(connection),
      stdin: secret("s"),
      triggers: secret(["t"]),
      create: "c",
      stdout: "s",
    });
  });
});

describe("command", () => {
  it("is replaced by its triggers alone", () => {
    expect(remote.replaces?.("triggers[0]")).toBe(true);
    expect(remote.replaces?.("triggers")).toBe(true);
    expect(remote.replaces?.("stdin")).toBe(false);
    expect(remote.replaces?.("connection.host")).toBe(false);
  });

  it.each([
    [{ connection }, []],
    [{ connection: UNKNOWN, stdin: UNKNOWN }, []],
    [{}, ["Missing required field 'connection'"]],
    [{ connection: {} }, ["Missing required field 'host' on 'remote.Connection'"]],
    [{ connection, stdinn: "x" }, ["Unrecognized field 'stdinn'"]],
  ])("checks %j", (inputs, reasons) => {
    expect(check(remote, inputs).map(({ reason }) => reason)).toEqual(reasons);
  });

  it("foresees no output of a new command", () => {
    const planned = foreseen(remote, { connection, create: "id" });
    expect(planned).toEqual({ connection, create: "id", stdout: UNKNOWN, stderr: UNKNOWN });
  });

  it("foresees unknown outputs when an earlier input changes, and the old ones otherwise", () => {
    const state = { connection: secret(connection), stdin: "a", stdout: "out", stderr: "" };
    const { stdout } = foreseen(remote, { connection, stdin: "b" }, state);
    expect(stdout).toBe(UNKNOWN);
    expect(foreseen(remote, { connection, stdin: "a", triggers: ["1"] }, state).stdout).toBe("out");
    expect(foreseen(remote, { connection, stdin: UNKNOWN }, state).stdout).toBe(UNKNOWN);
  });
});
