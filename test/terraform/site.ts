import { readFileSync } from "node:fs";
import { SITE_VARIABLE } from "../deployed/site.ts";

/** What the tests know of the emulator, and with what they ask it for something. */
export interface TerraformSite {
  /** A folder for their files. */
  directory: string;
  tool: string;
  version: string;
  /** What makes a client one of the hub's account, and a Terraform find its provider. */
  env: Readonly<Record<string, string>>;
  /** The AWS CLI: a command and its first arguments. */
  awsCli: readonly string[];
  /** Where the release's template is. */
  templateUrl: string;
}

/** The site that `run.ts` has written down. */
export function readTerraformSite(): TerraformSite {
  const file = process.env[SITE_VARIABLE];
  if (file === undefined) throw new Error("These tests run with a Terraform: npm run test:terraform");
  return JSON.parse(readFileSync(file, "utf8")) as TerraformSite;
}
