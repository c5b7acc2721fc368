import { startCloud, type Cloud } from "./cloud.ts";
import { inCloud, progress, runTests, siteOf } from "./in-cloud.ts";
import { SITE_VARIABLE } from "./site.ts";
import { applyRbac, bootstrap, deploy } from "./stack.ts";

/**
 * `npm run test:deployed -- NAME ...` deploys the stack on the emulator, runs the test files that have a NAME in their
 * path (all of them without one), and ends everything. Options go to vitest as they are. With `--stay` it deploys, says
 * how to run tests against that, and waits for Ctrl-C.
 */

const stay = process.argv.includes("--stay");
const args = process.argv.slice(2).filter((arg) => arg !== "--stay");

await inCloud(startCloud, deployAndTest);

async function deployAndTest(cloud: Cloud, until: AbortSignal): Promise<void> {
  const { emulator, cluster } = cloud;
  progress("Bootstrapping the account: npx cdk bootstrap");
  await bootstrap(cloud, until);
  progress("Deploying the stack: npx cdk deploy");
  const outputs = await deploy(cloud, until);
  progress(`Granting permissions: ${outputs.RbacCommand}`);
  await applyRbac(outputs, cluster);
  const site = await siteOf(cloud, outputs);
  until.throwIfAborted();
  if (stay) await waitForInterruption({ ...emulator.env, [SITE_VARIABLE]: site }, until);
  else await runTests("deployed*", args, site, until);
}

async function waitForInterruption(variables: Record<string, string>, until: AbortSignal): Promise<void> {
  progress("Deployed. Ctrl-C ends it. The tests run against it in another shell with:");
  for (const [name, value] of Object.entries(variables)) process.stderr.write(`export ${name}='${value}'\n`);
  process.stderr.write("npx vitest run --project 'deployed*' NAME\n");
  await new Promise<void>((done) => {
    until.addEventListener("abort", () => {
      done();
    });
  });
}
