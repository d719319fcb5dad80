import { TerraformResource, type TerraformStack } from "cdktf";
import type { AuthConfig } from "../../../lib/config/auth";
import type { EventStoreAttributes } from "../../../lib/workloads/event-store-access";
import type { ReadModels } from "../../../lib/workloads/read-model-access";

/** A resource that stands already: it does nothing, but others may depend on it. */
export const standing = (stack: TerraformStack, id: string): TerraformResource =>
  (stack.node.tryFindChild(id) as TerraformResource | undefined) ??
  new TerraformResource(stack, id, { terraformResourceType: "terraform_data" });

/** Where the services of a test run. */
export const placeIn = (stack: TerraformStack) => ({
  clusterName: "orders-cluster",
  name: "orders",
  region: "eu-central-1",
  secretStore: standing(stack, "store"),
  dependsOn: [standing(stack, "namespace")],
});

export const eventStore: EventStoreAttributes = {
  dnsName: "events.example.com",
  port: 2113,
  cidr: "10.1.0.0/22",
  type: "KurrentDB",
  clusterSize: 3,
};

export const readModels: ReadModels = {
  database: {
    endpoint: "primary.example.com",
    port: 5432,
    databaseName: "read_models",
    resourceId: "db-PRIMARY",
    replicaAddresses: ["replica1.example.com", "replica2.example.com"],
    replicaResourceIds: ["db-REPLICA1", "db-REPLICA2"],
  },
  cache: {
    endpoint: "cache.example.com",
    port: 6379,
    userName: "orders-app",
    userArn: "arn:aws:elasticache:eu-central-1:111122223333:user:orders-app",
    keyPrefix: "app:",
    replicationGroupArn: "arn:aws:elasticache:eu-central-1:111122223333:replicationgroup:orders",
  },
  ranges: ["10.0.232.0/24", "10.0.233.0/24"],
};

/** Its key is a test's: nobody has the other half. */
export const auth: AuthConfig = {
  issuer: "https://auth.example.com/",
  audience: "orders",
  publicKey: `-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA+lfXo6iLCeNtLiSdd5kw
UhSxvKyg1r2+HWJuCIvdcoxQHmn4w40I0mxFEbX1U9YYgsa/3/bjPNCvhCVTGJlw
amYb8VfsImP3D1P0xQ5zBmnDimHNzg7lo4IXBLofnEHRym5s6IFjZburjapcFDRK
gTt6PXEyUWWPuMBuWCqk4EdQxZYtf36j9jCcst/TTtG/by/49myiqjKXFLFQQV6N
TglwtIwEM+BL5svp6N96NmcFrr8InR70eQBS26Cv2APaoe3RUxOwJQwYINUsXGcr
aM1lYULQfwamyiaT86lHCRvGfpcTR8YKfV4RJFO2bI4nWdvbNSrYV5292Eu9SOs4
7wIDAQAB
-----END PUBLIC KEY-----
`,
  commandPermissions: { CreateOrder: ["user", "admin"] },
  queryPermissions: { GetOrder: ["user"] },
};
