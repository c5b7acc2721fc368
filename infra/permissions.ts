import { everyScannedKind, KINDS } from "../functions/kinds/kinds.ts";
import { rulesFor } from "../functions/kinds/rules.ts";
import { REMEDIES } from "../functions/remedies/contracts.ts";
import {
  HELM_OBJECTS_READ,
  HELM_PERMISSIONS,
  LOOKING,
  PLANNING,
  remediesThrough,
  REMEDY_PERMISSIONS,
  REMINDING,
  removesPods,
} from "../functions/remedies/permissions.ts";
import type { Permissions, Rule } from "../functions/shared/permissions.ts";
import { TOOLS, type Tool } from "../functions/shared/policy.ts";

/** Reads workloads one by one. */
const READ = KINDS.map((kind) => ({ ...kind, verbs: ["get"] }));
/** Where the kinds keep their revisions. */
const HISTORIES = KINDS.flatMap(({ history }) => history ?? []);

/** Through which the workloads of other kinds make their pods. */
const MAKERS = everyScannedKind()
  .filter(({ controlled }) => controlled === true)
  .map((kind) => ({ ...kind, verbs: ["get", "list"] }));

/** What every look at a workload reads. */
const LOOK: readonly Rule[] = [
  { apiGroups: [""], resources: ["pods"], verbs: ["list"] },
  ...rulesFor([
    ...READ,
    ...HISTORIES.filter(({ controlsPods }) => controlsPods).map((history) => ({ ...history, verbs: ["list"] })),
  ]),
  { apiGroups: ["autoscaling"], resources: ["horizontalpodautoscalers"], verbs: ["get", "list"] },
];

/** Those of the rules that let read what the others do not, each once. */
function beside(others: readonly Rule[], rules: readonly Rule[]): Rule[] {
  const known = new Set(others.filter(({ verbs }) => verbs.includes("get")).flatMap(namesOf));
  return [...new Map(rules.map((rule) => [namesOf(rule).join(), rule])).values()].filter(
    (rule) => !namesOf(rule).every((name) => known.has(name)),
  );
}

function namesOf({ apiGroups, resources }: Rule): string[] {
  return apiGroups.flatMap((group) => resources.map((resource) => `${resource}.${group}`));
}

/** What the diagnosis reads of a tool to tell of it, and for no remedy. */
const TOLD_OF: Readonly<Partial<Record<Tool, readonly Rule[]>>> = { helm: HELM_PERMISSIONS };

/** What functions read of Kubernetes' own kinds where a tool is switched on, by their names. */
const READ_WITH: Readonly<Partial<Record<Tool, Readonly<Record<string, Permissions>>>>> = {
  helm_rollback: {
    classify: {
      cluster: {
        why: "Reads what a Helm release holds that may be rolled back: who wrote it, and whether it has opted out.",
        rules: HELM_OBJECTS_READ,
      },
    },
    verify: {
      cluster: {
        why: "Reads how far Helm has got with a rollback.",
        rules: [
          {
            why: "The Secret of one revision of a release. Every other Secret can be read with it, too.",
            apiGroups: [""],
            resources: ["secrets"],
            verbs: ["get"],
          },
        ],
      },
    },
  },
};

/** What each function may do on the cluster, by its name, with the kinds of every tool. */
const WITH_TOOLS: Readonly<Record<string, Permissions>> = {
  detect: {
    cluster: {
      why: "Finds failing workloads, reads those that look suspicious, and follows pods to the workload that owns them.",
      rules: [
        { apiGroups: [""], resources: ["namespaces", "nodes", "pods"], verbs: ["get", "list"] },
        ...rulesFor(everyScannedKind().map((kind) => ({ ...kind, verbs: ["get", "list"] }))),
        { apiGroups: ["batch"], resources: ["cronjobs"], verbs: ["get", "list"] },
        { apiGroups: ["autoscaling"], resources: ["horizontalpodautoscalers"], verbs: ["list"] },
        {
          why: "Services and Ingresses that lead nowhere, which are reported only.",
          apiGroups: [""],
          resources: ["services"],
          verbs: ["list"],
        },
        { apiGroups: ["networking.k8s.io"], resources: ["ingresses"], verbs: ["list"] },
        { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["get", "list"] },
        ...REMINDING,
      ],
    },
    claims: {
      why: "Leaves out what is claimed, cools down, or is left to a person, and finds what was proposed of a workload.",
      rules: [{ apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["get", "list"] }],
    },
  },

  classify: {
    cluster: {
      why: "Reads one workload with its namespace, pods, revisions and HPA, and what stands around it.",
      rules: [
        { apiGroups: [""], resources: ["namespaces", "nodes"], verbs: ["get"] },
        { apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] },
        ...rulesFor([...READ, ...HISTORIES.map((history) => ({ ...history, verbs: ["list"] })), ...MAKERS]),
        {
          why: "Whether a later run of a Job was a success.",
          apiGroups: ["batch"],
          resources: ["cronjobs"],
          verbs: ["get"],
        },
        { apiGroups: ["autoscaling"], resources: ["horizontalpodautoscalers"], verbs: ["list"] },
        {
          why: "What may explain the failure beside the workload itself.",
          apiGroups: [""],
          resources: ["events", "limitranges", "resourcequotas"],
          verbs: ["list"],
        },
        {
          why: "Whether going back would leave a Service without pods, where the earlier pods have other labels or names of ports.",
          apiGroups: [""],
          resources: ["services"],
          verbs: ["list"],
        },
        { apiGroups: ["policy"], resources: ["poddisruptionbudgets"], verbs: ["list"] },
        {
          why: "Whether a volume's claim is being deleted, and would go with the pod that uses it: the metadata alone is asked for.",
          apiGroups: [""],
          resources: ["persistentvolumeclaims"],
          verbs: ["get"],
        },
        {
          why: "Whether what pods are not made without is there, before others are to be made: the metadata alone is asked for.",
          apiGroups: [""],
          resources: ["serviceaccounts"],
          verbs: ["get"],
        },
        { apiGroups: ["scheduling.k8s.io"], resources: ["priorityclasses"], verbs: ["get"] },
        { apiGroups: ["node.k8s.io"], resources: ["runtimeclasses"], verbs: ["get"] },
        {
          why: "Who changed last what a failing workload reads, and when, and whether what an earlier revision needs is there: the metadata alone is asked for. Not needed where the policy has evidence.config_changes: none.",
          apiGroups: [""],
          resources: ["configmaps"],
          verbs: ["get"],
        },
        ...PLANNING,
        ...Object.values(TOLD_OF).flat(),
      ],
    },
  },

  claim: {
    cluster: {
      why: "Reads a workload's template, which tells whether the claim's history still says anything about it.",
      rules: [...rulesFor(READ)],
    },
    claims: {
      why: "Keeps the claims, and removes those that nobody has used for a day.",
      rules: [
        {
          apiGroups: ["coordination.k8s.io"],
          resources: ["leases"],
          verbs: ["get", "list", "create", "update", "delete"],
        },
      ],
    },
  },

  ...REMEDY_PERMISSIONS,

  verify: {
    cluster: {
      why: "Reads one workload with its pods, revisions and HPA.",
      rules: [...LOOK, ...beside(LOOK, LOOKING)],
    },
    claims: {
      why: "Reads in the claim whether a remedy whose step failed was begun at all.",
      rules: [{ apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["get"] }],
    },
  },

  notify: {
    cluster: {
      why: "Writes the outcome on the workload as an Event.",
      rules: [{ apiGroups: [""], resources: ["events"], verbs: ["create"] }],
    },
  },
};

/** What a tool brings that is read or written to: its kinds, and what remedies through it make their plans from. */
function resourcesOf(tool: Tool): string[] {
  return [
    ...KINDS.filter((kind) => kind.tool === tool).flatMap((kind) => rulesFor([{ ...kind, verbs: ["get"] }])),
    ...remediesThrough(tool).flatMap(({ reads }) => reads),
    ...(TOLD_OF[tool] ?? []),
  ].flatMap(namesOf);
}

const OF_TOOLS = new Set(TOOLS.flatMap(resourcesOf));
const THROUGH_TOOLS = new Set(TOOLS.flatMap(remediesThrough).map(({ action }) => action));

/** What each function may do on the cluster, by its name. `npm run docs` writes `rbac.yaml` from it. */
export const PERMISSIONS: Readonly<Record<string, Permissions>> = Object.fromEntries(
  Object.entries(WITH_TOOLS).flatMap(([name, permissions]) => {
    const rules = permissions.cluster.rules.filter((rule) => !namesOf(rule).some((resource) => OF_TOOLS.has(resource)));
    if (THROUGH_TOOLS.has(name)) return [];
    return [[name, { ...permissions, cluster: { ...permissions.cluster, rules } }]];
  }),
);

/**
 * What each function may do beside that with what a tool brings, where the policy switches it on; of a function whose remedy acts
 * through the tool, everything.
 */
export function toolPermissions(tool: Tool): Readonly<Record<string, Permissions>> {
  const resources = new Set(resourcesOf(tool));
  const own = new Set(remediesThrough(tool).map(({ action }) => action));
  const ofTool = Object.fromEntries(
    Object.entries(WITH_TOOLS).flatMap(([name, { cluster, claims }]): [string, Permissions][] => {
      if (own.has(name)) return [[name, claims === undefined ? { cluster } : { cluster, claims }]];
      const rules = cluster.rules.filter((rule) => namesOf(rule).every((resource) => resources.has(resource)));
      return rules.length === 0 || THROUGH_TOOLS.has(name) ? [] : [[name, { cluster: { ...cluster, rules } }]];
    }),
  );
  return { ...ofTool, ...READ_WITH[tool] };
}

/** The remedies that may remove pods. */
export const REMOVING = REMEDIES.map(({ action }) => action).filter((action) => {
  const { cluster } = REMEDY_PERMISSIONS[action] ?? {};
  return cluster !== undefined && removesPods({ permissions: cluster.rules });
});

/** The functions that read logs: the one that tells of them, and those that keep them before a pod goes. */
export const LOG_READERS: readonly string[] = ["classify", ...REMOVING];

/** What reading the logs of crashed containers takes, which the policy asks for with `evidence.log_lines`. */
export const LOG_PERMISSIONS: Permissions = {
  cluster: {
    why: "Reads the end of a crashed container's log.",
    rules: [{ apiGroups: [""], resources: ["pods/log"], verbs: ["get"] }],
  },
};

/** What reading who changed a Secret takes, which the policy asks for with `evidence.config_changes`. */
export const SECRET_PERMISSIONS: Permissions = {
  cluster: {
    why: "Reads who changed a Secret last, and when. The metadata alone is asked for; the permission is for the values as well.",
    rules: [{ apiGroups: [""], resources: ["secrets"], verbs: ["get"] }],
  },
};

/** What reading custom resources takes, which the policy names in `evidence.custom_resources`. */
export function customResourcePermissions(names: readonly string[]): Permissions {
  const rules = names.map((name) => {
    const [resource = "", ...group] = name.split(".");
    return { apiGroups: [group.join(".")], resources: [resource], verbs: ["get"] };
  });
  return { cluster: { why: "Reads the custom resources that own failing workloads.", rules } };
}
