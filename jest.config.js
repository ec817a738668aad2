/** @type {import("jest").Config} */
const project = (displayName, testMatch, moduleNameMapper = {}) => ({
  displayName,
  rootDir: __dirname,
  testMatch,
  testEnvironment: "node",
  // A sandbox may hold a copy of all this.
  modulePathIgnorePatterns: ["<rootDir>/\\.sandbox"],
  transform: {
    "\\.[tj]s$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }],
  },
  moduleNameMapper,
  // The XMPP client is published as ES modules only.
  transformIgnorePatterns: ["/node_modules/(?!@xmpp/)"],
});

/** What Pulumi's SDK loads to send functions to a cloud and to start the engine, a compiler and npm among it: most of its time. */
const withoutUnused = {
  "^\\./(automation|closure/(serializeClosure|codePaths))$": "<rootDir>/tests/support/nothing.js",
};

module.exports = {
  // A test that failed half-way may leave something open; the run still ends.
  forceExit: true,
  // Busy machines are slow, and that is no failure; what must be quick says so itself.
  testTimeout: 60_000,
  testSequencer: "<rootDir>/tests/support/e2e-sequencer.js",
  projects: [
    project("unit", ["<rootDir>/tests/unit/**/*.test.ts"], withoutUnused),
    project("components", ["<rootDir>/tests/components/**/*.test.ts"], withoutUnused),
    project("e2e", ["<rootDir>/tests/e2e/**/*.test.ts"]),
    project("contract", ["<rootDir>/tests/contract/**/*.test.ts"]),
    project("faults", ["<rootDir>/tests/faults/**/*.test.ts"]),
  ],
};
