import { describe, expect, it } from "vitest";
import { auditProblems, readAudit } from "../../../tools/supply-chain/audit.ts";
import { bundleProblems, contentsOfBundles } from "../../../tools/supply-chain/bundled.ts";
import { licenceProblems } from "../../../tools/supply-chain/licences.ts";
import { lockfileProblems } from "../../../tools/supply-chain/lockfile.ts";
import {
  installedLicence,
  nameOf,
  readLockfile,
  readManifest,
  readReasons,
  type LockedPackage,
  type Manifest,
} from "../../../tools/supply-chain/project.ts";
import { committedSources, unusedDependencies } from "../../../tools/supply-chain/unused.ts";

const HASH = `sha512-${"a".repeat(86)}==`;

/** In the bundle of every function. */
const COMMON = [
  "@aws-lambda-powertools/commons",
  "@aws-lambda-powertools/logger",
  "@aws-lambda-powertools/metrics",
  "@aws-lambda-powertools/tracer",
  "@aws-sdk/core",
  "@aws-sdk/credential-provider-env",
  "@aws-sdk/credential-provider-http",
  "@aws-sdk/credential-provider-ini",
  "@aws-sdk/credential-provider-login",
  "@aws-sdk/credential-provider-node",
  "@aws-sdk/credential-provider-process",
  "@aws-sdk/credential-provider-sso",
  "@aws-sdk/credential-provider-web-identity",
  "@aws-sdk/nested-clients",
  "@aws-sdk/signature-v4-multi-region",
  "@aws-sdk/token-providers",
  "@aws-sdk/xml-builder",
  "@aws/lambda-invoke-store",
  "@smithy/core",
  "@smithy/credential-provider-imds",
  "@smithy/node-http-handler",
  "@smithy/service-error-classification",
  "@smithy/signature-v4",
  "@smithy/types",
  "atomic-batcher",
  "aws-xray-sdk-core",
  "cls-hooked",
  "emitter-listener",
  "semver",
  "shimmer",
  "zod",
];
/** What comes with the client of DynamoDB. */
const OF_THE_TABLE = [
  "@aws-sdk/client-dynamodb",
  "@aws-sdk/dynamodb-codec",
  "@aws-sdk/endpoint-cache",
  "@aws-sdk/middleware-endpoint-discovery",
  "mnemonist",
  "obliterator",
];
/** What the functions of the remedies have: one handler serves them all. */
const OF_REMEDIES = [...OF_THE_TABLE, "@aws-sdk/checksums", "@aws-sdk/client-s3", "@aws-sdk/middleware-sdk-s3"];
/** What a function has beside these. */
const OWN: Readonly<Partial<Record<string, string[]>>> = {
  detect: ["fastest-levenshtein"],
  agent: ["@aws-sdk/client-sfn"],
  classify: ["yaml"],
  patrol: [...OF_THE_TABLE, "@aws-sdk/client-sfn"],
  decide: ["@aws-sdk/client-kms", "@aws-sdk/client-sfn"],
  "keda-scale": OF_REMEDIES,
  mcp: ["@aws-sdk/client-sfn", "@modelcontextprotocol/core", "@modelcontextprotocol/server"],
  notify: [
    ...OF_THE_TABLE,
    "@aws-sdk/client-eventbridge",
    "@aws-sdk/client-kms",
    "@aws-sdk/client-sfn",
    "@aws-sdk/client-sns",
  ],
  discovery: [...OF_THE_TABLE, "@aws-sdk/client-sns"],
  rounds: [...OF_THE_TABLE, "@aws-sdk/client-lambda", "@aws-sdk/client-ssm"],
  deliver: ["@aws-sdk/client-ssm"],
  git: [...OF_THE_TABLE, "@aws-sdk/client-secrets-manager"],
  fleet: [...OF_THE_TABLE, "@aws-sdk/client-sns", "@aws-sdk/client-ssm"],
  scorecard: [...OF_THE_TABLE, "@aws-sdk/client-sns"],
  "flux-rollback": OF_REMEDIES,
  "flux-reconcile": OF_REMEDIES,
  "helm-rollback": OF_REMEDIES,
  restart: OF_REMEDIES,
  rollback: OF_REMEDIES,
  "rollout-abort": OF_REMEDIES,
  "argo-cd-rollback": OF_REMEDIES,
  scale: OF_REMEDIES,
  "ways-in": ["@aws-sdk/client-sfn"],
};

/** What finds a cluster. What answers links, takes alerts or delivers messages reaches none. */
const clusterOf = (name: string) =>
  ["decide", "deliver", "git", "ways-in", "rounds", "fleet"].includes(name)
    ? []
    : ["@aws-sdk/client-eks", "@aws-sdk/client-ssm", "@aws-sdk/client-sts"];

function manifest(more: Partial<Manifest> = {}): Manifest {
  return { scripts: {}, dependencies: { zod: "1.0.0" }, devDependencies: {}, allowScripts: {}, ...more };
}

function lockfile(packages: Record<string, Partial<LockedPackage>>, dependencies = { zod: "1.0.0" }) {
  const root = { version: "0.1.0", dependencies };
  return { lockfileVersion: 3, packages: { "": root, ...packages } as Record<string, LockedPackage> };
}

const zod = (more: Partial<LockedPackage> = {}) => ({
  "node_modules/zod": { version: "1.0.0", integrity: HASH, ...more },
});

describe("this project", () => {
  it("has a lockfile without fault, of which every package has an allowed licence", () => {
    expect(lockfileProblems(readLockfile(), readManifest())).toEqual([]);
    expect(licenceProblems(readLockfile(), installedLicence)).toEqual([]);
  });

  it("uses every dependency that it asks for, and says why it is there", () => {
    const direct = Object.keys({ ...readManifest().dependencies, ...readManifest().devDependencies });

    expect(unusedDependencies(readManifest(), readLockfile(), committedSources())).toEqual([]);
    expect(Object.keys(readReasons()).sort()).toEqual(direct.sort());
  });

  it("deploys exactly these packages, each once, and no source but the functions'", () => {
    const bundles = contentsOfBundles();
    const isDev = (folder: string) => readLockfile().packages[folder]?.dev === true;

    expect(bundleProblems(bundles, isDev)).toEqual([]);
    expect(
      Object.fromEntries(Object.entries(bundles).map(([name, { packages }]) => [name, packages.map(nameOf)])),
    ).toEqual(
      Object.fromEntries(
        Object.keys(bundles).map((name) => [name, [...COMMON, ...clusterOf(name), ...(OWN[name] ?? [])].sort()]),
      ),
    );
  });
});

describe("a lockfile is at fault when", () => {
  it.each<[string, Partial<LockedPackage>, string]>([
    ["a package has no hash", { integrity: "" }, "node_modules/zod has no SHA-512 hash"],
    ["a hash is a weak one", { integrity: "sha1-abc=" }, "node_modules/zod has no SHA-512 hash"],
    [
      "another registry is named",
      { resolved: "https://npm.example/zod.tgz" },
      "node_modules/zod comes from https://npm.example/zod.tgz",
    ],
    [
      "a package is a checkout",
      { resolved: "git+ssh://git@github.com/zod" },
      "node_modules/zod comes from git+ssh://git@github.com/zod",
    ],
    ["a package is a folder", { link: true }, "node_modules/zod is a link"],
    ["a script runs at its installation", { hasInstallScript: true }, "zod has an install script that is not allowed"],
  ])("%s", (_what, more, problem) => {
    expect(lockfileProblems(lockfile(zod(more)), manifest())).toContain(problem);
  });

  it("a version is a range, or another one than in package.json", () => {
    expect(lockfileProblems(lockfile(zod()), manifest({ dependencies: { zod: "^1.0.0" } }))).toEqual([
      "zod is not pinned to one version: ^1.0.0",
      "zod ^1.0.0 is 1.0.0 in package-lock.json",
    ]);
  });

  it("a script is allowed that is not there", () => {
    expect(lockfileProblems(lockfile(zod()), manifest({ allowScripts: { zod: true } }))).toEqual([
      "zod has no install script that needs to be allowed",
    ]);
  });
});

describe("a licence", () => {
  const problems = (license: string, dev = false, installed = license) =>
    licenceProblems(lockfile(zod({ license, dev })), () => installed);

  it.each(["MIT", "(MIT OR GPL-3.0-or-later)", "Apache-2.0 AND MIT"])("is allowed: %s", (license) => {
    expect(problems(license)).toEqual([]);
  });

  it.each(["GPL-3.0-only", "MIT AND GPL-3.0-only", "UNLICENSED", "MPL-2.0"])("is not allowed: %s", (license) => {
    expect(problems(license)).toEqual([`node_modules/zod: the licence ${license} is not on the list`]);
  });

  it("may ask for more where it is that of a tool", () => {
    expect(problems("MPL-2.0", true)).toEqual([]);
  });

  it("has to be that of what is installed", () => {
    expect(problems("MIT", false, "ISC")).toEqual([
      "node_modules/zod: the licence is ISC, and MIT in package-lock.json",
    ]);
  });
});

describe("a bundle is at fault when", () => {
  it.each([
    [
      "it has a package twice",
      ["node_modules/a/node_modules/zod", "node_modules/zod"],
      [],
      "detect: zod is in its bundle twice",
    ],
    ["it has a tool in it", ["node_modules/tool"], [], "detect: tool is a development dependency"],
    ["it has a test in it", [], ["test/support/objects.ts"], "detect: test/support/objects.ts is in its bundle"],
  ])("%s", (_what, packages, sources, problem) => {
    expect(bundleProblems({ detect: { packages, sources } }, (folder) => folder.endsWith("tool"))).toEqual([problem]);
  });
});

describe("a dependency is unused when", () => {
  const all = manifest({ devDependencies: { vitest: "1.0.0", plugin: "1.0.0" }, scripts: { test: "vitest run" } });
  const locked = lockfile({ ...zod(), "node_modules/vitest": { version: "1.0.0", peerDependencies: { plugin: "1" } } });

  it("no source imports it", () => {
    expect(unusedDependencies(all, locked, ['import * as z from "zod";'])).toEqual([]);
    expect(unusedDependencies(all, locked, ['import * as z from "zodiac";'])).toEqual(["zod"]);
  });

  it("no script calls it and nothing asks for it", () => {
    expect(unusedDependencies({ ...all, scripts: {} }, lockfile(zod()), ['from "zod"'])).toEqual(["vitest", "plugin"]);
  });
});

describe("an audit", () => {
  const via = [{ url: "https://github.com/advisories/GHSA-1", title: "bad", name: "zod" }, "other"];
  const report = JSON.stringify({ vulnerabilities: { zod: { via }, user: { via: ["zod"] } } });

  it("is not one where the registry refuses it, or prints anything else", () => {
    expect(readAudit('{"message":"405 Method Not Allowed","statusCode":405}')).toBeUndefined();
    expect(readAudit("")).toBeUndefined();
  });

  it("is clean when there are no advisories, or each is explained", () => {
    const found = readAudit(report) ?? { advisories: [] };

    expect(auditProblems(found, [])).toEqual(["zod: bad (GHSA-1)"]);
    expect(auditProblems(found, [{ id: "GHSA-1", reason: "not called" }])).toEqual([]);
    expect(readAudit('{"vulnerabilities":{}}')).toEqual({ advisories: [] });
  });

  it("says which explanation is not needed any more", () => {
    expect(auditProblems({ advisories: [] }, [{ id: "GHSA-1", reason: "" }])).toEqual([
      "GHSA-1 is explained, and does not apply any more",
    ]);
  });
});
