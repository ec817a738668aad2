// Loaded before the program: writes which of Pulumi's packages it loaded into the file that LOADED_SDKS names.
const { writeFileSync } = require("node:fs");

if (/[/\\]@pulumi[/\\]pulumi[/\\]cmd[/\\]run/.test(process.argv[1] ?? ""))
  process.on("exit", () => {
    const found = Object.keys(require.cache).map(
      (file) => /node_modules[/\\](@pulumi[/\\][^/\\]+)/.exec(file)?.[1],
    );
    writeFileSync(process.env.LOADED_SDKS, JSON.stringify([...new Set(found)].filter(Boolean)));
  });
