import { GenerateMacCommand, KMSClient } from "@aws-sdk/client-kms";
import { CLIENT_OPTIONS, inTime } from "../shared/aws/client-options.ts";
import { within } from "../shared/time-left.ts";
import type { Links } from "./environment.ts";

/** How long it may take, in milliseconds: a message without a link is better than none. */
const PATIENCE_MS = 8_000;

let client: KMSClient | undefined;

/** What links are made with: the page in `LINK_ADDRESS`, and the key in `LINK_KEY`; undefined where links are switched off. */
export function links(): Links | undefined {
  const { LINK_ADDRESS: address, LINK_KEY: key } = process.env;
  return address === undefined || key === undefined ? undefined : { address, sign: (text) => macOf(key, text) };
}

/** @throws what AWS answers */
async function macOf(key: string, text: string): Promise<string> {
  client ??= new KMSClient(CLIENT_OPTIONS);
  const command = new GenerateMacCommand({ KeyId: key, MacAlgorithm: "HMAC_SHA_256", Message: Buffer.from(text) });
  const asked = client;
  const { Mac } = await within(PATIENCE_MS, () => asked.send(command, inTime()));
  return Buffer.from(Mac ?? []).toString("hex");
}
