import { readSettings } from "./settings.ts";
import { RemediationStack } from "./stack.ts";
import { synthesise } from "./synthesise.ts";

synthesise((app) => new RemediationStack(app, "EksRemediation", readSettings(app.node)));
