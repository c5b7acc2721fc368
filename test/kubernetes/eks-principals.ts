import { createToken, type TokenRequest } from "../../functions/lambda/eks-token.ts";
import type { AccessEntry, Principal } from "../../local/cluster/authenticator.ts";

/** The EKS cluster that the tokens are made for. */
export const CLUSTER = { clusterName: "prod", region: "eu-west-1" };

/** A role's temporary credentials, as STS gives them to a function: the session token is part of them. */
export function sessionOf(role: string, rest: Partial<Principal> = {}): Principal {
  return {
    accessKeyId: `ASIA${role.toUpperCase()}`,
    secretAccessKey: `secret of ${role}`,
    sessionToken: `${role}/session+token==`.repeat(40),
    arn: `arn:aws:sts::111122223333:assumed-role/${role}/a-function`,
    account: "111122223333",
    userId: `AROA${role.toUpperCase()}:a-function`,
    ...rest,
  };
}

export const detect = sessionOf("detect");
export const verify = sessionOf("verify");
/** A role whose access entry is made while the tests run. */
export const newcomer = sessionOf("newcomer");
/** A role without an access entry. */
export const stranger = sessionOf("stranger");
/** Credentials that have ended. */
export const ended = sessionOf("ended", { expiration: new Date(Date.now() - 60_000).toISOString() });
/** Credentials whose session token makes an EKS token longer than the verifier takes. */
export const verbose = sessionOf("verbose", { sessionToken: "x".repeat(2_700) });
const { sessionToken: _none, ...longTerm } = sessionOf("person", {
  arn: "arn:aws:iam::111122223333:user/person",
  userId: "AIDAPERSON",
});
/** Long-term credentials, of a user. */
export const person: Principal = longTerm;

export const PRINCIPALS: readonly Principal[] = [detect, verify, newcomer, stranger, ended, verbose, person];

export const ENTRIES: readonly AccessEntry[] = [
  ...["detect", "ended", "verbose"].map((role) => ({
    principalArn: `arn:aws:iam::111122223333:role/${role}`,
    kubernetesGroups: ["eks-remediation:detect"],
  })),
  {
    // An entry names a role with its path, which the ARN of a session does not tell.
    principalArn: "arn:aws:iam::111122223333:role/functions/verify",
    kubernetesGroups: ["eks-remediation:verify", "shop:readers"],
    username: "eks-remediation:{{SessionName}}",
  },
  { principalArn: "arn:aws:iam::111122223333:user/person", kubernetesGroups: ["shop:readers"] },
];

/** A token that the principal makes for the cluster now, or as the request says. */
export async function tokenOf(principal: Principal, request: Partial<TokenRequest> = {}): Promise<string> {
  const { accessKeyId, secretAccessKey, sessionToken } = principal;
  const credentials = { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
  return await createToken({ ...CLUSTER, credentials, now: new Date(), ...request });
}

const PREFIX = "k8s-aws-v1.";

/** The presigned URL in a token. */
export function urlIn(token: string): URL {
  return new URL(Buffer.from(token.slice(PREFIX.length), "base64url").toString("utf8"));
}

/** The same token with another URL in it. */
export function rewritten(token: string, change: (url: URL) => void): string {
  const url = urlIn(token);
  change(url);
  return PREFIX + Buffer.from(url.href).toString("base64url");
}
