/** The models: how one workload is looked after, and how remedies of several are kept within limits. */
export const MODELS = ["protocol.pml", "limits.pml"] as const;

/** A rule of the protocol, and what goes wrong without it. */
export interface Variant {
  model: (typeof MODELS)[number];
  /** What is defined for `spin`; the model says where the rule is. */
  define: string;
  rule: string;
}

/** The rules that the checker has to miss when they are taken away. */
export const VARIANTS: readonly Variant[] = [
  { model: "protocol.pml", define: "NO_CLAIM", rule: "a claim that another execution holds is respected" },
  { model: "protocol.pml", define: "NO_LEASE_VERSION", rule: "a claim is written only as it was read" },
  { model: "protocol.pml", define: "NO_MARGIN", rule: "no step begins that could outlive its claim" },
  { model: "protocol.pml", define: "NO_HISTORY", rule: "what was begun or done on this template is not done again" },
  { model: "protocol.pml", define: "NO_INTENT", rule: "a remedy is written into the claim before anything is changed" },
  { model: "protocol.pml", define: "NO_PRECONDITION", rule: "an object is written only as it was read" },
  {
    model: "protocol.pml",
    define: "NO_LOOK_AT_THE_CLAIM",
    rule: "what a step had not begun is not taken for its work",
  },
  { model: "protocol.pml", define: "NO_OVERTAKEN", rule: "only what is still as it was left is undone" },
  { model: "protocol.pml", define: "NO_REPORT", rule: "every outcome is told" },
  { model: "protocol.pml", define: "NO_TAKE_UP", rule: "a redriven execution looks first at what it did" },
  {
    model: "protocol.pml",
    define: "NO_TAKEN_CHECK",
    rule: "a claim that others have had since is not taken up again",
  },
  {
    model: "protocol.pml",
    define: "NO_OTHERS_SINCE",
    rule: "what others have looked after since it was found is left alone",
  },
  {
    model: "protocol.pml",
    define: "NO_BEGIN_AS_GIVEN",
    rule: "a remedy begins only while its claim ends as its step was told",
  },
  {
    model: "protocol.pml",
    define: "NO_UNDO_AS_GIVEN",
    rule: "an undo is made only while its claim ends as its step was told",
  },
  { model: "protocol.pml", define: "NO_RELEASE_CHECK", rule: "only its own claim is given back" },
  {
    model: "limits.pml",
    define: "NO_ASK_BEFORE_LOOK",
    rule: "what is asked is written before the others are looked at",
  },
  { model: "limits.pml", define: "NO_MARK", rule: "what has begun counts, however late its claim was written" },
  {
    model: "limits.pml",
    define: "NO_LEASE_AS_ASKED",
    rule: "a remedy begins only while its claim is as it was when it asked",
  },
];

/** What the checker said of one model. */
export interface Verdict {
  states: number;
  /** Whether every state that there is was looked at. */
  complete: boolean;
  /** The first property that does not hold; undefined when all do. */
  violated?: string;
}

/**
 * Reads what a verifier made by spin prints.
 * @throws Error when it is no such output
 */
export function verdictOf(output: string): Verdict {
  const states = /^\s*([\d.e+]+) states, stored/m.exec(output)?.[1];
  const errors = /errors: (\d+)/.exec(output)?.[1];
  if (states === undefined || errors === undefined) throw new Error(`This is not what a verifier prints: ${output}`);
  const violated = /^pan:1: (.*?) \(at depth \d+\)/m.exec(output)?.[1];
  return {
    states: Number(states),
    complete:
      errors === "0" && !/truncated|Search not completed|max search depth too small|out of memory/i.test(output),
    ...(errors === "0" ? {} : { violated: violated ?? "a property" }),
  };
}
