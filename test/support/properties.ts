import { configureGlobal } from "fast-check";

export * from "fast-check";
export { default } from "fast-check";

/** Every run draws the same; `PROPERTY_SEED` draws others, as in `PROPERTY_SEED=$RANDOM npm test -- properties`. */
const SEED = 20_261;

configureGlobal({ seed: Number(process.env.PROPERTY_SEED ?? SEED) });
