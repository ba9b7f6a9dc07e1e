/** The default seed of a run. */
export const DEFAULT_SEED = 4;

/** The seed of everything that tests draw at random; `npm test -- --seed N` and `npm run soak -- --seed N` give another. */
export const SEED = Number(process.env["HOLDFAST_SEED"] ?? DEFAULT_SEED);
