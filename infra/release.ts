import { readSettings } from "./settings.ts";
import { ReleasedStack } from "./released-stack.ts";
import { synthesise } from "./synthesise.ts";
import { SettingsError } from "./settings-error.ts";

// npx cdk publish-assets --unstable publish-assets --app "node infra/release.ts BUCKET [PREFIX]"
synthesise((app) => {
  const [bucket, prefix = ""] = process.argv.slice(2);
  if (bucket === undefined) {
    throw new SettingsError("The bucket is missing that the release is for: node infra/release.ts BUCKET [PREFIX]");
  }
  new ReleasedStack(app, "EksRemediation", readSettings(app.node), { bucket, prefix });
});
