import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AuditLog } from "../kubernetes/audit-log.ts";

const line = (userAgent: string, uri: string, stage = "ResponseComplete"): string =>
  `${JSON.stringify({
    stage,
    requestURI: uri,
    verb: "get",
    userAgent,
    objectRef: { resource: "pods", subresource: "log" },
    responseStatus: { code: 200 },
  })}\n`;

describe("the audit log", () => {
  let directory: string;
  let path: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "audit-"));
    path = join(directory, "audit.log");
    writeFileSync(path, "");
  });

  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  it("tells one user agent's answered requests, those too that come while it is read", () => {
    const log = new AuditLog(path);
    appendFileSync(path, line("eks-remediation/one", "/a") + line("eks-remediation/two", "/b"));
    expect(log.of("eks-remediation/one")).toEqual([{ verb: "get", uri: "/a", resource: "pods/log", status: 200 }]);

    appendFileSync(path, line("eks-remediation/one", "/c") + line("eks-remediation/one", "/d", "RequestReceived"));
    appendFileSync(path, line("kubectl", "/e"));
    expect(log.of("eks-remediation/one").map(({ uri }) => uri)).toEqual(["/a", "/c"]);
    expect(log.of("eks-remediation/two").map(({ uri }) => uri)).toEqual(["/b"]);
    expect(log.of("kubectl")).toEqual([]);
  });

  it("waits for the end of a line, wherever it was cut", () => {
    const log = new AuditLog(path);
    const written = Buffer.from(line("eks-remediation/one", "/größe"));
    const within = written.indexOf("ö") + 1;
    appendFileSync(path, written.subarray(0, within));
    expect(log.of("eks-remediation/one")).toEqual([]);

    appendFileSync(path, written.subarray(within));
    expect(log.of("eks-remediation/one").map(({ uri }) => uri)).toEqual(["/größe"]);
  });

  it("reads more than it takes at once", () => {
    const log = new AuditLog(path);
    const many = Array.from({ length: 10_000 }, (_, index) => line("eks-remediation/one", `/${index}`));
    appendFileSync(path, many.join(""));

    expect(log.of("eks-remediation/one").map(({ uri }) => uri)).toEqual(many.map((_, index) => `/${index}`));
  });
});
