import { table } from "../../../scripts/faults";

const row = {
  ...{ name: "the line is cut", ended: 12, went: 34, within: 40, same: true },
  said: "EOF",
};

/** The one line below the head, without what fills it up. */
const line = (more: Partial<typeof row & { byHand: string }>) =>
  table([{ ...row, ...more }])[1]?.replace(/ +/g, " ");

test("has a head, and a line for each fault", () => {
  expect(table([])).toEqual([expect.stringMatching(/^fault +ended +next up +bound +same +said$/)]);
  expect(table([row, row])).toHaveLength(3);
  expect(line({})).toBe("the line is cut 12 s 34 s 40 s yes EOF");
});

test("says what is not as before, and of a new machine nothing", () => {
  expect(line({ same: false })).toBe("the line is cut 12 s 34 s 40 s NO EOF");
  const { same: _, ...unknown } = row;
  expect(table([unknown])[1]).toMatch(/40 s +- +EOF$/);
});

test.each([
  ["up", { ended: 41 }, true],
  ["next up", { went: 41 }, true],
  ["neither of them", { ended: 40, went: 40 }, false],
])("says so where it is the %s that is later than its bound", (_, more, isLate) => {
  expect(line(more)?.endsWith(isLate ? "yes LATE: EOF" : "yes EOF")).toBe(true);
});

test("says what somebody had to do by hand, whatever is cut", () => {
  expect(line({ byHand: "npx pulumi cancel" })).toMatch(
    /yes EOF \(by hand then: npx pulumi cancel\)$/,
  );
  expect(line({ said: "s".repeat(101), byHand: "this" })).toMatch(/s… \(by hand then: this\)$/);
});

test("cuts what is long, so that the columns stand below each other", () => {
  const [head = "", long = ""] = table([{ ...row, name: "n".repeat(71), said: "s".repeat(101) }]);
  expect(long).toContain(`${"n".repeat(69)}…  `);
  expect(long.endsWith(`${"s".repeat(99)}…`)).toBe(true);
  expect(long.indexOf("12 s") + 4).toBe(head.indexOf("ended") + 5);
});
