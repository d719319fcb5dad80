import { mayPass } from "../../../../runtime/adapters/aws/s3-errors";

const answered = (name: string, httpStatusCode?: number) =>
  Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });

test.each([
  ["no answer", answered("TimeoutError")],
  ["a failure of S3", answered("InternalError", 500)],
  ["too many requests", answered("SlowDown", 429)],
  ["an upload that took too long", answered("RequestTimeout", 400)],
  ["another write at the same time", answered("ConditionalRequestConflict", 409)],
])("after %s another try may succeed", (_what, error) => {
  expect(mayPass(error)).toBe(true);
});

test.each([
  ["no credentials", answered("CredentialsProviderError")],
  ["a refusal", answered("AccessDenied", 403)],
  ["an object that exists", answered("PreconditionFailed", 412)],
  ["what a server does not know", answered("NotImplemented", 501)],
])("after %s another try would be the same", (_what, error) => {
  expect(mayPass(error)).toBe(false);
});
