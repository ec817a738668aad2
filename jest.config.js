/** @type {import("jest").Config} */
const project = (displayName, testMatch) => ({
  displayName,
  rootDir: __dirname,
  testMatch,
  testEnvironment: "node",
  transform: { "\\.ts$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }] },
});

module.exports = {
  projects: [
    project("unit", ["<rootDir>/tests/unit/**/*.test.ts"]),
    project("components", ["<rootDir>/tests/components/**/*.test.ts"]),
    project("e2e", ["<rootDir>/tests/e2e/**/*.test.ts"]),
  ],
};
