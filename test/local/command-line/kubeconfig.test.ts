import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { stringify } from "yaml";
import { connectionFromKubeconfig } from "../../../local/command-line/kubeconfig.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "kubeconfig-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

/** A kubeconfig with the contexts `dev` and `prod`, and one user for both. */
function write(user: object, overrides: object = {}): string {
  const file = join(directory, "config");
  const ca = Buffer.from("the CA").toString("base64");
  const clusters = ["dev", "prod"].map((name) => ({
    name,
    cluster: { server: `https://${name}.example`, "certificate-authority-data": ca },
  }));
  const contexts = clusters.map(({ name }) => ({ name, context: { cluster: name, user: "me" } }));
  const users = [{ name: "me", user }];
  writeFileSync(file, stringify({ clusters, contexts, users, "current-context": "dev", ...overrides }));
  return file;
}

const refused = (name: string, message: string) => ({ name, message: expect.stringContaining(message) as string });

describe("a connection from a kubeconfig", () => {
  it("is to the current context's cluster, or to that of the context asked for", async () => {
    const file = write({ token: "t" });

    expect(await connectionFromKubeconfig(file)).toMatchObject({ name: "dev", server: "https://dev.example" });
    expect(await connectionFromKubeconfig(file, "prod")).toMatchObject({
      name: "prod",
      server: "https://prod.example",
    });
  });

  it("knows the names of other clusters and of their contexts", async () => {
    const server = "https://dev.example";
    const clusters = [
      { name: "dev", cluster: { server } },
      { name: "again", cluster: { server } },
      { name: "prod", cluster: { server: "https://prod.example" } },
    ];
    const contexts = clusters.map(({ name }) => ({ name: `at-${name}`, context: { cluster: name, user: "me" } }));
    const file = write({ token: "t" }, { clusters, contexts, "current-context": "at-dev" });

    expect(await connectionFromKubeconfig(file)).toMatchObject({ entry: "dev", others: ["prod", "at-prod"] });
  });

  it("trusts the cluster's CA, and nothing less", async () => {
    const { tls } = await connectionFromKubeconfig(write({ token: "t" }));

    expect(String(tls?.ca)).toBe("the CA");
    expect(tls?.rejectUnauthorized).not.toBe(false);
  });

  it.each([
    ["a token", { token: "secret" }, { authorization: "Bearer secret" }],
    ["a name and a password", { username: "me", password: "pässword" }, { authorization: "Basic bWU6cMOkc3N3b3Jk" }],
    ["nothing at all", {}, {}],
  ])("authenticates with %s", async (_what, user, headers) => {
    expect(await (await connectionFromKubeconfig(write(user))).authenticate()).toEqual(headers);
  });

  it("authenticates with a client certificate, which is no header", async () => {
    const data = (text: string) => Buffer.from(text).toString("base64");
    const user = { "client-certificate-data": data("the certificate"), "client-key-data": data("the key") };
    const { tls, authenticate } = await connectionFromKubeconfig(write(user));

    expect([tls?.cert, tls?.key].map(String)).toEqual(["the certificate", "the key"]);
    expect(await authenticate()).toEqual({});
  });
});

describe("an exec plugin", () => {
  /** A kubeconfig whose plugin runs these lines of shell, and writes down each call. */
  function plugin(...lines: string[]): string {
    const command = join(directory, "plugin");
    writeFileSync(command, ["#!/bin/sh", `echo call >> ${join(directory, "calls")}`, ...lines].join("\n"));
    chmodSync(command, 0o755);
    const apiVersion = "client.authentication.k8s.io/v1";
    return write({ exec: { apiVersion, command, interactiveMode: "Never" } });
  }

  function calls(): number {
    const file = join(directory, "calls");
    return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").length : 0;
  }

  it("is asked for the token, and not again for each request, however short-lived the token is", async () => {
    const status = { token: "fresh", expirationTimestamp: "2026-01-01T00:00:00Z" };
    const credential = { apiVersion: "client.authentication.k8s.io/v1", kind: "ExecCredential", status };
    const { authenticate } = await connectionFromKubeconfig(plugin(`echo '${JSON.stringify(credential)}'`));

    expect(await authenticate()).toEqual({ authorization: "Bearer fresh" });
    const before = calls();
    await Promise.all([authenticate(), authenticate(), authenticate()]);
    expect(calls()).toBe(before);
  });

  it("that fails is an error of authentication, with what the plugin said", async () => {
    await expect(connectionFromKubeconfig(plugin("echo 'session expired' >&2", "exit 1"))).rejects.toMatchObject(
      refused("Unauthorized", "session expired"),
    );
  });
});

describe("a kubeconfig is refused", () => {
  it("when it is not there", async () => {
    await expect(connectionFromKubeconfig(join(directory, "none"))).rejects.toMatchObject(
      refused("InvalidKubeconfig", "There is no kubeconfig at"),
    );
  });

  it.each([undefined, "prod"])(
    "when there is none where it is looked for, whatever context is asked for",
    async (context) => {
      vi.stubEnv("KUBECONFIG", "");
      vi.stubEnv("HOME", join(directory, "nobody"));

      await expect(connectionFromKubeconfig(undefined, context)).rejects.toMatchObject(
        refused("InvalidKubeconfig", "There is no kubeconfig: KUBECONFIG names none"),
      );
    },
  );

  it("when it is not YAML", async () => {
    const file = join(directory, "config");
    writeFileSync(file, "clusters: [\n");

    await expect(connectionFromKubeconfig(file)).rejects.toMatchObject(refused("InvalidKubeconfig", "cannot be read"));
  });

  it("when it lacks the context asked for, and the message names those that it has", async () => {
    await expect(connectionFromKubeconfig(write({}), "stage")).rejects.toMatchObject(
      refused("ContextNotFound", "It has: dev, prod."),
    );
  });

  it.each([
    ["no current context", {}],
    ["a current context that does not exist", { "current-context": "stage" }],
    ["a context whose cluster does not exist", { clusters: [] }],
  ])("when it has %s and none is asked for", async (_what, overrides) => {
    const file = write({}, { "current-context": "", ...overrides });

    await expect(connectionFromKubeconfig(file)).rejects.toMatchObject(refused("InvalidKubeconfig", "--context"));
  });
});

describe("a cluster", () => {
  const at = (cluster: object) => write({ token: "t" }, { clusters: [{ name: "dev", cluster }] });
  const open = "http://me:secret@127.0.0.1:8001";

  it.each([
    ["without TLS", { server: open }, "http://127.0.0.1:8001 is reached without TLS"],
    ["through a proxy", { server: "https://dev.example", "proxy-url": "http://proxy.example" }, "proxy-url"],
    ["at what is no URL", { server: "dev.example" }, "not a URL"],
  ])("is refused %s", async (_how, cluster, message) => {
    await expect(connectionFromKubeconfig(at(cluster))).rejects.toMatchObject(refused("InvalidKubeconfig", message));
  });

  it("is taken without TLS where the kubeconfig says that this is meant", async () => {
    const file = at({ server: open, "insecure-skip-tls-verify": true });

    expect(await connectionFromKubeconfig(file)).toMatchObject({ server: open });
  });
});

describe("a kubeconfig that cannot be used", () => {
  const CANARY = "canary-token-that-nobody-may-see";

  function fileOf(text: string): string {
    const file = join(mkdtempSync(join(tmpdir(), "kubeconfig-")), "config");
    writeFileSync(file, text);
    return file;
  }

  it("is refused without the part of it that cannot be read", async () => {
    const malformed = fileOf(`users:\n- name: u\n  user:\n    token: ${CANARY}\n   broken: [\n`);
    const error: unknown = await connectionFromKubeconfig(malformed).catch((reason: unknown) => reason);

    expect(error).toMatchObject({ name: "InvalidKubeconfig" });
    expect(inspect(error)).not.toContain(CANARY);
  });

  it("is refused without what its credential plugin printed", async () => {
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1",
      command: process.execPath,
      args: ["-e", `console.log("${CANARY}")`],
      interactiveMode: "Never",
    };
    const plugin = fileOf(
      JSON.stringify({
        clusters: [{ name: "c", cluster: { server: "https://127.0.0.1:1" } }],
        users: [{ name: "u", user: { exec } }],
        contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
        "current-context": "x",
      }),
    );
    const error: unknown = await connectionFromKubeconfig(plugin).catch((reason: unknown) => reason);

    expect(error).toMatchObject({ name: "Unauthorized" });
    expect(inspect(error)).not.toContain(CANARY);
  });
});
