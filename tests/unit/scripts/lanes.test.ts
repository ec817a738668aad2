import { asRoot } from "../../../scripts/lanes";

const main = jest.fn(async () => {});
const status = process.exitCode;

/** What somebody is told; what is run, and with which status it ends, is seen afterwards. */
function told(uid: number): string {
  const log = jest.spyOn(console, "log").mockImplementation();
  jest.spyOn(process, "getuid").mockReturnValue(uid);
  asRoot("npm run test:faults", main);
  return log.mock.calls.join("\n");
}

afterEach(() => {
  jest.restoreAllMocks();
  main.mockClear();
  process.exitCode = status;
});

test("root runs what needs sandboxes", () => {
  expect(told(0)).toBe("");
  expect(main).toHaveBeenCalledTimes(1);
  expect(process.exitCode).toBe(status);
});

test("who is not root is told who may, and what goes without; it ends with 3, and nothing is run", () => {
  const words = told(1000);
  const ended = process.exitCode;
  process.exitCode = status;
  expect(ended).toBe(3);
  expect(words).toMatch(/need root\. As root: npm run test:faults; without: npm run check$/);
  expect(main).not.toHaveBeenCalled();
});
