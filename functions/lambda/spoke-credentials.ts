import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { CLIENT_OPTIONS, inTime } from "../shared/aws/client-options.ts";
import { refusalOf } from "../shared/aws/refusal.ts";
import { RemediationError } from "../shared/errors.ts";
import type { Credentials } from "./eks-token.ts";
import type { Spoke } from "./fleet.ts";

/** As long as one role may be assumed by another. Source: the AWS STS API reference, AssumeRole */
const SESSION_SECONDS = 3_600;

/**
 * Assumes this function's role in the account of a cluster; the SDK asks again before the credentials end.
 * @param session as whom the cluster's account reads it
 * @throws RemediationError `ClusterNotPermitted` when the role is not there, or does not let this function in;
 *   `ClusterUnreachable` when STS does not answer
 */
export function spokeCredentials(
  { arn, roleArn, region, externalId }: Pick<Spoke, "arn" | "roleArn" | "region" | "externalId">,
  session: string,
): () => Promise<Credentials> {
  return async () => {
    // In the cluster's region: STS there answers for roles of every account, and its tokens are good in every region.
    const client = new STSClient({ ...CLIENT_OPTIONS, region });
    try {
      const { Credentials: given } = await client.send(
        new AssumeRoleCommand({
          RoleArn: roleArn,
          RoleSessionName: session,
          ExternalId: externalId,
          DurationSeconds: SESSION_SECONDS,
        }),
        inTime(),
      );
      const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = given ?? {};
      if (AccessKeyId === undefined || SecretAccessKey === undefined) throw new Error("STS answered no credentials");
      return {
        accessKeyId: AccessKeyId,
        secretAccessKey: SecretAccessKey,
        ...(SessionToken === undefined ? {} : { sessionToken: SessionToken }),
        ...(Expiration === undefined ? {} : { expiration: Expiration }),
      };
    } catch (error) {
      const { message, cause } = refusalOf(error);
      const denied = error instanceof Error && error.name.startsWith("AccessDenied");
      throw new RemediationError(
        denied ? "ClusterNotPermitted" : "ClusterUnreachable",
        denied
          ? `The role ${roleArn}, by which this hub reaches EKS cluster ${arn}, could not be assumed: it is not there, or it asks for another external id, hub or organisation (${message}).`
          : `The role ${roleArn}, by which this hub reaches EKS cluster ${arn}, could not be assumed: ${message}`,
        { cause },
      );
    }
  };
}
