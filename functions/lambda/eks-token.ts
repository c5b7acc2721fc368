import { SignatureV4, type SignatureV4Init } from "@smithy/signature-v4";
import { Sha256 } from "./sha256.ts";

export type Credentials = Extract<SignatureV4Init["credentials"], { accessKeyId: string }>;

/** What a token is made from. */
export interface TokenRequest {
  clusterName: string;
  region: string;
  credentials: Credentials;
  now: Date;
}

/** What the reference client sends; the authenticator accepts the token for 15 minutes whatever this says. */
const EXPIRES_SECONDS = 60;
const PREFIX = "k8s-aws-v1.";
/** The partitions whose STS is not under amazonaws.com, by how their regions' names begin. */
const STS_DOMAINS = [
  ["cn-", "amazonaws.com.cn"],
  ["eusc-", "amazonaws.eu"],
  ["us-iso-", "c2s.ic.gov"],
  ["us-isob-", "sc2s.sgov.gov"],
  ["eu-isoe-", "cloud.adc-e.uk"],
  ["us-isof-", "csp.hci.ic.gov"],
] as const;

/**
 * Makes a bearer token for an EKS cluster: a presigned `GetCallerIdentity` request that names the cluster in a signed
 * header, so that it is good for that cluster alone.
 * Source: github.com/kubernetes-sigs/aws-iam-authenticator, "API Authorization from Outside a Cluster"
 */
export async function createToken({ clusterName, region, credentials, now }: TokenRequest): Promise<string> {
  const hostname = `sts.${region}.${stsDomain(region)}`;
  const signer = new SignatureV4({ service: "sts", region, credentials, sha256: Sha256 });
  const signed = await signer.presign(
    {
      method: "GET",
      protocol: "https:",
      hostname,
      path: "/",
      query: { Action: "GetCallerIdentity", Version: "2011-06-15" },
      headers: { host: hostname, "x-k8s-aws-id": clusterName },
    },
    { expiresIn: EXPIRES_SECONDS, signingDate: now },
  );
  const query = new URLSearchParams(signed.query as Record<string, string>).toString();
  return PREFIX + Buffer.from(`https://${hostname}/?${query}`).toString("base64url");
}

/** The domain of the partition that a region belongs to. */
function stsDomain(region: string): string {
  return STS_DOMAINS.find(([prefix]) => region.startsWith(prefix))?.[1] ?? "amazonaws.com";
}
