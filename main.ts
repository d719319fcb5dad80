import { App } from "cdktf";
import { production } from "./environments/production";
import { staging } from "./environments/staging";
import { platforms } from "./stacks/platform";

const app = new App();
platforms(app, { production, staging });
app.synth();
