import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensure, type Progress, type Source } from "../../local/cluster/binaries.ts";

/** OpenTofu, as it is on the proxy of Go modules. */
const OPENTOFU: Source = {
  directory: fileURLToPath(new URL("opentofu", import.meta.url)),
  requires: "github.com/opentofu/opentofu",
  packages: { tofu: "github.com/opentofu/opentofu/cmd/tofu" },
};
/** What stands in for the provider `hashicorp/aws`. */
const PROVIDER: Source = {
  directory: fileURLToPath(new URL("aws-provider", import.meta.url)),
  requires: "github.com/hashicorp/terraform-plugin-framework",
  packages: { "terraform-provider-aws": "." },
};

/**
 * The Terraform that `TERRAFORM` names, or the `terraform` or `tofu` on the `PATH`; where there is none, OpenTofu is built, once.
 * @returns its path
 * @throws ClusterError when Go is missing or too old, the build fails, or the signal aborts it
 */
export async function ensureTool(progress: Progress, signal: AbortSignal): Promise<string> {
  const found = process.env["TERRAFORM"] ?? onPath("terraform") ?? onPath("tofu");
  if (found !== undefined) return found;
  const { tofu = "" } = await ensure([OPENTOFU], progress, signal);
  return tofu;
}

/**
 * Finds the provider in the cache, or builds it.
 * @returns its path
 * @throws ClusterError like `ensureTool`
 */
export async function ensureProvider(progress: Progress, signal: AbortSignal): Promise<string> {
  const { "terraform-provider-aws": provider = "" } = await ensure([PROVIDER], progress, signal);
  return provider;
}

function onPath(program: string): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.map((folder) => join(folder, program)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
