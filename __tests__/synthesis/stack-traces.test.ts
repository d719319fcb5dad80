import { withoutStackTraces } from "../../lib/synthesis/stack-traces";

test("cdktf and errors are themselves again afterwards, even after a failure", () => {
  const { captureStackTrace } = Error;
  const fail = () =>
    withoutStackTraces(() => {
      expect(Error.captureStackTrace).not.toBe(captureStackTrace);
      throw new Error("failed");
    });
  expect(fail).toThrow("failed");
  expect(Error.captureStackTrace).toBe(captureStackTrace);
});
