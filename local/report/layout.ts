/** A state of the definition, as far as a drawing needs it. */
interface State {
  Type: string;
  Next?: string;
  Choices?: { Next?: string }[];
  Default?: string;
}

export interface States {
  StartAt: string;
  States: Record<string, State>;
}

/** A state with its place, in pixels from the top left corner. */
export interface Node {
  name: string;
  type: string;
  x: number;
  y: number;
}

export interface Edge {
  from: string;
  to: string;
  /** Where the line goes down or up beside the states, in pixels from the left; absent for one that leads straight on. */
  around?: number;
}

export interface Layout {
  nodes: Node[];
  edges: Edge[];
  width: number;
  height: number;
}

export const BOX = { width: 178, height: 30 } as const;
const GAP = { x: 8, y: 26 } as const;
/** Between two lines that go around the states. */
const LANE = 8;

/**
 * Places the states of one level in layers: each below all that lead to it, lines that lead back left aside, and within its
 * layer near to those that lead to it.
 */
export function layoutOf(definition: States): Layout {
  const names = Object.keys(definition.States);
  const edges = names.flatMap((from) => targetsOf(definition.States[from]).map((to) => ({ from, to })));
  const layers = layersOf(definition.StartAt, edges, names);
  const rows = arrange(layers, edges);
  const widest = Math.max(...rows.map(({ length }) => length));
  const layerOf = new Map(rows.flatMap((row, layer) => row.map((name) => [name, layer] as const)));
  const lanes = routeAround(edges, layerOf);
  const margin = (Math.max(0, ...[...lanes.values()].map(Math.abs)) + 2) * LANE;
  const width = widest * (BOX.width + GAP.x) - GAP.x + 2 * margin;
  const nodes = rows.flatMap((row, layer) => {
    const left = (width - row.length * (BOX.width + GAP.x) + GAP.x) / 2;
    return row.map((name, index) => ({
      name,
      type: definition.States[name]?.Type ?? "",
      x: left + index * (BOX.width + GAP.x),
      y: GAP.y / 2 + layer * (BOX.height + GAP.y),
    }));
  });
  return {
    nodes,
    edges: edges.map((edge) => {
      const lane = lanes.get(edge);
      if (lane === undefined) return edge;
      return { ...edge, around: lane < 0 ? margin + lane * LANE : width - margin + lane * LANE };
    }),
    width,
    height: rows.length * (BOX.height + GAP.y),
  };
}

/**
 * The lines that do not lead to the next layer, each with a lane of its own: those that skip layers on the left (negative),
 * those that lead back on the right.
 */
function routeAround(edges: readonly Edge[], layerOf: ReadonlyMap<string, number>): Map<Edge, number> {
  const span = ({ from, to }: Edge) => (layerOf.get(to) ?? 0) - (layerOf.get(from) ?? 0);
  const lanes = new Map<Edge, number>();
  // Short ones nearer to the states, so that fewer lines cross.
  const skipping = edges.filter((edge) => span(edge) > 1).sort((a, b) => span(a) - span(b));
  const leadingBack = edges.filter((edge) => span(edge) < 0).sort((a, b) => span(b) - span(a));
  skipping.forEach((edge, index) => lanes.set(edge, -(index + 1)));
  leadingBack.forEach((edge, index) => lanes.set(edge, index + 1));
  return lanes;
}

function targetsOf(state: State | undefined): string[] {
  const targets = [...(state?.Choices ?? []).map(({ Next }) => Next), state?.Default, state?.Next];
  return [...new Set(targets.filter((target) => target !== undefined))];
}

/**
 * The layer of each state: one more than the deepest of those before it in the file that lead to it. The definition is
 * written in the order in which it is read, so a line to an earlier state leads back.
 */
function layersOf(start: string, edges: readonly Edge[], names: readonly string[]): Map<string, number> {
  const layers = new Map([[start, 0]]);
  for (const name of names) {
    const layer = layers.get(name);
    if (layer === undefined) continue;
    const onward = edges.filter(({ from, to }) => from === name && names.indexOf(to) > names.indexOf(name));
    for (const { to } of onward) layers.set(to, Math.max(layers.get(to) ?? 0, layer + 1));
  }
  // What only errors lead to stands below.
  const last = Math.max(...layers.values());
  for (const name of names) if (!layers.has(name)) layers.set(name, last + 1);
  return layers;
}

/** The states of each layer, from left to right. */
function arrange(layers: ReadonlyMap<string, number>, edges: readonly Edge[]): string[][] {
  const rows: string[][] = Array.from({ length: Math.max(...layers.values()) + 1 }, () => []);
  for (const [name, layer] of layers) rows[layer]?.push(name);
  const place = new Map<string, number>();
  for (const row of rows) {
    const weight = (name: string) => {
      const above = edges
        .filter(({ from, to }) => to === name && place.has(from))
        .map(({ from }) => place.get(from) ?? 0);
      return above.length === 0 ? 0.5 : above.reduce((sum, x) => sum + x, 0) / above.length;
    };
    row.sort((a, b) => weight(a) - weight(b));
    row.forEach((name, index) => place.set(name, (index + 1) / (row.length + 1)));
  }
  return rows;
}
