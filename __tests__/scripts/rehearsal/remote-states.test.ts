import { remoteStatesOf, withLocalStates } from "../../../scripts/rehearsal/remote-states";

const inS3 = (key: string, more = {}) => ({ bucket: "states", key, ...more });
const app = {
  network: { terraform: { backend: { s3: inS3("network", { use_lockfile: true }) } } },
  keys: { terraform: { backend: { s3: inS3("keys") } } },
};
const reader = (key: string) => ({
  data: {
    terraform_remote_state: { Keys: { backend: "s3", config: inS3(key), workspace: "default" } },
    aws_region: {},
  },
});

test("a remote state is that of the stack whose backend is in the same place", () => {
  expect(remoteStatesOf(reader("keys"), app)).toEqual({ Keys: "keys" });
  expect(remoteStatesOf(reader("network"), app)).toEqual({ Keys: "network" });
});

test("a state that no stack of the app keeps is refused", () => {
  expect(() => remoteStatesOf(reader("other"), app)).toThrow(
    'Keys: must read the state of a stack of the same app, got {"bucket":"states","key":"other"}',
  );
});

test("in a rehearsal the states go by the names of the stacks there", () => {
  expect(withLocalStates({ ...reader("keys"), output: {} }, "edge.p", { Keys: "keys.p" })).toEqual({
    terraform: { backend: { local: { path: "edge.p.tfstate" } } },
    data: {
      terraform_remote_state: { Keys: { backend: "local", config: { path: "keys.p.tfstate" }, workspace: "default" } },
      aws_region: {},
    },
    output: {},
  });
});
