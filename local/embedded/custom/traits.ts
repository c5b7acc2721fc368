import type { Schema } from "./schema.ts";

/** Where the scale of an object stands, each a path such as `.spec.replicas`. */
export interface ScalePaths {
  specReplicasPath: string;
  statusReplicasPath: string;
  labelSelectorPath?: string;
}

/** What a CustomResourceDefinition says of its resource, beyond what every resource has. */
export interface CustomTraits {
  singular: string;
  schema: Schema;
  columns: readonly PrinterColumn[] | undefined;
  scale: ScalePaths | undefined;
}

/** A column as a CustomResourceDefinition describes it. */
export interface PrinterColumn {
  name: string;
  type: string;
  jsonPath: string;
  format?: string;
  priority?: number;
}
