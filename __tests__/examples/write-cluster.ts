// #region write-cluster
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformStack } from "cdktf";
import { EncryptionKeys, Network, WriteCluster } from "cdktf-cqrs";

const app = new App();
const stack = new TerraformStack(app, "orders");
new AwsProvider(stack, "aws", { region: "eu-central-1" });
const { arns: keys } = new EncryptionKeys(stack, "Keys", { name: "orders" });
const availabilityZones = ["eu-central-1a", "eu-central-1b", "eu-central-1c"];
const network = new Network(stack, "Network", { name: "orders", cidr: "10.0.0.0/16", availabilityZones, keys });
const resources = { cpu: "4 cores", memory: "16GB", storage: "SSD 500GB" } as const;
const administrators = { deployer: "arn:aws:iam::111122223333:role/platform-deployer" };
new WriteCluster(stack, "WriteCluster", { type: "kubernetes", nodes: 3, resources, network, keys, administrators });
app.synth();
// #endregion
