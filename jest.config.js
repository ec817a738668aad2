/** @type {import("jest").Config} */
const project = (displayName, testMatch) => ({
  displayName,
  rootDir: __dirname,
  testMatch,
  testEnvironment: "node",
  transform: {
    "\\.[tj]s$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }],
  },
  // The XMPP client is published as ES modules only.
  transformIgnorePatterns: ["/node_modules/(?!@xmpp/)"],
});

module.exports = {
  // A test that failed half-way may leave something open; the run still ends.
  forceExit: true,
  // Busy machines are slow, and that is no failure; what must be quick says so itself.
  testTimeout: 60_000,
  testSequencer: "<rootDir>/tests/support/e2e-sequencer.js",
  projects: [
    project("unit", ["<rootDir>/tests/unit/**/*.test.ts"]),
    project("components", ["<rootDir>/tests/components/**/*.test.ts"]),
    project("e2e", ["<rootDir>/tests/e2e/**/*.test.ts"]),
    project("contract", ["<rootDir>/tests/contract/**/*.test.ts"]),
    project("faults", ["<rootDir>/tests/faults/**/*.test.ts"]),
  ],
};
