import type { DigestStep } from "../../../operations/plan/engine";
import { instance, plan, state, step, unknown } from "../../support/plan-steps";

describe("a change", () => {
  const changed = (
    before: object,
    after: object,
    detailedDiff: DigestStep["detailedDiff"] = null,
  ) =>
    plan([
      step("replace", instance, "host-machine", {
        oldState: state(instance, before),
        newState: state(instance, after),
        detailedDiff,
        diffReasons: ["shape", "metadata"],
        replaceReasons: ["shape"],
      }),
    ]).resources[0]?.changes;

  test("has its values, at any depth of a path", () => {
    expect(
      changed(
        { metadata: { "user.data": "a" }, ports: [{ from: 1 }], old: true },
        { metadata: { "user.data": "b" }, ports: [{ from: 2 }], extra: 7 },
        {
          'metadata["user.data"]': { kind: "update-replace" },
          "ports[0].from": { kind: "update" },
          extra: { kind: "add" },
          old: { kind: "delete" },
        },
      ),
    ).toEqual([
      { path: 'metadata["user.data"]', kind: "update", replaces: true, before: "a", after: "b" },
      { path: "ports[0].from", kind: "update", replaces: false, before: 1, after: 2 },
      { path: "extra", kind: "add", replaces: false, after: 7 },
      { path: "old", kind: "delete", replaces: false, before: true },
    ]);
  });

  test("is told by its property where the engine knows no more", () => {
    expect(changed({ shape: "a", metadata: 1 }, { shape: "b", metadata: 2 })).toEqual([
      { path: "shape", kind: "update", replaces: true, before: "a", after: "b" },
      { path: "metadata", kind: "update", replaces: false, before: 1, after: 2 },
    ]);
  });

  test("may be of a value that the program chose to replace by", () => {
    const trigger = (replacementTrigger: string) => state(instance, {}, { replacementTrigger });
    const states = { oldState: trigger("22.04"), newState: trigger("24.04") };
    const [machine] = plan([step("replace", instance, "host-machine", states)]).resources;
    const change = { kind: "update", replaces: true, before: "22.04", after: "24.04" };
    expect(machine?.changes).toEqual([{ path: "replacementTrigger", ...change }]);
  });

  test("never shows a secret, nor what stands for one that is not known yet", () => {
    const diff = { metadata: { kind: "update" }, shape: { kind: "update" } };
    const changes = changed(
      { metadata: { key: "[secret]", open: 1 }, shape: "a" },
      { metadata: { key: "hunter2", open: 1 }, shape: ["b", unknown] },
      diff,
    );
    expect(changes).toEqual([
      { path: "metadata", kind: "update", replaces: false, secret: true },
      { path: "shape", kind: "update", replaces: true, before: "a", unknown: true },
    ]);
    expect(JSON.stringify(changes)).not.toContain("hunter2");
  });
});
