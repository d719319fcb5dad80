// #region quickstart
import { App } from "cdktf";
import { production } from "cdktf-cqrs/environments/production";
import { CqrsPlatform } from "cdktf-cqrs/stacks/platform";
import { ProtectionLock } from "cdktf-cqrs/stacks/protection-lock";

const app = new App();
new CqrsPlatform(app, "production", {
  ...production,
  infrastructure: {
    ...production.infrastructure,
    writeCluster: { type: "kubernetes", nodes: 3, resources: { cpu: "4 cores", memory: "16GB", storage: "SSD 500GB" } },
  },
  administrators: { deployer: "arn:aws:iam::111122223333:role/platform-deployer" },
});
new ProtectionLock(app, "Lock", { file: "protection.lock.json" });
app.synth();
// #endregion
