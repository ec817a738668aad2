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
  projects: [
    project("unit", ["<rootDir>/tests/unit/**/*.test.ts"]),
    project("components", ["<rootDir>/tests/components/**/*.test.ts"]),
    project("e2e", ["<rootDir>/tests/e2e/**/*.test.ts"]),
  ],
};
