import { scripts } from "../../../package.json";

// tsx's own program kills what does not listen to a signal within 60 ms, and a busy computer takes longer.
test.each(Object.entries(scripts))(
  "npm run %s is Node.js itself, which nothing kills",
  (_, line) => {
    expect(line).toMatch(/^(exec )?node --(require tsx\/cjs|import tsx) \S+\.ts/);
  },
);
