import { shrinkProblem } from "../../../../components/host/oracle/shrink";

const data = (sizeInGbs: string) => ({ sizeInGbs });
const boot = (bootVolumeSizeInGbs: string) => ({ sourceDetails: { bootVolumeSizeInGbs } });

test.each([
  ["stays", data("50"), data("50")],
  ["grows", data("50"), data("100")],
  ["grows, with the machine", boot("50"), boot("60")],
  ["is new", undefined, data("50")],
  ["is about something else", {}, { sourceDetails: {} }],
])("what %s may be", (_, before, after) => {
  expect(shrinkProblem(before, after)).toBeUndefined();
});

test.each([
  ["dataVolumeGb", data("100"), data("60"), "100"],
  ["bootVolumeGb", boot("60"), boot("50"), "60"],
])("a smaller %s is refused, with the size there is", (key, before, after, size) => {
  const problem = shrinkProblem(before, after);
  expect(problem).toMatch(`snikket:host.${key} is `);
  expect(problem).toMatch(
    `has ${size} GB, and Oracle's volumes cannot shrink. Set ${size} or more.`,
  );
});
