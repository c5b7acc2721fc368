import { KINDS } from "../../kinds/kinds.ts";
import { rulesFor } from "../../kinds/rules.ts";
import type { Remedy } from "../remedy.ts";
import { applicationRef, ARGO_CD } from "../../facts/argo-cd-application.ts";
import { back, carryOut } from "./carry-out.ts";
import { ARGO_CD_ROLLBACK, type ArgoCdRollbackChange, type ArgoCdRollbackPlan } from "./contract.ts";
import { parentOf } from "./left-to-people.ts";
import { readApplications, throughApplication } from "./plan.ts";
import { takenBack } from "./taken-back.ts";
import { gaps, overtaken, remains, seen } from "./seen.ts";
import { words } from "./words.ts";

/** The kinds whose templates are put back. */
const ROLLED_BACK = KINDS.filter((kind) => kind.templatePatch !== undefined);

const PROJECT = { apiGroups: ["argoproj.io"], resources: ["appprojects"], verbs: ["get"] };

/** Has the Application that owns a workload synced to what it had deployed before. */
export const argoCdRollback: Remedy<ArgoCdRollbackPlan, ArgoCdRollbackChange, never> = {
  action: "argo-cd-rollback",
  entry: ARGO_CD_ROLLBACK,
  writes: ({ application }) => [applicationRef(application)],
  replacesPods: () => true,
  reads: {
    others: readApplications,
    permissions: [{ apiGroups: ["argoproj.io"], resources: ["applications"], verbs: ["list"] }, PROJECT],
  },
  through: {
    tool: "argo_cd",
    owner: ARGO_CD,
    spares: (metadata) => parentOf(metadata) === undefined,
    plan: throughApplication,
  },
  carryOut,
  undo: { back, asPlan: takenBack, remains },
  seen,
  overtaken,
  gaps,
  words,
  permissions: [
    ...rulesFor(ROLLED_BACK.map((kind) => ({ ...kind, verbs: ["get"] }))),
    { apiGroups: ["argoproj.io"], resources: ["applications"], verbs: ["get", "patch"] },
    PROJECT,
  ],
};
