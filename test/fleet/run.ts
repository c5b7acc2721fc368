import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../deployed/commands.ts";
import { inCloud, progress, runTests, siteOf } from "../deployed/in-cloud.ts";
import type { Site } from "../deployed/site.ts";
import { applyRbac } from "../deployed/stack.ts";
import { startFleet, type FleetCloud } from "./cloud.ts";
import { release } from "./release.ts";
import { asOther, EXTERNAL_ID, PARAMETER, PLACE, QUIET, SHOP, type FleetSite } from "./places.ts";

/** `npm run test:fleet` releases a hub and deploys it once, by its template, and the spokes by theirs into another account, and runs the tests. */

await inCloud(startFleet, deployAndTest);

async function deployAndTest(cloud: FleetCloud, until: AbortSignal): Promise<void> {
  const { emulator } = cloud;
  progress("Releasing the hub, and deploying it from its template");
  const outputs = await release(cloud, until, { fleet: PARAMETER, schedule: "off" });
  progress("Deploying the spokes from their templates");
  const deploySpoke = async (name: string, script: string, own: Record<string, string>) => {
    const template = join(cloud.directory, `${name}.json`);
    writeFileSync(template, await run(["npm", "run", "--silent", script]));
    const parameters = { HubAccountId: PLACE.account, ExternalId: EXTERNAL_ID, ...own };
    const overrides = Object.entries(parameters).map(([key, value]) => `${key}=${value}`);
    await run(
      [
        ...[...emulator.awsCli, "cloudformation", "deploy", "--stack-name", `eks-remediation-spoke-${name}`],
        ...["--template-file", template, "--capabilities", "CAPABILITY_NAMED_IAM"],
        ...["--parameter-overrides", ...overrides],
      ],
      { env: { ...emulator.env, ...asOther() }, signal: until },
    );
  };
  for (const { name } of [SHOP, QUIET]) await deploySpoke(name, "spoke:template", { ClusterName: name });
  await deploySpoke("account", "spoke:account-template", {});
  for (const cluster of [cloud.cluster, cloud.shop]) await applyRbac(outputs, cluster);
  const file = await siteOf(cloud, outputs);
  const site: FleetSite = { ...(JSON.parse(readFileSync(file, "utf8")) as Site), shop: cloud.shop };
  writeFileSync(file, JSON.stringify(site));
  until.throwIfAborted();
  await runTests("fleet", process.argv.slice(2), file, until);
}
