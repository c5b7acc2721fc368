import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CloudOptions } from "../deployed/cloud.ts";
import { run } from "../deployed/commands.ts";
import { PLACE, startEmulator, type Emulator } from "../deployed/emulator/emulator.ts";
import { ensureEmulator } from "../deployed/emulator/install.ts";
import { ELSEWHERE } from "../fleet/places.ts";
import { ensureProvider, ensureTool } from "./tool.ts";

/** The cluster that the hub looks after, and one of another account. Nothing of them runs but what EKS says of them. */
export const OWN = "my-cluster";
export const OTHER = "shop";

/** The least version of the AWS provider that the modules take: what stands in for it is found as this one. */
const VERSION = "5.33.0";

/** An emulator of AWS, and a Terraform that finds the stand-in for the AWS provider. */
export interface TerraformCloud {
  emulator: Emulator;
  /** A command. */
  tool: string;
  /** What it says of its version. */
  version: string;
  /** What a Terraform needs in its environment. */
  env: Readonly<Record<string, string>>;
  /** A folder for files of this run. */
  directory: string;
  failed: Promise<string>;
  stop: () => Promise<void>;
}

/**
 * Builds or finds what is needed, and starts the emulator.
 * @throws ClusterError or EmulatorError saying what is missing on this machine
 */
export async function startTerraformCloud({ progress, signal }: CloudOptions): Promise<TerraformCloud> {
  await ensureEmulator(progress);
  const provider = await ensureProvider(progress, signal);
  const tool = await ensureTool(progress, signal);
  const directory = mkdtempSync(join(tmpdir(), "remediation-terraform-"));
  const settings = join(directory, "terraform.rc");
  writeFileSync(
    settings,
    `provider_installation {\n  filesystem_mirror { path = "${mirror(directory, provider)}" }\n}\n`,
  );
  const env = { TF_CLI_CONFIG_FILE: settings, TF_IN_AUTOMATION: "1", TF_INPUT: "0", CHECKPOINT_DISABLE: "1" };
  const [version = ""] = (await run([tool, "version"], { env, signal })).split("\n");
  progress(`Starting the AWS emulator, for ${version}`);
  const unreachable = { port: 9, ca: "", webhookSecret: "nobody-asks-who-it-is" };
  const emulator = await startEmulator({
    clusters: [
      { ...unreachable, name: OWN, place: PLACE },
      { ...unreachable, name: OTHER, place: ELSEWHERE },
    ],
    progress,
  });
  const stop = async () => {
    await emulator.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  return { emulator, tool, version, env, directory, failed: emulator.failed, stop };
}

/** A folder in which Terraform and OpenTofu find the provider as if they had fetched it. */
function mirror(directory: string, provider: string): string {
  const folder = join(directory, "providers");
  const platform = `${process.platform}_${process.arch === "x64" ? "amd64" : process.arch}`;
  for (const registry of ["registry.terraform.io", "registry.opentofu.org"]) {
    const place = join(folder, registry, "hashicorp/aws", VERSION, platform);
    mkdirSync(place, { recursive: true });
    copyFileSync(provider, join(place, "terraform-provider-aws"));
  }
  return folder;
}

/** The address of a release's template, as docs/deploy.md has it found. */
export function templateUrl(release: string): string {
  const manifest = JSON.parse(readFileSync(join(release, "manifest.json"), "utf8")) as {
    artifacts: { EksRemediation: { properties: { stackTemplateAssetObjectUrl: string } } };
  };
  const { stackTemplateAssetObjectUrl } = manifest.artifacts.EksRemediation.properties;
  const place = stackTemplateAssetObjectUrl.replace("${AWS::Region}", PLACE.region);
  return place.replace("s3://", `https://s3.${PLACE.region}.amazonaws.com/`);
}
