/** What the placeholders of one scenario stand for. */
export interface Values {
  namespace: string;
  /** The scenario's own node, where it has one. */
  node: string | undefined;
  /** When the scenario began. */
  began: Date;
  /** The plan that the latest round has proposed. */
  plan?: string;
}

const PLACEHOLDER = /\$\{([^}]*)\}/g;

/**
 * Replaces `${NAMESPACE}`, `${NODE}`, `${INDEX}`, `${PLAN}` and `${AFTER:20s}`, the moment so many seconds after the scenario began.
 * @throws Error for any other placeholder
 */
export function fill(text: string, { namespace, node, began, plan }: Values, index?: number): string {
  return text.replace(PLACEHOLDER, (whole, name: string) => {
    const known: Record<string, string | undefined> = {
      NAMESPACE: namespace,
      NODE: node,
      INDEX: index?.toString(),
      PLAN: plan,
    };
    const after = /^AFTER:(\d+)s$/.exec(name)?.[1];
    const value = after === undefined ? known[name] : isoSeconds(began.getTime() + Number(after) * 1_000);
    if (value === undefined) throw new Error(`${whole} stands for nothing here.`);
    return value;
  });
}

/** A moment as the markers of simulated pods take it: RFC 3339 without fractions. */
function isoSeconds(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z");
}
