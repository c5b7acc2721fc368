import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Cloud } from "./cloud.ts";
import type { Outputs } from "./stack.ts";

/** The variable that names the file with the deployed stack's whereabouts. */
export const SITE_VARIABLE = "REMEDIATION_DEPLOYED_SITE";

/** What the tests know of the deployed stack: what somebody outside knows, and where to look behind the scenes. */
export interface Site extends Outputs {
  kubectl: string;
  /** Path of the cluster administrator's kubeconfig. */
  kubeconfig: string;
  restrictedKubeconfig: string;
  auditLog: string;
  /** The AWS CLI: a command and its first arguments. */
  awsCli: readonly string[];
  /** The Python that has boto3. */
  python: string;
  /** URL of the queue that everything published on the topic went to. */
  everything: string;
  /** The keys that the emulator gave to functions, one JSON object a line. */
  credentialsFile: string;
  /** What the stack was deployed from. */
  directory: string;
}

/** Writes the site down for the tests. @returns the file's path */
export function writeSite({ cluster, emulator, directory }: Cloud, outputs: Outputs, everything: string): string {
  const site: Site = {
    ...outputs,
    kubectl: cluster.kubectl,
    kubeconfig: cluster.kubeconfig,
    restrictedKubeconfig: cluster.restrictedKubeconfig,
    auditLog: cluster.auditLog,
    awsCli: emulator.awsCli,
    python: emulator.awsCli[0],
    everything,
    credentialsFile: emulator.credentialsFile,
    directory,
  };
  const file = join(directory, "site.json");
  writeFileSync(file, JSON.stringify(site));
  return file;
}

export function readSite(file: string): Site {
  return JSON.parse(readFileSync(file, "utf8")) as Site;
}
