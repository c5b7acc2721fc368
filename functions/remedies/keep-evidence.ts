import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { CLIENT_OPTIONS, inTime } from "../shared/aws/client-options.ts";
import { refusalOf } from "../shared/aws/refusal.ts";
import { RemediationError } from "../shared/errors.ts";
import type { Pod } from "../shared/kubernetes/types.ts";
import type { Destroyed } from "./destroyed.ts";

let client: S3Client | undefined;

/**
 * Keeps what a remedy is about to destroy in the bucket in `EVIDENCE_BUCKET`. Doing it again overwrites it with the same.
 * @throws RemediationError `EvidenceNotKept`
 */
export async function keepInBucket(destroyed: Destroyed): Promise<void> {
  const bucket = process.env["EVIDENCE_BUCKET"];
  try {
    client ??= new S3Client(CLIENT_OPTIONS);
    await client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: keyOf(destroyed),
        Body: JSON.stringify(destroyed),
        ContentType: "application/json",
      }),
      inTime(),
    );
  } catch (error) {
    const { message, cause } = refusalOf(error);
    throw notKept(destroyed, `the bucket ${bucket ?? ""}`, message, { cause });
  }
}

/** What is said of a pod that is left, since what goes with it cannot be kept. */
export function notKept(
  { pod, workload: { namespace } }: Destroyed,
  where: string,
  why: string,
  options?: ErrorOptions,
): RemediationError {
  const message = `Pod ${namespace}/${nameOf(pod)} was left: what goes with it could not be kept in ${where} (${why}).`;
  return new RemediationError("EvidenceNotKept", message, options);
}

/** Where it is found: `prod/shop/web/EXECUTION/db-0.UID.json`. The pods of a StatefulSet have their names from those before them. */
export function keyOf({ cluster_name, workload: { namespace, name }, execution, pod }: Destroyed): string {
  return [cluster_name, namespace, name, execution, `${nameOf(pod)}.${uidOf(pod)}.json`].join("/");
}

function nameOf(pod: object): string {
  return (pod as Pod).metadata?.name ?? "pod";
}

function uidOf(pod: object): string {
  return (pod as Pod).metadata?.uid ?? "uid";
}
