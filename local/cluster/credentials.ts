import { generateKeyPairSync, randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";

/** Who talks to the API server: everyone has a token of their own, made anew for each cluster. */
const USERS = {
  admin: { name: "admin", groups: ["system:masters"] },
  controllerManager: { name: "system:kube-controller-manager", groups: [] },
  scheduler: { name: "system:kube-scheduler", groups: [] },
  kwok: { name: "kwok", groups: ["system:masters"] },
  metrics: { name: "metrics", groups: ["system:masters"] },
  logs: { name: "logs", groups: ["system:masters"] },
  /** Nobody has given this one any permission. */
  restricted: { name: "restricted", groups: [] },
} as const;
export type User = keyof typeof USERS;

/** The files that authentication needs. */
export interface Credentials {
  tokenFile: string;
  serviceAccountKey: string;
  serviceAccountPublicKey: string;
  tokens: Record<User, string>;
}

/** Writes fresh tokens and service account keys into a directory. */
export function createCredentials(directory: string): Credentials {
  const users = Object.keys(USERS) as User[];
  const tokens = Object.fromEntries(users.map((user) => [user, randomBytes(24).toString("hex")])) as Record<
    User,
    string
  >;
  const tokenFile = write(
    directory,
    "tokens.csv",
    users.map((user) => `${tokens[user]},${USERS[user].name},${user},"${USERS[user].groups.join(",")}"\n`).join(""),
  );
  const keys = generateKeyPairSync("rsa", {
    modulusLength: 2_048,
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  return {
    tokenFile,
    serviceAccountKey: write(directory, "service-account.key", keys.privateKey),
    serviceAccountPublicKey: write(directory, "service-account.pub", keys.publicKey),
    tokens,
  };
}

/** Writes a kubeconfig that only its owner can read. */
export function writeKubeconfig(file: string, server: string, ca: string, token: string): string {
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      { name: "local", cluster: { server, "certificate-authority-data": Buffer.from(ca).toString("base64") } },
    ],
    users: [{ name: "local", user: { token } }],
    contexts: [{ name: "local", context: { cluster: "local", user: "local" } }],
    "current-context": "local",
  };
  writeFileSync(file, stringify(config), { mode: 0o600 });
  return file;
}

function write(directory: string, name: string, text: string): string {
  const file = join(directory, name);
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}
