// Generators of clients need TypeScript's programming interface, which TypeScript 7 has not got. With
// `node --import old-typescript.mjs`, `import ts from "typescript"` is answered with the last one that has it.
import { registerHooks } from "node:module";

const OLD = new URL("./typescript.mjs", import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "typescript" ? { url: OLD, shortCircuit: true } : next(specifier, context),
});
