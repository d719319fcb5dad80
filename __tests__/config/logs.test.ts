import { isLogsOptions } from "../../lib/config/logs";

const said = (options: unknown) =>
  isLogsOptions.problemsOf(options, "logs").map(({ path, message }) => `${path}: ${message}`);

test.each([
  [{}],
  [{ retention: "1 day", storage: "SSD 10GB", memory: "2GB" }],
  [{ retention: "365 days", storage: "SSD 16TB", memory: "64GB", snapshots: { retention: "1 day" } }],
  [{ certificateAuthority: "production/logs-ca" }],
  [{ passwordVersion: 2 }],
])("takes %j", (options) => {
  expect(said(options)).toEqual([]);
});

test.each<[object, string]>([
  [{ retention: "0 days" }, "logs.retention: must be a number of days such as '30 days', got '0 days'"],
  [{ retention: "366 days" }, "logs.retention: must be from '1 day' to '365 days', got '366 days'"],
  [{ storage: "100GB" }, "logs.storage: must be a size such as 'SSD 500GB' or 'SSD 1TB', got '100GB'"],
  [{ storage: "SSD 9GB" }, "logs.storage: must be from 'SSD 10GB' to 'SSD 16TB', got 'SSD 9GB'"],
  [{ memory: "4Gi" }, "logs.memory: must be a size such as '16GB', got '4Gi'"],
  [{ memory: "1GB" }, "logs.memory: must be from '2GB' to '64GB', got '1GB'"],
  [{ memory: "65GB" }, "logs.memory: must be from '2GB' to '64GB', got '65GB'"],
  [
    { certificateAuthority: "-----BEGIN CERTIFICATE-----" },
    "logs.certificateAuthority: must be the name of a secret, at most 501 letters, digits and /_+=.@-, got '-----BEGIN CERTIFICATE-----'",
  ],
  [{ passwordVersion: 1.5 }, "logs.passwordVersion: must be a whole number from 1 to 10000, got 1.5"],
  [{ snapshots: {} }, "logs.snapshots.retention: is missing, must be a number of days such as '30 days'"],
  [{ retentoin: "30 days" }, "logs.retentoin: is not a key here, did you mean 'retention'?"],
])("refuses %j", (options, message) => {
  expect(said(options)).toEqual([message]);
});
