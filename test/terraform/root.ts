import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../deployed/commands.ts";
import { readTerraformSite } from "./site.ts";

/** How a command of Terraform ended, and what it said. */
interface Ended {
  code: number;
  said: string;
}

/** A folder with a configuration, which a Terraform is run in. */
export interface Root {
  terraform: (...args: string[]) => Promise<Ended>;
  /** The same, of a command that has to go well. @returns what it said */
  well: (...args: string[]) => Promise<string>;
}

/** A module of the project as a configuration of its own. */
export function moduleRoot(module: string, env: Readonly<Record<string, string>> = {}): Root {
  const folder = join(readTerraformSite().directory, `module-${module}`);
  cpSync(join(ROOT, "infra/terraform", module), folder, { recursive: true });
  return rootAt(folder, env);
}

/** A configuration that uses the project's modules, where it finds them as in a clone of the project. */
export function configured(name: string, text: string, env: Readonly<Record<string, string>> = {}): Root {
  const folder = join(readTerraformSite().directory, name);
  mkdirSync(folder);
  cpSync(join(ROOT, "infra/terraform"), join(folder, "infra/terraform"), { recursive: true });
  writeFileSync(join(folder, "main.tf"), text);
  return rootAt(folder, env);
}

/** The configuration that a page of the documentation shows. */
export function documented(page: string): string {
  const text = readFileSync(join(ROOT, "docs", page), "utf8");
  const [, configuration] = /^```hcl\n(.*?)^```/ms.exec(text) ?? [];
  if (configuration === undefined) throw new Error(`docs/${page} shows no configuration.`);
  return configuration;
}

function rootAt(folder: string, more: Readonly<Record<string, string>>): Root {
  const { tool, env } = readTerraformSite();
  const terraform = async (...args: string[]): Promise<Ended> => {
    const child = spawn(tool, args, { cwd: folder, env: { ...process.env, ...env, ...more } });
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    const code = await new Promise<number>((done, refuse) => {
      child.on("error", refuse).on("close", (status) => {
        done(status ?? -1);
      });
    });
    return { code, said };
  };
  const well = async (...args: string[]) => {
    const { code, said } = await terraform(...args);
    if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}:\n${said}`);
    return said;
  };
  return { terraform, well };
}
