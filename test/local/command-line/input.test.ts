import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { clusterNameOf, readInput } from "../../../local/command-line/input.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "input-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

describe("the input of a local run", () => {
  it("is a scan of everything by default", () => {
    expect(readInput({ clusterName: "dev" })).toEqual({ cluster_name: "dev", origin: "person" });
  });

  it("takes the flags, and leaves a cluster that the input names", () => {
    expect(
      readInput({ clusterName: "dev", namespace: "shop", dryRun: true, input: '{"cluster_name": "prod"}' }),
    ).toEqual({
      cluster_name: "prod",
      origin: "person",
      namespace: "shop",
      dry_run: true,
    });
  });

  it("is read from a file when there is one of that name", () => {
    const file = join(directory, "request.json");
    writeFileSync(file, '{"action": "detect_failures", "namespace": "shop", "origin": "agent"}');

    expect(readInput({ clusterName: "dev", input: file })).toEqual({
      cluster_name: "dev",
      origin: "agent",
      action: "detect_failures",
      namespace: "shop",
    });
  });

  it.each([
    ["neither a file nor JSON", "restart web", "neither an existing file nor valid JSON"],
    ["broken JSON", '{"action": ', "neither an existing file nor valid JSON"],
  ])("is refused when it is %s", (_what, input, message) => {
    expect(() => readInput({ clusterName: "dev", input })).toThrow(
      expect.objectContaining({ name: "InvalidRequest", message: expect.stringContaining(message) as string }) as Error,
    );
  });

  it("is refused when the flag contradicts it", () => {
    expect(() => readInput({ clusterName: "dev", namespace: "shop", input: '{"namespace": "other"}' })).toThrow(
      expect.objectContaining({ name: "InvalidRequest" }) as Error,
    );
  });

  it("makes a cluster name of any context name", () => {
    expect(clusterNameOf("arn:aws:eks:eu-west-1:123456789012:cluster/prod")).toBe(
      "arn-aws-eks-eu-west-1-123456789012-cluster-prod",
    );
    expect(clusterNameOf("@@")).toBe("local");
  });
});
