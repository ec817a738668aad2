import { models } from "../../../sandbox/stand-ins/command/model";
import {
  asGiven,
  check,
  differences,
  foreseen,
  MASKED,
  type Model,
  marked,
  modelled,
  type Properties,
  replaces,
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
    ["nothing in what a real plugin filled in", { a: 1, b: 2, __defaults: ["b"] }, { a: 1 }, {}],
    ["a filled-in value that is now given", { b: 2, __defaults: ["b"] }, { b: 3 }, { b: "update" }],
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

describe("replaces", () => {
  const declared = {
    inputs: ["a", "b", "size"],
    computed: [],
    replaces: { a: true, "a.b": false },
  };

  it.each([
    ["what is declared", {}, "a", true],
    ["inside of it", {}, "a.c[0].d", true],
    ["but nearer words first", {}, "a.b[1]", false],
    ["nothing without a word", {}, "b", false],
    ["rules before declarations", { replaces: { a: false } }, "a.c", false],
    ["all siblings not named", { replaces: { "a.*": false, "a.d": true } }, "a.c", false],
    ["the sibling that is named", { replaces: { "a.*": false, "a.d": true } }, "a[0].d", true],
    ["what a key that is no word names", { replaces: { "a.x-y": true } }, 'a["x-y"]', true],
    ["everything, against the declarations", { replaces: { "*": true } }, "a.b", true],
  ])("takes %s", (_, rules, path, expected) => {
    expect(replaces(modelled(declared, rules), path, {}, {})).toBe(expected);
  });

  it("asks with both values where a rule is a question", () => {
    const shrinks = (old: Properties, now: Properties) => Number(now.size) < Number(old.size);
    const model = modelled(declared, { replaces: { size: shrinks } });
    expect(replaces(model, "size", { size: 2 }, { size: 1 })).toBe(true);
    expect(replaces(model, "size", { size: 1 }, { size: 2 })).toBe(false);
  });
});

describe("secrets", () => {
  it("are unwrapped at any depth", () => {
    expect(unwrap({ a: [secret({ b: secret("x") })] })).toEqual({ a: [{ b: "x" }] });
  });

  it("are not marked where there is nothing", () => {
    expect(marked({ ...remote, secret: ["stdout"] }, {}, { stdout: undefined })).toEqual({});
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

describe("foreseen", () => {
  const model = modelled({ inputs: ["given", "left"], computed: ["id", "left"] }, {});

  it("knows of a new resource what is given, and not what comes back", () => {
    expect(foreseen(model, { given: 1 })).toEqual({ given: 1, id: UNKNOWN, left: UNKNOWN });
    expect(foreseen(model, { left: 1 })).toEqual({ left: 1, id: UNKNOWN });
  });

  it("keeps outputs in an update, whatever changes", () => {
    const state = { given: 1, id: "x", left: 2 };
    expect(foreseen(model, { given: UNKNOWN }, state)).toEqual({ ...state, given: UNKNOWN });
  });
});

describe("asGiven", () => {
  it.each([
    ["what comes back", { a: 1 }, { a: 2, id: "x" }, { a: 2 }],
    ["it at any depth", { a: [{ b: 1 }] }, { a: [{ b: 1, ip: "x" }] }, { a: [{ b: 1 }] }],
    ["one element more", { a: [1] }, { a: [1, 2] }, { a: [1, 2] }],
    ["an input that is gone", { a: 1, b: 2 }, { a: 1 }, { a: 1 }],
  ])("takes from a resource %s", (_, given, now, expected) => {
    expect(asGiven(given, now)).toEqual(expected);
  });
});

describe("command", () => {
  it("is replaced by its triggers alone", () => {
    const paths = ["triggers[0]", "triggers", "stdin", "connection.host"];
    const answers = paths.map((path) => replaces(remote, path, {}, {}));
    expect(answers).toEqual([true, true, false, false]);
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
