import { readFileSync } from "node:fs";
import { parse } from "yaml";
import type { ApiObject } from "../../local/embedded/index.ts";

const FILE = new URL("brought/canary/canaries.yaml", import.meta.url);

/** The definition of canaries, a custom kind with a status and a scale. */
export function canaryDefinition(): ApiObject {
  return parse(readFileSync(FILE, "utf8")) as ApiObject;
}

/** A canary as somebody writes it who leaves out what has a default. */
export function canary(name: string, overrides: Partial<ApiObject> = {}): ApiObject {
  const { metadata, ...rest } = overrides;
  return {
    apiVersion: "deploy.example.com/v1alpha1",
    kind: "Canary",
    metadata: { name, ...metadata },
    spec: { selector: {} },
    ...rest,
  };
}
