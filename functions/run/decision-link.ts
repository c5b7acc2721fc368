import * as z from "zod";
import { ApproveRequest } from "./request.ts";
import { parsedAs } from "../shared/parsed.ts";

const { cluster_name, namespace, kind, name, plan } = ApproveRequest.shape;

/** What a link lets people decide about, with the words that they read before they do. */
export const Proposal = z.strictObject({
  cluster_name,
  namespace,
  kind,
  name,
  plan,
  /** Until when it may be approved. */
  valid_until: z.iso.datetime(),
  /** Why something would be done, in a sentence. */
  cause: z.string(),
  /** What would be done, in a sentence. */
  would: z.string(),
});
export type Proposal = z.output<typeof Proposal>;

/** What a link carries: a text, and the code that only this workflow's key makes of it. */
export interface Signed {
  text: string;
  /** HMAC-SHA-256, in hexadecimal digits. */
  mac: string;
}

/** As much as the key takes in one call, in bytes. Source: the AWS KMS API reference, GenerateMac */
export const MAX_SIGNED = 4_096;

/** How a link's path begins and ends. It ends with a digit, so that no mail client takes its end for the sentence's. */
const PATH = new RegExp(`^/([\\w-]{1,${MAX_SIGNED}})/([0-9a-f]{64})$`);

/**
 * The address where somebody decides about a proposal. Whoever has it may do so.
 * @param address where the page is, with a slash at its end
 * @param sign makes the code of a text
 * @throws what `sign` throws
 */
export async function linkTo(
  address: string,
  proposal: Proposal,
  sign: (text: string) => Promise<string>,
): Promise<string> {
  const text = Buffer.from(JSON.stringify(proposal)).toString("base64url");
  return `${address}${text}/${await sign(text)}`;
}

/** What the path of an address carries; undefined where no link has such a path. */
export function signedIn(path: string): Signed | undefined {
  const [, text, mac] = PATH.exec(path) ?? [];
  return text === undefined || mac === undefined ? undefined : { text, mac };
}

/** The proposal of a text whose code was verified; undefined where it is none that is understood today. */
export function proposalIn(text: string): Proposal | undefined {
  return parsedAs(Proposal, Buffer.from(text, "base64url").toString("utf8"));
}
