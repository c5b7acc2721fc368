import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  BINARY_NAMES,
  ensureAuthenticator,
  ensureBinaries,
  requiredVersion,
  versionFlags,
} from "../../../local/cluster/binaries.ts";
import { goVersion } from "../../../local/cluster/go.ts";

const GO_MOD = `module example.com/pin

go 1.25.0

toolchain go1.26.1

require k8s.io/kubernetes v1.35.4

require (
	example.com/k8s.io/kubernetes/fork v9.9.9
	go.etcd.io/etcd/server/v3 v3.6.16 // indirect
	k8s.io/apiserver-extras v7.7.7
	k8s.io/apiserver v0.35.4
)

replace k8s.io/api => k8s.io/api v0.35.4
`;

describe("the version that a go.mod requires", () => {
  it.each([
    ["k8s.io/kubernetes", "v1.35.4"],
    ["go.etcd.io/etcd/server/v3", "v3.6.16"],
    ["k8s.io/apiserver", "v0.35.4"],
  ])("of %s is %s", (module, version) => {
    expect(requiredVersion(GO_MOD, module)).toBe(version);
  });

  it.each(["k8s.io/api", "k8sxio/kubernetes", "sigs.k8s.io/kwok"])(
    "is not made up for %s, which it does not require",
    (module) => {
      expect(() => requiredVersion(GO_MOD, module)).toThrow(`does not require ${module}`);
    },
  );
});

describe("the Go version", () => {
  it.each([
    ["go.mod", GO_MOD, [1, 25]],
    ["go version", "go version go1.26.2 linux/amd64", [1, 26]],
    [
      "go version of a development build",
      "go version devel go1.27-abc123 Mon Jun 1 12:00:00 2026 linux/arm64",
      [1, 27],
    ],
  ])("is read from %s", (_what, text, version) => {
    expect(goVersion(text)).toEqual(version);
  });

  it("is not made up", () => {
    expect(() => goVersion("bash: go: command not found")).toThrow("names no Go version");
  });
});

describe("the linker flags", () => {
  it("put the version where the server and its client library report it from", () => {
    const flags = versionFlags("v1.35.4").split(" ");

    for (const name of ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"]) {
      expect(flags).toEqual(
        expect.arrayContaining([`${name}.gitVersion=v1.35.4`, `${name}.gitMajor=1`, `${name}.gitMinor=35`]),
      );
    }
  });
});

describe("the binaries", () => {
  let directory: string;
  const told: string[] = [];
  const tell = (line: string) => told.push(line);

  /** A Go command that builds a file holding its arguments, and a cache with nothing in it. */
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "binaries-"));
    const go = join(directory, "go");
    writeFileSync(go, '#!/bin/sh\ncase $1 in version) echo go version go1.99.0 ;; build) echo "$@" > "$6" ;; esac\n');
    chmodSync(go, 0o755);
    vi.stubEnv("PATH", `${directory}${delimiter}${process.env["PATH"] ?? ""}`);
    vi.stubEnv("XDG_CACHE_HOME", directory);
    told.length = 0;
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(directory, { recursive: true });
  });

  it("of the control plane are built without the authenticator, once", async () => {
    const binaries = await ensureBinaries(tell);
    told.length = 0;

    expect(Object.keys(binaries).sort()).toEqual([...BINARY_NAMES].sort());
    expect(await ensureBinaries(tell)).toEqual(binaries);
    expect(told).toEqual([]);
  });

  it("of the authenticator are built alone, in a folder named after the reference verifier's version and its own code", async () => {
    const path = await ensureAuthenticator(tell);

    expect(told[0]).toBe("Building authenticator from source; this happens once.");
    expect(basename(join(path, ".."))).toMatch(/^authenticator-v\d+\.\d+\.\d+-[0-9a-f]{12}$/);
    expect(readFileSync(path, "utf8")).toContain("build -trimpath -ldflags -s -w -o");
  });
});
