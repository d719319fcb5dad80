/**
 * All tests, each in its long form: every kind of fault at every port, random moments, hundreds of thousands of events.
 *
 * @type {import("jest").Config}
 */
module.exports = { ...require("./jest.config.js"), globals: { NIGHTLY: true } };
