import { kurrentCloudSettings } from "../../../../runtime/adapters/kurrent-cloud/kurrent-cloud-settings";

const IDS = {
  KURRENT_CLOUD_ORGANIZATION_ID: "bt77lfqrh41scaatc180",
  KURRENT_CLOUD_PROJECT_ID: "btfjev2rh41scaatc1k0",
  KURRENT_CLOUD_CLUSTER_ID: "c1eut65o0aeu6ojco7a0",
};
const ACCOUNT = { KURRENT_CLOUD_CLIENT_ID: "client_01", KURRENT_CLOUD_CLIENT_SECRET: "account-secret" };
const PERSON = { KURRENT_CLOUD_REFRESH_TOKEN: "refresh-secret" };

const problemsOf = (environment: NodeJS.ProcessEnv): readonly string[] => {
  try {
    kurrentCloudSettings(environment);
    return [];
  } catch (error) {
    return (error as { problems: readonly string[] }).problems;
  }
};

test("are those of a service account", () => {
  expect(kurrentCloudSettings({ ...IDS, ...ACCOUNT })).toEqual({
    organizationId: "bt77lfqrh41scaatc180",
    projectId: "btfjev2rh41scaatc1k0",
    clusterId: "c1eut65o0aeu6ojco7a0",
    signIn: { clientId: "client_01", clientSecret: "account-secret" },
  });
});

test("are those of a person, at other addresses", () => {
  const addresses = {
    KURRENT_CLOUD_API_URL: "https://api.kurrent.cloud",
    KURRENT_CLOUD_IDENTITY_URL: "http://[::1]:1",
  };
  expect(kurrentCloudSettings({ ...IDS, ...PERSON, ...addresses })).toMatchObject({
    signIn: { refreshToken: "refresh-secret" },
    apiUrl: "https://api.kurrent.cloud",
    identityUrl: "http://[::1]:1",
  });
});

test("tell all that is missing", () => {
  expect(problemsOf({})).toEqual([
    "KURRENT_CLOUD_ORGANIZATION_ID is missing",
    "KURRENT_CLOUD_PROJECT_ID is missing",
    "KURRENT_CLOUD_CLUSTER_ID is missing",
    "KURRENT_CLOUD_CLIENT_ID and KURRENT_CLOUD_CLIENT_SECRET are missing, or KURRENT_CLOUD_REFRESH_TOKEN",
  ]);
});

const ADDRESS = "must be an address such as https://api.eventstore.cloud, without user, query and fragment";

test.each<[NodeJS.ProcessEnv, string]>([
  [{ KURRENT_CLOUD_PROJECT_ID: "a/../b" }, "KURRENT_CLOUD_PROJECT_ID: must be letters, digits, '_' and '-'"],
  [{ KURRENT_CLOUD_CLIENT_ID: "" }, "KURRENT_CLOUD_CLIENT_ID is missing"],
  [{ KURRENT_CLOUD_CLIENT_SECRET: undefined }, "KURRENT_CLOUD_CLIENT_SECRET is missing"],
  [{ KURRENT_CLOUD_CLIENT_SECRET: "a\nb" }, "KURRENT_CLOUD_CLIENT_SECRET: must be printable, without spaces"],
  [PERSON, "KURRENT_CLOUD_REFRESH_TOKEN: must not be beside KURRENT_CLOUD_CLIENT_ID, which signs in as another"],
  [
    { KURRENT_CLOUD_API_URL: "http://api.example.com" },
    "KURRENT_CLOUD_API_URL: must begin with https:// for a host that is not this machine",
  ],
  [
    { KURRENT_CLOUD_API_URL: "ftp://localhost" },
    "KURRENT_CLOUD_API_URL: must begin with https:// for a host that is not this machine",
  ],
  [{ KURRENT_CLOUD_IDENTITY_URL: "https://a:b@example.com" }, `KURRENT_CLOUD_IDENTITY_URL: ${ADDRESS}`],
  [{ KURRENT_CLOUD_IDENTITY_URL: "nowhere" }, `KURRENT_CLOUD_IDENTITY_URL: ${ADDRESS}`],
])("refuse %j", (wrong, problem) => {
  expect(problemsOf({ ...IDS, ...ACCOUNT, ...wrong })).toEqual([problem]);
});

test("never repeat a secret", () => {
  const said = problemsOf({ ...ACCOUNT, KURRENT_CLOUD_CLIENT_SECRET: "spaced out", ...PERSON }).join();
  expect(said).not.toMatch(/spaced|refresh-secret/);
});
