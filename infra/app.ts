import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks, ServerlessChecks } from "cdk-nag";
import { readSettings } from "./settings.ts";
import { SettingsError } from "./settings-error.ts";
import { RemediationStack } from "./stack.ts";

try {
  const app = new App();
  // A finding that is not acknowledged, with its reason, fails the synthesis.
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
  new RemediationStack(app, "EksRemediation", readSettings(app.node));
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  console.error(error.message);
  process.exit(1);
}
