import { join } from "node:path";
import { App } from "cdktf";
import { production } from "./environments/production";
import { staging } from "./environments/staging";
import { platforms } from "./stacks/platform";
import { ProtectionLock } from "./stacks/protection-lock";

const app = new App();
platforms(app, { production, staging });
new ProtectionLock(app, "Lock", { file: join(__dirname, "protection.lock.json") });
app.synth();
