/** @type {import("jest").Config} */
module.exports = {
  globalSetup: "<rootDir>/__tests__/support/test-run/test-run.ts",
  globalTeardown: "<rootDir>/__tests__/support/test-run/test-run-end.ts",
  // By default one core is left to jest itself, which only waits.
  maxWorkers: "100%",
  // For what hangs: a machine that is shared may take long for a test.
  testTimeout: 120_000,
  testMatch: ["**/__tests__/**/*.test.ts"],
  modulePathIgnorePatterns: ["<rootDir>/dist", "<rootDir>/cdktf.out"],
  moduleNameMapper: {
    // `import()` names the JavaScript of a module.
    "^(\\.{1,2}/(?:.+/)?(?:adapters|commands)/.+)\\.js$": "$1",
    "^cdktf-cqrs$": "<rootDir>/lib/index.ts",
    "^@cdktf-cqrs/runtime$": "<rootDir>/runtime/index.ts",
    "^@cdktf-cqrs/runtime/adapters/(.*)$": "<rootDir>/runtime/adapters/$1.ts",
    "^cdktf-cqrs/(lib|stacks|environments)/(.*)$": "<rootDir>/$1/$2.ts",
  },
  // It comes as an ES module alone, which Node takes and jest does not.
  transformIgnorePatterns: ["/node_modules/(?!jose/)"],
  transform: {
    "^.+\\.[jt]s$": [
      "@swc/jest",
      { jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "commonjs" } },
    ],
  },
};
