import { KMSClient, KMSInvalidMacException, VerifyMacCommand } from "@aws-sdk/client-kms";
import type { Signed } from "../run/decision-link.ts";
import { CLIENT_OPTIONS, inTime } from "../shared/aws/client-options.ts";
import { refusalOf } from "../shared/aws/refusal.ts";
import { RemediationError } from "../shared/errors.ts";

let client: KMSClient | undefined;

/**
 * Whether a text has the code that the key in `LINK_KEY` makes of it.
 * @throws RemediationError `WorkflowNotStarted` where the key does not answer
 */
export async function isSigned({ text, mac }: Signed): Promise<boolean> {
  try {
    client ??= new KMSClient(CLIENT_OPTIONS);
    const { MacValid } = await client.send(
      new VerifyMacCommand({
        KeyId: process.env["LINK_KEY"],
        MacAlgorithm: "HMAC_SHA_256",
        Message: Buffer.from(text),
        Mac: Buffer.from(mac, "hex"),
      }),
      inTime(),
    );
    return MacValid === true;
  } catch (error) {
    if (error instanceof KMSInvalidMacException) return false;
    const { message, cause } = refusalOf(error);
    throw new RemediationError("WorkflowNotStarted", `A link could not be checked: ${message}`, { cause });
  }
}
