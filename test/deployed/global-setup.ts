import type { TestProject } from "vitest/node";
import { readSite, SITE_VARIABLE, type Site } from "./site.ts";

declare module "vitest" {
  interface ProvidedContext {
    site: Site;
  }
}

/** Hands the deployed stack to the tests. `run.ts` deploys it, and ends everything when it is interrupted. */
export default function setup(project: TestProject): void {
  const file = process.env[SITE_VARIABLE];
  if (file === undefined) throw new Error("These tests run against a deployed stack: npm run test:deployed");
  const site = readSite(file);
  project.provide("site", site);
  // For the scenarios' helpers.
  project.provide("kubectl", site.kubectl);
  project.provide("kubeconfig", site.kubeconfig);
  project.provide("restrictedKubeconfig", site.restrictedKubeconfig);
  project.provide("auditLog", site.auditLog);
}
