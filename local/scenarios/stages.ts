import * as z from "zod";
import { keyParts, templateProblem, type Stage } from "../embedded/index.ts";

/**
 * The part of KWOK's Stage that both clusters play alike. test/scenarios/README.md explains it; this is the exact rule.
 * Source: kwok.sigs.k8s.io/docs/user/stages-configuration
 */

const Key = z.string().superRefine((key, context) => {
  try {
    keyParts(key);
  } catch (error) {
    context.addIssue({ code: "custom", message: (error as Error).message });
  }
});

const Template = z.string().superRefine((template, context) => {
  const problem = templateProblem(template);
  if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
});

const Expression = z
  .strictObject({
    key: Key,
    operator: z.enum(["In", "NotIn", "Exists", "DoesNotExist"]),
    values: z.array(z.string()).optional(),
  })
  .refine(({ operator, values = [] }) => operator.endsWith("In") === values.length > 0, {
    error: "In and NotIn need values, Exists and DoesNotExist take none",
  });

const Next = z
  .strictObject({
    event: z
      .strictObject({ type: z.enum(["Normal", "Warning"]), reason: z.string().min(1), message: z.string() })
      .optional(),
    patches: z
      .array(
        z.strictObject({
          subresource: z.literal("status").optional(),
          root: z.string().min(1).optional(),
          template: Template,
          type: z.literal("merge").optional(),
        }),
      )
      .optional(),
    statusTemplate: Template.optional(),
    delete: z.boolean().optional(),
  })
  .refine(({ patches, statusTemplate }) => patches === undefined || statusTemplate === undefined, {
    error: "needs either patches or statusTemplate: KWOK leaves out the second",
  })
  .refine((next) => Object.keys(next).length > 0, { error: "needs an event, patches, a statusTemplate, or delete" });

/** One Stage, as it stands in a file. */
export const StageFile = z.strictObject({
  apiVersion: z.literal("kwok.x-k8s.io/v1alpha1"),
  kind: z.literal("Stage"),
  metadata: z.strictObject({ name: z.string().min(1) }),
  spec: z.strictObject({
    resourceRef: z.strictObject({ apiGroup: z.string(), kind: z.string() }),
    selector: z.strictObject({
      matchLabels: z.record(z.string(), z.string()).optional(),
      matchAnnotations: z.record(z.string(), z.string()).optional(),
      matchExpressions: z.array(Expression).optional(),
    }),
    delay: z.strictObject({ durationMilliseconds: z.int().min(0) }).optional(),
    next: Next,
  }),
});
export type StageFile = z.output<typeof StageFile>;

/** The stages for the objects of one namespace alone: those of other scenarios may be of the same kind. */
export function stagesWithin(namespace: string, stages: readonly StageFile[]): (StageFile & Stage)[] {
  return stages.map((stage) => {
    const { selector, ...spec } = stage.spec;
    const here = { key: ".metadata.namespace", operator: "In" as const, values: [namespace] };
    const matchExpressions = [here, ...(selector.matchExpressions ?? [])];
    return {
      ...stage,
      metadata: { name: `${stage.metadata.name}.${namespace}` },
      spec: { ...spec, selector: { ...selector, matchExpressions } },
    };
  });
}
