import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { inject } from "vitest";
import type { Application } from "../../../functions/facts/argo-cd-application.ts";
import type { Scenario } from "../../kubernetes/scenario.ts";
import { webDeployment } from "../web-spec.ts";

const execute = promisify(execFile);

/** The policy under which is rolled back through Argo CD. */
export const ON = { owners: { argo_cd: true } };
export const AUTOMATED = { prune: true, selfHeal: true };

/** What a commit holds: a Deployment `web` of two pods, and objects beside it. */
export interface Commit {
  image: string;
  /** How its pods fail, as the simulated kubelet knows it. */
  failure?: string;
  beside?: object[];
}

/** An Application of a scenario's own, with a Git repository of its own. */
export class App {
  readonly scenario: Scenario;
  readonly name: string;
  readonly #directory: string;

  private constructor(scenario: Scenario) {
    this.scenario = scenario;
    this.name = scenario.namespace;
    this.#directory = join(inject("repositories"), scenario.namespace);
  }

  /** Makes it, and waits until its first commit is deployed and well. */
  static async create(scenario: Scenario, first: Commit, spec: object = {}, metadata: object = {}): Promise<App> {
    const app = new App(scenario);
    mkdirSync(app.#directory);
    await app.#git("init", "--quiet", "--initial-branch=main");
    await app.#write(first);
    await scenario.applyText(
      JSON.stringify({
        apiVersion: "argoproj.io/v1alpha1",
        kind: "Application",
        metadata: { name: app.name, ...metadata },
        spec: {
          project: "default",
          source: { repoURL: `file://${app.#directory}`, path: ".", targetRevision: "main" },
          destination: { server: "https://kubernetes.default.svc", namespace: scenario.namespace },
          syncPolicy: { automated: AUTOMATED },
          ...spec,
        },
      }),
      "argocd",
    );
    await app.untilDeployed(1);
    await scenario.rolledOut();
    return app;
  }

  async read(): Promise<Application> {
    return JSON.parse(await this.#kubectl("get", "applications.argoproj.io", this.name, "-o", "json")) as Application;
  }

  async automated(): Promise<unknown> {
    return (await this.read()).spec?.syncPolicy?.automated;
  }

  /** Commits something else, and has Argo CD look. @returns the commit */
  async commit(commit: Commit): Promise<string> {
    await this.#write(commit);
    await this.refresh();
    return (await this.#git("rev-parse", "HEAD")).trim();
  }

  async refresh(): Promise<void> {
    await this.#kubectl(
      "annotate",
      "applications.argoproj.io",
      this.name,
      "argocd.argoproj.io/refresh=normal",
      "--overwrite",
    );
  }

  async patch(patch: object): Promise<void> {
    await this.#kubectl("patch", "applications.argoproj.io", this.name, "--type=merge", "-p", JSON.stringify(patch));
  }

  async untilDeployed(times: number): Promise<void> {
    await this.scenario.until(`${this.name} is deployed for the ${times}. time`, async () => {
      const { status, operation } = await this.read();
      return (status?.history ?? []).length >= times && operation === undefined;
    });
  }

  /** Has a commit deployed whose pods fail. */
  async spoil(commit: Partial<Commit> = {}): Promise<void> {
    await this.commit({ image: "shop/web:2", failure: "crash-loop", ...commit });
    await this.untilDeployed(2);
    await this.scenario.untilFailing("CrashLoopBackOff");
    await untilOverdue(this.scenario, "web");
  }

  async #write({ image, failure, beside = [] }: Commit): Promise<void> {
    const items = [webDeployment({ image, failure }), ...beside];
    writeFileSync(join(this.#directory, "web.json"), JSON.stringify({ apiVersion: "v1", kind: "List", items }));
    await this.#git("add", ".");
    const who = ["-c", "user.name=shop", "-c", "user.email=shop@example.com"];
    await this.#git(...who, "commit", "--quiet", "--allow-empty", "-m", image);
  }

  async #git(...args: string[]): Promise<string> {
    return (await execute("git", ["-C", this.#directory, ...args])).stdout;
  }

  async #kubectl(...args: string[]): Promise<string> {
    return await this.scenario.kubectl("-n", "argocd", ...args);
  }
}

/** Waits until the rollout of a Deployment is past its deadline. */
export async function untilOverdue(scenario: Scenario, name: string): Promise<void> {
  await scenario.until(`the rollout of ${name} is overdue`, async () => {
    const { status } = await scenario.deployment(name);
    return status?.conditions?.some(({ type, status: is }) => type === "Progressing" && is === "False") === true;
  });
}
