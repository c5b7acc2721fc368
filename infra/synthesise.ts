import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks, ServerlessChecks } from "cdk-nag";
import { SettingsError } from "./settings-error.ts";

/** Synthesises what is put into an app, checked, or ends with 1 and what is wrong with the settings. */
export function synthesise(put: (app: App) => void): void {
  try {
    const app = new App();
    // A finding that is not acknowledged, with its reason, fails the synthesis.
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
    put(app);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}
