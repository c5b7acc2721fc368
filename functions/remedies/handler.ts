import { lambda } from "../lambda/lambda.ts";
import { keepInBucket } from "./keep-evidence.ts";
import { remedyNamed } from "./remedies.ts";
import { remedyStep } from "./step.ts";

/** Where there is a bucket for what a remedy destroys, it is kept there. */
const KEEPING = process.env["EVIDENCE_BUCKET"] === undefined ? {} : { preserve: keepInBucket };

/** Carries out, and undoes, the one remedy that the function's environment names. */
export const handler = lambda(
  (environment) => (event) => remedyStep(remedyNamed(process.env["REMEDY"]))({ ...environment, ...KEEPING })(event),
);
