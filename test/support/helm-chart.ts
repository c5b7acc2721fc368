import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { stringify } from "yaml";
import { helmOfLayer } from "../../local/helm/binary.ts";

const execute = promisify(execFile);

/** What a version of chart `shop` is made of. */
export interface Chart {
  /** The version of the chart; by default the same for all. */
  version?: string;
  image?: string;
  /** How the pods of Deployment `web` fail. */
  failure?: string;
  replicas?: number;
  /** What the ConfigMap that `web` reads holds. */
  config?: string;
  /** What else it holds, and what of it is otherwise. */
  more?: readonly object[];
}

/** Deployment `web` as a chart writes it: the API server fills in the rest. */
function web({ image = "shop/web:1", failure, replicas = 2 }: Chart): object {
  const annotations = failure === undefined ? {} : { annotations: { "simulation/failure": failure } };
  const container = {
    ...{ name: "app", image, ports: [{ containerPort: 80 }] },
    envFrom: [{ configMapRef: { name: "web" } }],
    resources: { requests: { cpu: "500m" }, limits: { memory: "256Mi" } },
    readinessProbe: { httpGet: { path: "/", port: 80 } },
  };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", labels: { app: "web" } },
    spec: {
      replicas,
      progressDeadlineSeconds: 8,
      selector: { matchLabels: { app: "web" } },
      template: { metadata: { labels: { app: "web" }, ...annotations }, spec: { containers: [container] } },
    },
  };
}

/** Helm as somebody runs it who releases chart `shop` as release `shop` in a namespace. */
export class Releases {
  readonly #kubeconfig: string;
  readonly #folder: string;
  readonly #namespace: string;

  private constructor(kubeconfig: string, folder: string, namespace: string) {
    this.#kubeconfig = kubeconfig;
    this.#folder = folder;
    this.#namespace = namespace;
  }

  /** @param kubeconfig a file with it */
  static async in(kubeconfig: string, namespace: string): Promise<Releases> {
    return new Releases(kubeconfig, await mkdtemp(join(tmpdir(), "chart-")), namespace);
  }

  /** Installs the release, or upgrades it. */
  async release(chart: Chart): Promise<void> {
    const folder = join(this.#folder, "shop");
    const { version = "1.0.0", config = "a", more = [] } = chart;
    const labels = { "helm.sh/chart": `shop-${version}` };
    const objects = [
      web(chart),
      { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "web", labels }, data: { config } },
      {
        ...{ apiVersion: "v1", kind: "Service", metadata: { name: "web", labels } },
        spec: { selector: { app: "web" }, ports: [{ port: 80 }] },
      },
      ...more,
    ];
    await mkdir(join(folder, "templates"), { recursive: true });
    await writeFile(join(folder, "Chart.yaml"), stringify({ apiVersion: "v2", name: "shop", version }));
    await writeFile(join(folder, "templates", "all.yaml"), objects.map((one) => stringify(one)).join("---\n"));
    await this.helm("upgrade", "--install", "shop", folder, "--disable-openapi-validation");
  }

  async helm(...args: string[]): Promise<string> {
    const place = ["--kubeconfig", this.#kubeconfig, "--namespace", this.#namespace];
    const options = { env: { HOME: this.#folder } };
    const { stdout } = await execute(await helmOfLayer(), [...args, ...place], options);
    return stdout;
  }

  /** Each revision, oldest first: `3 deployed: Rollback to 1`. */
  async history(): Promise<string[]> {
    const revisions = JSON.parse(await this.helm("history", "shop", "--output", "json")) as {
      revision: number;
      status: string;
      description: string;
    }[];
    return revisions.map(({ revision, status, description }) => `${revision} ${status}: ${description}`);
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true });
  }
}

/** A kubeconfig for an API server on loopback that asks nobody who he is, as a file that ends with the folder. */
export async function kubeconfigFor(server: string): Promise<{ file: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "kubeconfig-"));
  const file = join(folder, "config");
  const config = {
    ...{ apiVersion: "v1", kind: "Config", "current-context": "a" },
    clusters: [{ name: "a", cluster: { server } }],
    contexts: [{ name: "a", context: { cluster: "a", user: "a" } }],
    users: [{ name: "a", user: {} }],
  };
  await writeFile(file, JSON.stringify(config));
  return { file, remove: () => rm(folder, { recursive: true }) };
}
