import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { inCloud, progress, runTests } from "../deployed/in-cloud.ts";
import { publish } from "../fleet/release.ts";
import { PARAMETER } from "../fleet/places.ts";
import { startTerraformCloud, templateUrl, type TerraformCloud } from "./cloud.ts";
import type { TerraformSite } from "./site.ts";

/** `npm run test:terraform`: plays the Terraform modules on the AWS emulator, with a provider that stands in for AWS's. */

const { args } = new Command("npm run test:terraform --")
  .description(
    "Plans, applies and destroys the Terraform modules on the AWS emulator, with a provider of the tests' own in place of hashicorp/aws.",
  )
  .argument("[options...]", "handed to vitest as they are")
  .allowUnknownOption()
  .addHelpText(
    "after",
    `
Runs the Terraform that the variable TERRAFORM names, or the terraform or tofu on the PATH; without one it builds
OpenTofu, once, which takes long. Needs Go for that and for the provider, and Python for the emulator.
Ends with 0 when all is as it has to be, with 1 when it is not or something is missing, which is named, and with 130 when
it is interrupted.`,
  )
  .parse();

await inCloud(startTerraformCloud, play);

async function play(cloud: TerraformCloud, until: AbortSignal): Promise<void> {
  progress("Releasing the hub");
  const release = await publish(cloud, until, { fleet: PARAMETER });
  const { tool, version, env, emulator } = cloud;
  const site: TerraformSite = {
    directory: cloud.directory,
    tool,
    version,
    env: { ...emulator.env, ...env },
    awsCli: emulator.awsCli,
    templateUrl: templateUrl(release),
  };
  const file = join(cloud.directory, "site.json");
  writeFileSync(file, JSON.stringify(site));
  until.throwIfAborted();
  await runTests("terraform", args, file, until);
}
