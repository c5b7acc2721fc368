import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Access } from "../../shared/cluster/exchange.ts";
import { withoutCredentials } from "../../shared/cluster/credentials.ts";
import { RemediationError } from "../../shared/errors.ts";
import { bounded } from "../../shared/text.ts";
import { timeLeft } from "../../shared/time-left.ts";

/** How long Helm may take, in milliseconds: it waits for nothing to become ready. */
const LONGEST_MS = 30_000;
/** What is left of the step when Helm is ended, to look at what it did and to say so. */
const TIME_TO_ANSWER_MS = 8_000;
/** How much Helm may say. */
const MAX_OUTPUT = 1_000_000;
/** How much of it is told. */
const MAX_TOLD = 600;

/**
 * Runs Helm against a cluster. The credentials are in a file that only this process may read, in a folder of its own that is removed
 * with all that Helm has kept there; nothing of the environment is handed on.
 * @param binary where Helm is
 * @throws RemediationError `HelmMissing` where it is not there or cannot be run, `HelmFailed` where it ends with an error or takes too long:
 *   what it had done by then is for a look to tell
 */
export async function runHelm(binary: string, access: Access, args: readonly string[]): Promise<void> {
  const timeout = Math.min(LONGEST_MS, timeLeft() - TIME_TO_ANSWER_MS);
  if (timeout <= 0) throw new RemediationError("ClusterUnavailable", "Helm was not begun: the step has no time left.");
  const folder = await mkdtemp(join(tmpdir(), "helm-"));
  try {
    const kubeconfig = join(folder, "kubeconfig");
    await writeFile(kubeconfig, JSON.stringify(kubeconfigOf(access)), { mode: 0o600 });
    const home = { HOME: folder, HELM_CACHE_HOME: folder, HELM_CONFIG_HOME: folder, HELM_DATA_HOME: folder };
    const { headers } = access;
    await ended(binary, [...args, "--kubeconfig", kubeconfig], { env: home, cwd: folder, timeout, headers });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Surroundings {
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** Milliseconds. */
  timeout: number;
  /** What must not be told of what Helm says. */
  headers: Access["headers"];
}

async function ended(
  binary: string,
  args: readonly string[],
  { headers, ...surroundings }: Surroundings,
): Promise<void> {
  const options = { ...surroundings, killSignal: "SIGKILL", maxBuffer: MAX_OUTPUT } as const;
  await new Promise<void>((resolve, reject) => {
    execFile(binary, args, options, (error, stdout, stderr) => {
      if (error === null) resolve();
      else
        reject(
          failure(binary, error, withoutCredentials(`${stderr}\n${stdout}`.trim(), headers), surroundings.timeout),
        );
    });
  });
}

function failure(
  binary: string,
  { code, killed }: { code?: unknown; killed?: boolean },
  said: string,
  timeout: number,
): RemediationError {
  if (typeof code === "string" && ["ENOENT", "EACCES", "ENOEXEC"].includes(code)) {
    return new RemediationError(
      "HelmMissing",
      `Helm cannot be run: ${binary} is not there, or not made for this machine (${code}).`,
    );
  }
  const why = killed === true ? `it was ended after ${Math.round(timeout / 1_000)} s` : bounded(said, MAX_TOLD);
  return new RemediationError("HelmFailed", `Helm did not end well: ${why}`);
}

/** What Helm reads of how to reach the cluster. Source: kubernetes.io/docs/reference/config-api/kubeconfig.v1 */
function kubeconfigOf({ server, tls = {}, headers }: Access): object {
  const { ca, cert, key, servername, rejectUnauthorized } = tls;
  const unsafe = rejectUnauthorized === false;
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name: "cluster",
        cluster: {
          server,
          ...(unsafe ? { "insecure-skip-tls-verify": true } : {}),
          ...(ca === undefined || unsafe ? {} : { "certificate-authority-data": base64(ca) }),
          ...(servername === undefined ? {} : { "tls-server-name": servername }),
        },
      },
    ],
    users: [
      {
        name: "user",
        user: {
          ...credentialsIn(headers["authorization"] ?? ""),
          ...(cert === undefined ? {} : { "client-certificate-data": base64(cert) }),
          ...(key === undefined ? {} : { "client-key-data": base64(key) }),
        },
      },
    ],
    contexts: [{ name: "context", context: { cluster: "cluster", user: "user" } }],
    "current-context": "context",
  };
}

function credentialsIn(authorization: string): object {
  const [scheme = "", value = ""] = authorization.split(" ");
  if (scheme === "Bearer") return { token: value };
  if (scheme !== "Basic") return {};
  const [username = "", ...password] = Buffer.from(value, "base64").toString("utf8").split(":");
  return { username, password: password.join(":") };
}

/** Certificates and keys, as Node takes them: a text, bytes, or several. */
function base64(pem: NonNullable<NonNullable<Access["tls"]>["ca" | "cert" | "key"]>): string {
  const parts = Array.isArray(pem) ? pem : [pem];
  const texts = parts.map((part) => (typeof part === "string" || Buffer.isBuffer(part) ? part : part.pem).toString());
  return Buffer.from(texts.join("\n")).toString("base64");
}
