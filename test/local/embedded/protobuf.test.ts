import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { paths } from "../../../functions/shared/cluster/paths.ts";
import { PROTOBUF } from "../../../local/embedded/protobuf.ts";
import { served, type Served } from "./served.ts";

let api: Served;
beforeEach(async () => {
  api = await served();
});
afterEach(async () => {
  await api.stop();
});

/** A field of bytes, with a length of less than 16 KiB. */
function field(number: number, value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  const length = bytes.length < 128 ? [bytes.length] : [(bytes.length & 127) | 128, bytes.length >> 7];
  return Buffer.concat([Buffer.from([number * 8 + 2, ...length]), bytes]);
}
const entry = (key: string, value: string) => Buffer.concat([field(1, key), field(2, value)]);

/** An object as Go clients send it. */
function message(kind: string, ...parts: Buffer[]): Buffer {
  const type = Buffer.concat([field(1, "v1"), field(2, kind)]);
  return Buffer.concat([Buffer.from("k8s\0"), field(1, type), field(2, Buffer.concat(parts))]);
}

async function create(plural: string, body: Buffer): Promise<number> {
  const url = `${api.url}/api/v1/namespaces/shop/${plural}`;
  return (await fetch(url, { method: "POST", headers: { "content-type": PROTOBUF }, body: new Uint8Array(body) }))
    .status;
}

describe("the API server, asked in protobuf,", () => {
  it("takes a Secret, as Helm sends it", async () => {
    const long = "x".repeat(300);
    const metadata = Buffer.concat([
      field(1, "sh.helm.release.v1.shop.v1"),
      field(11, entry("owner", "helm")),
      field(11, entry("version", "1")),
      // A number, as its generation is.
      Buffer.from([7 * 8, 0x81, 0x01]),
    ]);
    const secret = message(
      "Secret",
      field(1, metadata),
      field(2, entry("release", long)),
      field(3, "helm.sh/release.v1"),
    );

    expect(await create("secrets", secret)).toBe(201);
    expect(await api.cluster.get(paths.secret("shop", "sh.helm.release.v1.shop.v1"))).toMatchObject({
      metadata: { labels: { owner: "helm", version: "1" } },
      data: { release: Buffer.from(long).toString("base64") },
      type: "helm.sh/release.v1",
    });
  });

  it("takes nothing else", async () => {
    expect(await create("configmaps", message("ConfigMap", field(1, field(1, "web"))))).toBe(415);
  });
});
